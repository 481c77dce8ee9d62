"""Which server a name without a scheme means, as images have it, and how it is reached. Pure."""

import re
from urllib.parse import SplitResult, urlsplit

_PORTS = {"http": 80, "https": 443}


def host_of(url: str) -> str:
    """What images are called by that lie on the server of this URL."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    # Builders take a word without a dot or a port for a user of Docker Hub's.
    if "." in host or ":" in host or host == "localhost":
        return host
    return f"{host}:{_PORTS.get(parts.scheme, 443)}"


def is_at(host: str, url: str) -> bool:
    """Whether the server of this URL is the one that images of this host are on."""
    parts, mine = urlsplit(url), urlsplit(f"//{host}")
    return parts.scheme in _PORTS and _place(mine, parts.scheme) == _place(parts, parts.scheme)


def scheme_of(host: str, url: str) -> str:
    """That of the URL, if it is on the same server. Else https, and on loopback http."""
    if is_at(host, url):
        return urlsplit(url).scheme
    return "http" if is_loopback(host) else "https"


def is_loopback(host: str) -> bool:
    """Whether it is this machine, to which Docker speaks http as well."""
    name = urlsplit(f"//{host}").hostname or ""
    return bool(name in ("localhost", "::1") or re.fullmatch(r"127(\.\d+){3}", name))


def _place(parts: SplitResult, scheme: str) -> tuple[str | None, int]:
    return parts.hostname, parts.port or _PORTS[scheme]
