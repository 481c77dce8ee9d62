"""Which job of which forge runs us, from the variables that its runner sets.

Gitea's and Forgejo's runners set GitHub's variables, and one of their own:
https://docs.github.com/actions/reference/workflows-and-actions/variables
https://docs.gitea.com/usage/actions/comparison, https://forgejo.org/docs/latest/user/actions/reference/
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, TypeAlias

from railrel.values import dataclass
from railrel.world import Secret

ForgeName: TypeAlias = Literal["gitea", "forgejo", "github"]

TOKEN_SECRET: Final = "REGISTRY_TOKEN"  # noqa: S105 -- a name
"""The secret of a repository in which its workflows look for the token of the registry."""

_TAGS: Final = "refs/tags/"
# By which a workflow hands a step the job's own token; no secret of a user can have such a name.
_TOKENS: Final = ("GITHUB_TOKEN", "GITEA_TOKEN", "FORGEJO_TOKEN")


@dataclass(frozen=True, slots=True)
class Job:
    """A job of a workflow."""

    forge: ForgeName
    server_url: str
    """Without a slash at its end. Inside a job it can be an address that only the runner reaches."""
    repository: str
    """`owner/name`."""
    tag: str | None
    """The name of the tag, when the job is for one."""
    sha: str
    """The commit that the job is for, 40 or 64 hexadecimal digits."""
    output: Path | None
    """The file for the step's outputs."""
    summary: Path | None
    """The file for the step's summary, in Markdown."""
    token: Secret | None
    """The job's own: it may make releases in its repository, and publish packages nowhere on Gitea."""


def job_of(environment: Mapping[str, str]) -> Job | None:
    """The job that these variables tell of; None when we are in none."""
    forge = _forge(environment)
    if forge is None:
        return None
    ref = environment.get("GITHUB_REF", "")
    return Job(
        forge=forge,
        server_url=environment.get("GITHUB_SERVER_URL", "").rstrip("/"),
        repository=environment.get("GITHUB_REPOSITORY", ""),
        tag=ref.removeprefix(_TAGS) if ref.startswith(_TAGS) else None,
        sha=environment.get("GITHUB_SHA", ""),
        output=_path(environment.get("GITHUB_OUTPUT", "")),
        summary=_path(environment.get("GITHUB_STEP_SUMMARY", "")),
        token=next((Secret(v) for n in _TOKENS if (v := environment.get(n, "").strip())), None),
    )


def _forge(environment: Mapping[str, str]) -> ForgeName | None:
    def says(name: str) -> bool:
        return environment.get(name, "").lower() == "true"

    # FORGEJO_TOKEN alone tells nothing: people call a token of their own so, on any forge.
    of_forgejo = any(n.startswith("FORGEJO_") and n != "FORGEJO_TOKEN" for n in environment)
    if says("FORGEJO_ACTIONS") or (says("GITEA_ACTIONS") and of_forgejo):
        return "forgejo"
    if says("GITEA_ACTIONS"):
        return "gitea"
    return "github" if says("GITHUB_ACTIONS") else None


def _path(text: str) -> Path | None:
    return Path(text) if text.strip() else None
