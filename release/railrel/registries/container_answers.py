"""What the answers of a registry of images mean. Pure.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes,
https://distribution.github.io/distribution/spec/auth/token/
"""

import re

from railrel.answers import table_of, value_of
from railrel.errors import RailrelError, RefusedError, UnreachableError
from railrel.images.pushes.marks import REVISION
from railrel.images.pushes.names import ImageName
from railrel.values import dataclass
from railrel.world import Response

GITEA = "container_registry"
"""The service by which Gitea and Forgejo call theirs."""


@dataclass(frozen=True, slots=True)
class Challenge:
    """Where a token is given, and for what."""

    realm: str
    service: str


def challenge_of(answer: Response) -> Challenge | None:
    """What a 401 asks for; None if it is no token."""
    header = answer.headers.get("www-authenticate", "")
    found = re.search(r'\bBearer\s+((?:\w+="[^"]*"[\s,]*)+)', header, re.IGNORECASE)
    words = dict(re.findall(r'(\w+)="([^"]*)"', found[1])) if found else {}
    return Challenge(words["realm"], words.get("service", "")) if words.get("realm") else None


def token_in(answer: Response) -> str:
    """The token that was given; empty for none."""
    content = table_of(value_of(answer.body))
    return str(content.get("token") or content.get("access_token") or "")


def child_of(manifest: bytes) -> str:
    """The digest of the first image that an index lists; empty if it is no index.

    BuildKit adds what it attests, for a platform that it calls unknown.
    """
    listed = table_of(value_of(manifest)).get("manifests")
    images = [table_of(entry) for entry in listed] if isinstance(listed, list) else []
    known = (i for i in images if table_of(i.get("platform")).get("os") != "unknown")
    return str(next(known, {}).get("digest", ""))


def config_of(manifest: bytes) -> str:
    """The digest of an image's configuration; empty if it has none."""
    return str(table_of(table_of(value_of(manifest)).get("config")).get("digest", ""))


def revision_in(config: bytes) -> str:
    """The commit that an image's labels name; empty for none."""
    labels = table_of(table_of(table_of(value_of(config)).get("config")).get("Labels"))
    return str(labels.get(REVISION, ""))


def explain(
    answer: Response, name: ImageName, origin: str, looked: tuple[str, ...]
) -> RailrelError:
    """The error for an answer that is not the wished-for one.

    `origin` is where our credential came from, empty without one; then `looked` is where it was not.
    """
    at, status, said = f"{name.host}/{name.path}", answer.status, _words(answer.body)
    match status:
        case 401 if not origin:
            return RefusedError(
                f"{name.host} wants to know who pushes, and no token was found",
                at=at,
                hint="set RAILREL_TOKEN to one that may write packages; looked at "
                + ", ".join(looked),
            )
        case 401 | 403:
            return RefusedError(
                f"{name.host} does not let the credential from {origin or 'nobody'} at this image "
                f"({status}): {said}",
                at=at,
                hint=f"it needs the right to write to {name.owner}; on Gitea the scope write:package",
            )
        case 404 | 405:
            return RefusedError(
                f"{name.host} has no registry of images, or none of this name ({status}): {said}",
                at=at,
                hint=f"a proxy has to hand https://{name.host}/v2/ on to Gitea as it is; on Gitea "
                "itself the admin sets [packages] ENABLED = true",
            )
        case _:
            return UnreachableError(
                f"the registry of images is in trouble, or gives an answer nobody expects: {status} "
                f"{said}".rstrip(),
                at=at,
                hint="run the same command again",
            )


def _words(body: bytes) -> str:
    """The first of the errors in an answer, or its sentence; nothing of a web page."""
    errors = table_of(value_of(body)).get("errors")
    first = table_of(errors[0]) if isinstance(errors, list) and errors else {}
    if first:
        return " ".join(str(first[key]) for key in ("code", "message") if first.get(key))
    text = body.decode("utf-8", "replace").strip()
    return "" if text[:1] in ("<", "{") else " ".join(text.split())[:300]
