"""The registry that the settings name, as the doctor examines it."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from railrel.commands.context import Context
from railrel.doctor.registry.site import Kind, Site, Unusable
from railrel.errors import ConfigError, RefusedError
from railrel.forges.tokens import token_for
from railrel.job import job_of
from railrel.registries import choose
from railrel.registries.credentials import NoCredential, find
from railrel.registries.places import place_of
from railrel.workspace.discovery import workspace_root
from railrel.workspace.remotes import Repository, repository_of
from railrel.world import Credential

_UNITS: Final = {"b": 0, "kb": 1, "mb": 2, "gb": 3}
_LARGEST = 10**10
_REPOSITORIES = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line says."""

    owner: str
    label: str
    size: int
    """Bytes."""


def bytes_of(text: str) -> int:
    """A size as people write it: 100MB, 1.5 GiB, 2m. ConfigError when it is none."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmg]?)(i?)(b?)", text.strip(), re.IGNORECASE)
    base = 1024 if found and found[3] else 1000
    size = int(float(found[1]) * base ** _UNITS[f"{found[2].lower()}b"]) if found else 0
    if not 0 < size <= _LARGEST:
        raise ConfigError(
            f"--size cannot be {text!r}", hint="write it like 100MB; 10GB is the largest"
        )
    return size


def site_of(context: Context, wanted: Wanted) -> Site:
    """Who is asked, and as whom."""
    root = workspace_root(context.start)
    settings = context.settings(root)
    place = place_of(settings, root)
    registry = choose(settings, root, context.world, context.console.hide)
    kind = _kind(registry.kind)
    server, owner = _parts(kind, registry.publish_url)
    if wanted.owner and kind != "gitea":
        raise ConfigError(
            f"{registry.place} has no owners", at=place.origin, hint="leave out --owner"
        )
    if wanted.owner and not re.fullmatch(r"[\w.-]+", wanted.owner, re.ASCII):
        raise ConfigError(
            f"no owner is called {wanted.owner!r}", hint="name a user or an organisation"
        )
    owner = wanted.owner or owner
    who: Credential | NoCredential | Unusable = NoCredential(())
    if kind != "folder":
        try:
            who = find(place, context.world, context.console.hide)
        except RefusedError as error:
            who = Unusable(error.problems[0].message)
    repositories = _repositories(context, server) if kind == "gitea" else ()
    return Site(
        kind=kind,
        place=f"{server}/api/packages/{owner}/pypi" if kind == "gitea" else registry.place,
        origin=place.origin,
        root=server,
        owner=owner,
        who=who,
        # It may be for another server; where our projects are, it is for this one.
        forge=_forge(context, server) if repositories else None,
        repositories=repositories,
        label=wanted.label,
        size=wanted.size,
        world=context.world,
    )


def _kind(kind: str) -> Kind:
    match kind:
        case "gitea" | "legacy" | "folder":
            return kind
        case other:
            raise ConfigError(f"the doctor knows no registry of the kind {other}")


def _parts(kind: Kind, publish_url: str) -> tuple[str, str]:
    """Where the server's own pages begin, and whose packages."""
    match kind:
        case "gitea":
            server, _, rest = publish_url.rpartition("/api/packages/")
            return server, rest.partition("/")[0]
        case "legacy":
            parts = urlsplit(publish_url)
            return f"{parts.scheme}://{parts.netloc}", ""
        case "folder":
            return "", ""


def _repositories(context: Context, server: str) -> tuple[Repository, ...]:
    """Of the project that the user stands in, else of all in the workspace, those on this server."""
    git, here = context.world.git, (urlsplit(server).hostname, None)
    own = git.state(context.start)
    folders = [project.folder for project in context.workspace().projects] if not own else []
    states = [own] if own else [git.state(folder) for folder in folders[:_REPOSITORIES]]
    found = (repository_of(state.remote) for state in states if state and state.remote)
    # By ssh nothing tells the port of the pages.
    mine = (one for one in found if one and (one.root == server or (one.host, one.port) == here))
    return tuple(dict.fromkeys(one for one in mine if one.owner))


def _forge(context: Context, server: str) -> Credential | None:
    """The token for the forge; a job's own only for the job's own server."""
    job = job_of(context.world.environment)
    if job and job.server_url != server:
        job = None
    try:
        return token_for("gitea", job, context.world, context.console.hide)
    except RefusedError:
        # What could not be told without it says which to set.
        return None
