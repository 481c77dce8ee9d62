"""The kinds of forge: one a file, listed here; and which one holds a repository."""

from collections.abc import Callable
from typing import Protocol
from urllib.parse import urlsplit

from railrel.errors import ConfigError
from railrel.forges import gitea, github
from railrel.forges.protocol import Forge
from railrel.forges.tokens import token_for
from railrel.forges.where import kind_at
from railrel.job import ForgeName, Job
from railrel.values import dataclass
from railrel.workspace.remotes import Repository, repository_of
from railrel.world import Credential, Secret, World

__all__ = ["API", "Forge", "Home", "Kind", "home_of"]

_PACKAGES = "/api/packages/"


class Kind(Protocol):
    """A module that knows the API of one kind of forge."""

    KINDS: tuple[ForgeName, ...]
    TITLE: str

    def connect(self, kind: ForgeName, root: str, who: Credential | None, world: World) -> Forge:
        """The forge whose pages begin at `root`."""
        ...


API: tuple[Kind, ...] = (gitea, github)


@dataclass(frozen=True, slots=True)
class Home:
    """Where a repository lives."""

    forge: Forge
    repository: Repository


def home_of(
    remote: str | None,
    job: Job | None,
    registry: str,
    world: World,
    hide: Callable[[Secret], None],
) -> Home:
    """The forge of the job that we are in, else of the git remote.

    `registry` is the place of the registry: a Gitea's tells the port and the path of its pages, which
    a remote over ssh does not. `hide` is told of the token. ConfigError where nobody can say.
    """
    repository = _of_job(job) if job else _of_remote(remote, registry)
    kind = job.forge if job else kind_at(repository, world)
    who = token_for(kind, job, world, hide)
    api = next(each for each in API if kind in each.KINDS)
    return Home(api.connect(kind, repository.root, who, world), repository)


def _of_job(job: Job) -> Repository:
    found = repository_of(f"{job.server_url}/{job.repository}")
    if found is None or not found.owner:
        raise ConfigError(
            "the job does not say which repository it is for",
            at="GITHUB_SERVER_URL, GITHUB_REPOSITORY",
            hint="leave these two as the runner sets them",
        )
    return found


def _of_remote(remote: str | None, registry: str) -> Repository:
    found = repository_of(remote or "")
    if found is None or not found.owner:
        raise ConfigError(
            "git does not say on which forge this repository is",
            at="origin is a path" if remote and found is None else "",
            hint="git remote add origin https://HOST/OWNER/NAME.git, or set-url",
        )
    packages = urlsplit(registry)
    over_web = (remote or "").startswith(("http://", "https://"))
    if over_web or packages.hostname != found.host or _PACKAGES not in registry:
        return found
    there = repository_of(f"{registry.partition(_PACKAGES)[0]}/{found.full_name}")
    return there or found
