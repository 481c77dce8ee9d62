"""The registry that the settings name, as the doctor examines it."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from railrel.commands.shared.context import Context
from railrel.doctor.registry.site import Kind, Site, Unusable
from railrel.errors import ConfigError, RefusedError
from railrel.forges.tokens import token_for
from railrel.helm.sizes import asked_bytes
from railrel.job import job_of
from railrel.registries import choose
from railrel.registries.credentials import NoCredential, find
from railrel.registries.places import place_of
from railrel.settings import Settings
from railrel.values import dataclass
from railrel.workspace.discovery import workspace_root
from railrel.workspace.remotes import Repository, repository_of
from railrel.world import Credential

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
    size = asked_bytes(text) or 0
    if not 0 < size <= _LARGEST:
        raise ConfigError(
            f"--size cannot be {text!r}", hint="write it like 100MB; 10GB is the largest"
        )
    return size


def site_of(context: Context, wanted: Wanted) -> Site:
    """Who is asked, and as whom."""
    root, settings = _rooted(context)
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


def _rooted(context: Context) -> tuple[Path, Settings]:
    """The workspace; where there is none, but a registry is named, the folder that the user stands in."""
    try:
        root = workspace_root(context.start)
    except ConfigError:
        settings = context.settings(context.start)
        if not settings.text("registry"):
            raise
        return context.start, settings
    return root, context.settings(root)


def _folders(context: Context) -> list[Path]:
    try:
        return [project.folder for project in context.workspace().projects]
    except ConfigError:
        return []


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
    folders = [] if own else _folders(context)
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
