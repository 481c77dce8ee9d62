"""Who we are to a forge: a token of its own for it, else the job's, else one that people have set."""

from collections.abc import Callable, Mapping
from typing import Final

from railrel.errors import RefusedError
from railrel.job import ForgeName, Job
from railrel.world import Credential, Secret, World

OWN: Final = "RAILREL_FORGE_TOKEN"
JOBS: Final = "the job's own token"
# Outside a job only those of the forge's own kind: a token for GitHub is nothing for a Gitea.
_PEOPLES: Final[Mapping[ForgeName, tuple[str, ...]]] = {
    "gitea": ("GITEA_TOKEN",),
    "forgejo": ("FORGEJO_TOKEN", "GITEA_TOKEN"),
    "github": ("GH_TOKEN", "GITHUB_TOKEN"),
}


def token_for(
    kind: ForgeName, job: Job | None, world: World, hide: Callable[[Secret], None]
) -> Credential | None:
    """The first that there is. RefusedError for one that no header can carry."""
    names = (OWN,) if job else (OWN, *_PEOPLES[kind])
    found = next(world.first_set(*names), None)
    if found:
        return _usable(Secret(found[1]), found[0], hide)
    return _usable(job.token, JOBS, hide) if job and job.token else None


def stripped(value: Secret) -> Secret:
    """Without the line break that files and secret stores add."""
    return Secret(value.reveal().strip("\r\n"))


def _usable(value: Secret, origin: str, hide: Callable[[Secret], None]) -> Credential:
    token = value.reveal().strip()
    hide(Secret(token))
    if not token.isascii() or not token.isprintable() or " " in token:
        raise RefusedError(
            f"{origin} holds characters that no header can carry",
            hint="a token is one line of letters and digits; set it again",
        )
    return Credential("", Secret(token), origin, bearer=True)
