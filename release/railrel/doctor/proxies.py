"""Which proxy the environment names for an address, as clients of HTTP read it. Pure."""

from collections.abc import Mapping
from urllib.parse import urlsplit


def variable_for(url: str, environment: Mapping[str, str]) -> str:
    """The variable that names the proxy by which an address is asked; empty if none is on the way."""
    parts = urlsplit(url)
    names = (f"{parts.scheme}_proxy", "all_proxy")
    every = (one for name in names for one in (name, name.upper()))
    found = next((name for name in every if environment.get(name)), "")
    excepted = environment.get("no_proxy") or environment.get("NO_PROXY") or ""
    places = (parts.hostname or "", parts.netloc.rpartition("@")[2].lower())
    return "" if any(_is_among(place, excepted.lower()) for place in places) else found


def _is_among(place: str, excepted: str) -> bool:
    """Whether a host, or one of its domain, is in a list such as `*.example.com,10.0.0.1:3000`."""
    for entry in filter(None, map(str.strip, excepted.split(","))):
        name = entry.lstrip("*").lstrip(".")
        if not name or place == name or place.endswith(f".{name}"):
            return True
    return False
