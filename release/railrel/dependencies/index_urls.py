"""URLs of package indexes, which may hold a credential. Pure."""

import re

_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")


def without_credentials(text: str) -> str:
    """A URL, or a text with URLs in it, without user names and passwords."""
    return _USERINFO.sub("", text)


def same_index(url: str, other: str) -> bool:
    """Whether two URLs are one index, whoever is to ask it."""
    one, two = (without_credentials(u).rstrip("/") for u in (url, other))
    return one == two
