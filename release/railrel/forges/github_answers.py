"""What GitHub's answers mean, and what to do about each. Pure.

https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
"""

from railrel.errors import RailrelError, RefusedError, UnreachableError
from railrel.forges.reading import message
from railrel.forges.tokens import JOBS, OWN
from railrel.workspace.remotes import Repository
from railrel.world import Response

_RIGHT = "contents: write"


def explain(answer: Response, repository: Repository, credential: str) -> RailrelError:
    """The error for an answer that is not the wished-for one.

    `credential` is where our token came from; empty without one.
    """
    said, at = message(answer), repository.page
    match answer.status:
        case 429 | 403 if answer.status == 429 or _is_limit(answer, said):
            return UnreachableError(
                "GitHub has had enough requests from us for now",
                at=at,
                hint="run the same command again in an hour, or with a token",
            )
        case 401:
            return RefusedError(
                f"GitHub does not know the token from {credential}: mistyped, revoked or expired"
                if credential
                else "GitHub wants to know who we are, and no token was found",
                at=at,
                hint=_advice(repository, credential),
            )
        case 403:
            return RefusedError(
                f"the token from {credential or 'nowhere'} may not do this: {said}",
                at=at,
                hint=_advice(repository, credential),
            )
        case 404:
            return RefusedError(
                f"there is no repository {repository.full_name} on this forge, or the token from "
                f"{credential or 'nowhere'} may not see it or not write to it",
                at=at,
                hint=_advice(repository, credential),
            )
        case 301 | 302 | 307 | 308:
            return RefusedError(
                f"{repository.full_name} is somewhere else now",
                at=at,
                hint="open that page, then: git remote set-url origin with the URL that it shows",
            )
        case status if status >= 500:
            return UnreachableError(
                f"GitHub is in trouble: {status} {said}".rstrip(),
                at=at,
                hint="run the same command again; what has arrived is not sent twice",
            )
        case status:
            return RefusedError(f"GitHub finds fault with it ({status}): {said}", at=at)


def _is_limit(answer: Response, said: str) -> bool:
    return answer.headers.get("x-ratelimit-remaining") == "0" or "rate limit" in said


def _advice(repository: Repository, credential: str) -> str:
    if credential == JOBS:
        return f"give the job its right in the workflow: permissions: {{{_RIGHT}}}"
    return (
        f"make a fine-grained token for {repository.full_name} with {_RIGHT} at "
        f"{repository.root}/settings/personal-access-tokens and set {OWN}"
    )
