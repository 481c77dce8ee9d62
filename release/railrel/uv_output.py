"""What the output of uv says of the indexes that it asked. Pure."""

import re

from railrel.errors import RailrelError, RefusedError, UnreachableError

_REFUSED = re.compile(r"\b40[13]\b|unauthori[sz]ed|forbidden|missing credentials", re.IGNORECASE)
_UNREACHABLE = re.compile(
    r"error sending request|failed to (?:fetch|connect)|dns error|timed out|connection "
    r"(?:refused|reset)|HTTP status server error|(?<![\d.])5\d\d (?-i:[A-Z])",
    re.IGNORECASE,
)


def trouble_with_index(said: str) -> type[RailrelError] | None:
    """RefusedError where one wanted another credential, UnreachableError where one did not answer."""
    if _REFUSED.search(said):
        return RefusedError
    if _UNREACHABLE.search(said):
        return UnreachableError
    return None
