"""What answers mean that come from servers before a registry, of whatever kind it is. Pure."""

from typing import Final
from urllib.parse import urlsplit

from railrel.errors import RefusedError
from railrel.world import Response

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
BODY_LIMITS: Final = (
    "for ingress-nginx by the annotation nginx.ingress.kubernetes.io/proxy-body-size, for Traefik by "
    "maxRequestBodyBytes of its buffering middleware"
)


SENT_ELSEWHERE = ("wants-tls", "redirected")
"""The rules of errors that a redirect ends in."""


def by_tls(answer: Response, place: str) -> str:
    """The registry's address with https, where a redirect asks for just that; else empty."""
    if answer.status not in REDIRECTS:
        return ""
    try:
        asked, target = urlsplit(place), urlsplit(answer.headers.get("location", ""))
        same_host = target.hostname == asked.hostname
    except ValueError:
        return ""
    if (asked.scheme, target.scheme) != ("http", "https") or not same_host:
        return ""
    return asked._replace(scheme="https", netloc=target.netloc.rpartition("@")[2]).geturl()


def wants_tls(answer: Response, place: str, named: str) -> RefusedError:
    """The error for it."""
    return RefusedError(
        f"the server answers by TLS only ({answer.status}); nothing was sent on",
        at=place,
        hint=f'name the registry with https://: registry = "{named}"',
        rule="wants-tls",
    )


def when(answer: Response) -> str:
    """How a hint to run the command again ends."""
    asked = answer.headers.get("retry-after", "").strip()
    if not asked or not asked.isprintable():
        return " in a while"
    return f" in {asked} seconds" if asked.isdigit() else f" after {asked}"
