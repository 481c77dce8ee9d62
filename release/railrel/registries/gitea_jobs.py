"""What a refused token means in a job of a workflow, and which one to give instead. Pure.

Seen on Gitea 1.25 and 1.26: a job's own token may publish packages nowhere, whatever `permissions`
says, and read none of a private owner (go-gitea/gitea#23642).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, TypeAlias

from railrel.answers import table_of, value_of
from railrel.errors import RefusedError
from railrel.job import TOKEN_SECRET, job_of
from railrel.registries.credentials import TOKEN_VARIABLE
from railrel.values import dataclass
from railrel.world import Credential

Asked: TypeAlias = Literal["publish", "read"]

_USERS = ("gitea-actions", "forgejo-actions")
_CANNOT: dict[Asked, str] = {
    "publish": "can never publish packages in Gitea",
    "read": "can never read packages of private owners in Gitea",
}


@dataclass(frozen=True, slots=True)
class InJob:
    """What the job's environment says of its credential."""

    origin: str
    """Where it came from; empty without one."""
    is_empty: bool
    """Whether the variable is there and holds nothing: so comes a secret that is not set."""
    is_jobs_own: bool = False
    """Whether the forge gave it to a job."""
    secret: str = TOKEN_SECRET
    """What the secret is called that a job is to be given."""

    def with_user(self, body: bytes) -> "InJob":
        """With what `/api/v1/user` said: jobs are a user of their own to Gitea and Forgejo."""
        known = table_of(value_of(body)).get("login") in _USERS
        return replace(self, is_jobs_own=self.is_jobs_own or known)


def in_job(
    environment: Mapping[str, str], credential: Credential | None, secret: str = TOKEN_SECRET
) -> InJob | None:
    """What to know of a credential in a job; None outside of one."""
    if job_of(environment) is None:
        return None
    given = environment.get(TOKEN_VARIABLE)
    is_empty = given is not None and not given.strip()
    return InJob(credential.origin if credential else "", is_empty, secret=secret)


def in_a_job(refusal: RefusedError, asked: Asked, job: InJob, settings: str) -> RefusedError:
    """The same refusal in the words of a job. `settings` is where a user makes tokens."""
    problem = refusal.problems[0]
    return RefusedError(
        _message(problem.message, asked, job),
        at=problem.at,
        hint=f"the job's own token {_CANNOT[asked]}: make a personal token with the one scope "
        f"write:package at {settings}, of a user who may write packages of this owner; store it as the "
        f"secret {job.secret} by railrel workflow PROJECT --set-secret; give it to the step by "
        f"env: {TOKEN_VARIABLE}: ${{{{ secrets.{job.secret} }}}}",
    )


def _message(otherwise: str, asked: Asked, job: InJob) -> str:
    if job.is_jobs_own:
        return f"the token from {job.origin} is the job's own, which {_CANNOT[asked]}"
    if job.origin:
        return otherwise
    if job.is_empty:
        return (
            f"{TOKEN_VARIABLE} is empty: this job gets no secret {job.secret}, because nobody has set it, "
            "or because the job is for a fork's pull request"
        )
    return "this job's step was given no token; jobs for pull requests of forks get no secrets"
