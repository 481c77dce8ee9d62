"""What Gitea's answers mean, and what to do about each. Pure.

One status has several meanings: a 401 may be a wrong token or a missing right, a 404 a missing
owner or packages switched off. `Clues` holds what was asked besides to tell them apart.
Seen on Gitea 1.25 and 1.26; routers/api/packages, services/context/package.go.
"""

from dataclasses import replace

from railrel.answers import is_over_quota, scopes_told, table_of, token_page, value_of
from railrel.errors import RailrelError, RefusedError, UnreachableError
from railrel.registries.common_answers import BODY_LIMITS, REDIRECTS, by_tls, wants_tls, when
from railrel.registries.gitea_jobs import Asked, InJob, in_a_job
from railrel.values import dataclass
from railrel.world import Response


@dataclass(frozen=True, slots=True)
class Clues:
    """What is known beside the answer."""

    owner: str
    root: str
    credential: str
    """Where our credential came from; empty without one."""
    looked: tuple[str, ...] = ()
    user_status: int | None = None
    """Of `/api/v1/user` with our credential: 401 unknown, 403 known but for packages only."""
    scopes: str = ""
    """The token's own scopes, as a 403 tells them."""
    packages_on: bool | None = None
    owner_status: int | None = None
    """Of `/api/v1/packages/OWNER`: 404 means no such owner."""
    in_job: InJob | None = None
    """None when we run in no job."""

    def with_user(self, status: int, body: bytes) -> "Clues":
        """With what `/api/v1/user` said."""
        scopes = scopes_told(_message(body)) or ""
        job = self.in_job and self.in_job.with_user(body)
        return replace(self, user_status=status, scopes=scopes, in_job=job)

    def with_owner(self, *, packages_on: bool, owner_status: int) -> "Clues":
        """With what the probes for a 404 said."""
        return replace(self, packages_on=packages_on, owner_status=owner_status)


def misses_form(answer: Response) -> bool:
    """Whether an upload without a body got as far as its form: then we may publish for this owner."""
    return answer.status == 400 and b"multipart" in answer.body


def explain(answer: Response, asked: Asked, clues: Clues) -> RailrelError:
    """The error for an answer that is not the wished-for one."""
    said = _message(answer.body)
    match answer.status:
        case 401:
            return _unauthorised(said, asked, clues)
        case 403:
            return _forbidden(said, asked, clues)
        case 404:
            return _missing(said, clues)
        case status if status in REDIRECTS:
            return _elsewhere(answer, clues)
        case 400:
            return _bad(said, clues)
        case 405:
            return RefusedError(
                "the server does not take uploads at this address (405)",
                at=clues.root,
                hint=f"the address is {clues.root}/api/packages/{clues.owner}/pypi",
            )
        case status if is_over_quota(status, answer.body):
            return RefusedError(
                "the user of the token has used up its quota of packages on this Forgejo (413)",
                at=clues.root,
                hint="delete old versions that this user has published, or ask the admin to raise the quota",
            )
        case 413:
            return RefusedError(
                "the file is larger than a proxy before Gitea takes (413)",
                at=clues.root,
                hint=f"raise its body limit: {BODY_LIMITS}",
            )
        case status if status >= 500 or status == 429:
            return UnreachableError(
                f"Gitea is in trouble, or the proxy before it: {status} {said}".rstrip(),
                at=clues.root,
                hint=f"run the same command again{when(answer)}; what has arrived is not sent twice",
            )
        case status:
            return UnreachableError(
                f"Gitea gave an answer nobody expects: {status} {said}", at=clues.root
            )


def _unauthorised(said: str, asked: Asked, clues: Clues) -> RefusedError:
    refusal = _refusal(said, asked, clues)
    if clues.in_job is None:
        return refusal
    return in_a_job(refusal, asked, clues.in_job, token_page(clues.root))


def _refusal(said: str, asked: Asked, clues: Clues) -> RefusedError:
    scope = "write:package" if asked == "publish" else "read:package"
    settings = token_page(clues.root)
    if not clues.credential:
        return RefusedError(
            f"Gitea wants to know who may {asked} packages of {clues.owner}, and no token was found",
            at=clues.root,
            hint=f"make a token with the scope {scope} at {settings} and set RAILREL_TOKEN"
            + (f"; looked at {', '.join(clues.looked)}" if clues.looked else ""),
        )
    if clues.user_status == 401 or "authenticate" in said:
        return RefusedError(
            f"Gitea does not know the token from {clues.credential}: mistyped, revoked or expired",
            at=clues.root,
            hint=f"make a new one with the scope {scope} at {settings} and set it there",
        )
    if (
        clues.scopes
        and scope not in clues.scopes.split(",")
        and "all" not in clues.scopes.split(",")
    ):
        return RefusedError(
            f"the token from {clues.credential} lacks the scope {scope}; it has {clues.scopes}",
            at=clues.root,
            hint=f"make one with {scope} at {settings}; scopes cannot be added later",
        )
    return RefusedError(
        f"the token from {clues.credential} is known, but its user may not {asked} "
        f"packages of {clues.owner}",
        at=clues.root,
        hint=f"put the user into a team of {clues.owner} with write access to packages",
    )


def _forbidden(said: str, asked: Asked, clues: Clues) -> RefusedError:
    advice = {
        "package type size": "the file is over Gitea's limit for one PyPI file: ask the admin to raise "
        "[packages] LIMIT_SIZE_PYPI, with Helm gitea.config.packages.LIMIT_SIZE_PYPI",
        "storage quota": f"{clues.owner} has used up its storage: delete old versions, or ask the admin to "
        "raise [packages] LIMIT_TOTAL_OWNER_SIZE, with Helm gitea.config.packages.LIMIT_TOTAL_OWNER_SIZE",
        "package count": f"{clues.owner} has as many versions as it may: delete old ones, or ask the admin "
        "to raise [packages] LIMIT_TOTAL_OWNER_COUNT, with Helm "
        "gitea.config.packages.LIMIT_TOTAL_OWNER_COUNT",
        "reqToken": "the token is for public packages only: make one without that restriction",
    }
    found = next((text for words, text in advice.items() if words in said), "")
    refusal = RefusedError(
        f"Gitea refuses (403): {said}", at=clues.root, hint=found or "ask the admin of this Gitea"
    )
    # What an admin's limit refuses, no other token changes.
    if clues.in_job is None or (found and "reqToken" not in said):
        return refusal
    return in_a_job(refusal, asked, clues.in_job, token_page(clues.root))


def _missing(said: str, clues: Clues) -> RefusedError:
    if clues.packages_on is False:
        return RefusedError(
            "packages are switched off on this Gitea, or this is no Gitea (404)",
            at=clues.root,
            hint="open the address in a browser; the admin sets [packages] ENABLED = true, with Helm "
            "gitea.config.packages.ENABLED",
        )
    if clues.owner_status == 404:
        return RefusedError(
            f"there is no user or organisation {clues.owner} on this Gitea",
            at=f"{clues.root}/{clues.owner}",
            hint="mend the owner in the registry's address: …/api/packages/OWNER/pypi",
        )
    return RefusedError(
        f"Gitea knows no such address (404): {said}"[:200],
        at=clues.root,
        hint=f"the registry is {clues.root}/api/packages/{clues.owner}/pypi",
    )


def _elsewhere(answer: Response, clues: Clues) -> RefusedError:
    named = by_tls(answer, f"{clues.root}/api/packages/{clues.owner}/pypi")
    if named:
        return wants_tls(answer, clues.root, named)
    target = answer.headers.get("location", "")
    if target.startswith("/api/packages/"):
        return RefusedError(
            f"{clues.owner} has another name now: {target.split('/')[3]}",
            at=clues.root,
            hint="put the new name into the registry's address",
            rule="redirected",
        )
    return RefusedError(
        f"the server sends us elsewhere ({answer.status}): {target}",
        at=clues.root,
        hint="name that address as the registry if you trust it; credentials are not sent on",
        rule="redirected",
    )


def _bad(said: str, clues: Clues) -> RailrelError:
    if "unexpected EOF" in said:
        return UnreachableError("the upload was cut on its way", at=clues.root, hint="run it again")
    return RefusedError(
        f"Gitea finds fault with the upload (400): {said}",
        at=clues.root,
        hint="if it is a hash mismatch, something between here and Gitea changes the bytes",
    )


def _message(body: bytes) -> str:
    """The sentence in a plain or JSON answer; nothing of a web page."""
    text = body.decode("utf-8", "replace").strip()
    if text.startswith("{"):
        return str(table_of(value_of(body)).get("message", ""))
    return "" if text.startswith("<") else " ".join(text.split())[:300]
