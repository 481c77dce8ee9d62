"""What Gitea's and Forgejo's answers about repositories mean, and what to do about each. Pure.

Seen on Gitea 1.25 and 1.26; routers/api/v1/api.go and routers/api/v1/repo/release.go.
"""

from typing import Literal, TypeAlias

from railrel.answers import scopes_told, token_page
from railrel.errors import RailrelError, RefusedError, UnreachableError
from railrel.forges.reading import message
from railrel.forges.tokens import JOBS, OWN
from railrel.values import dataclass
from railrel.workspace.remotes import Repository
from railrel.world import Response

Asked: TypeAlias = Literal["read", "release", "secret"]

_MAY: dict[Asked, str] = {
    "read": "read",
    "release": "make releases in",
    "secret": "set secrets of",
}
_LIMITS = {
    "Attachment is not enabled": "ask the admin to set [attachment] ENABLED = true",
    "file type": "ask the admin to allow .whl, .gz and files without a suffix in "
    "[repository.release] ALLOWED_TYPES",
    "tag name is protected": "ask whoever protects tags in the repository's settings to let you",
    # Forgejo's, with a 413: services/context/quota.go of forgejo/forgejo.
    "quota exceeded": "ask the admin to raise the quota, or delete files of old releases",
    "protected tag": "ask whoever protects tags in the repository's settings to let you",
}


@dataclass(frozen=True, slots=True)
class Who:
    """Who asked for which repository."""

    repository: Repository
    credential: str
    """Where our token came from; empty without one."""

    @property
    def settings(self) -> str:
        """Where people make tokens."""
        return token_page(self.repository.root)


def explain(answer: Response, asked: Asked, who: Who) -> RailrelError:
    """The error for an answer that is not the wished-for one."""
    said, at = message(answer), who.repository.page
    limit = next((hint for words, hint in _LIMITS.items() if words in said), "")
    match answer.status:
        case _ if limit:
            return RefusedError(f"the forge refuses: {said}", at=at, hint=limit)
        case 401:
            return _unauthorised(asked, who)
        case 403:
            return _forbidden(said, asked, who)
        case 404:
            return _missing(who)
        case 301 | 302 | 307 | 308:
            return RefusedError(
                f"{who.repository.full_name} is somewhere else now",
                at=at,
                hint="open that page, then: git remote set-url origin with the URL that it shows",
            )
        case 413:
            return RefusedError(
                "a file is larger than the forge, or a proxy before it, takes (413)",
                at=at,
                hint="raise the proxy's body limit, or [repository.release] FILE_MAX_SIZE",
            )
        case 423:
            return RefusedError(
                f"{who.repository.full_name} is archived or a mirror: {said}", at=at
            )
        case status if status >= 500 or status == 429 or "repo is empty" in said:
            # The last, for a second after the first push of all: it is not booked yet.
            return UnreachableError(
                f"the forge is in trouble, or the proxy before it: {status} {said}".rstrip(),
                at=at,
                hint="run the same command again; what has arrived is not sent twice",
            )
        case status:
            return RefusedError(f"the forge finds fault with it ({status}): {said}", at=at)


def _scope(asked: Asked) -> str:
    return "read:repository" if asked == "read" else "write:repository"


def _unauthorised(asked: Asked, who: Who) -> RefusedError:
    scope = _scope(asked)
    if not who.credential:
        return RefusedError(
            f"the forge wants to know who may {_MAY[asked]} {who.repository.full_name}, "
            "and no token was found",
            at=who.repository.page,
            hint=f"make a token with the scope {scope} at {who.settings} and set {OWN}; in a job its "
            "own token does: env: GITHUB_TOKEN: ${{ github.token }}",
        )
    if who.credential == JOBS:
        return RefusedError(
            "the forge does not know the job's own token: it is good only while its job runs",
            at=who.repository.page,
            hint=f"run the job again, or set {OWN} to a token with the scope {scope}",
        )
    return RefusedError(
        f"the forge does not know the token from {who.credential}: mistyped, revoked or expired",
        at=who.repository.page,
        hint=f"make a new one with the scope {scope} at {who.settings} and set it there",
    )


def _forbidden(said: str, asked: Asked, who: Who) -> RefusedError:
    name, at = who.repository.full_name, who.repository.page
    scopes = scopes_told(said)
    if scopes is not None:
        return RefusedError(
            f"the token from {who.credential} lacks the scope {_scope(asked)}; it has {scopes}",
            at=at,
            hint=f"make one with {_scope(asked)} at {who.settings}; scopes cannot be added later",
        )
    if who.credential == JOBS:
        if asked == "secret":
            return RefusedError(
                "no job's own token may set secrets",
                at=at,
                hint=f"set {OWN} to a token of an owner of {name} with the scope write:repository",
            )
        return RefusedError(
            f"the job's own token may not {_MAY[asked]} {name} (403)",
            at=at,
            hint="take `permissions:` out of the workflow, or say contents: write there",
        )
    if "Only signed in user" in said:
        return _unauthorised(asked, Who(who.repository, ""))
    # Gitea counts whoever a team makes an admin among the owners, and no collaborator.
    rank = (
        "be an owner, or in a team that administers it"
        if asked == "secret"
        else "be one who may write to it"
    )
    return RefusedError(
        f"the token from {who.credential or 'nowhere'} may not {_MAY[asked]} {name}: {said}",
        at=at,
        hint=f"its user must {rank}: {at}/settings/collaboration",
    )


def _missing(who: Who) -> RefusedError:
    seen = (
        f"or the token from {who.credential} may not see it"
        if who.credential
        else "or it is private and no token was found"
    )
    return RefusedError(
        f"there is no repository {who.repository.full_name} on this forge, {seen}",
        at=who.repository.page,
        hint=f"git remote -v; else set {OWN} to a token of somebody who may see it",
    )
