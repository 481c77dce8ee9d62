"""Which Pythons a project says that it works with."""

import re
from collections.abc import Callable
from functools import lru_cache

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from railrel.documents import Document

SUPPORTED = 10
"""The oldest 3.x that still gets security releases: https://devguide.python.org/versions/"""

_MINORS = range(6, 40)
_PATCHES = range(100)


def requires_python(document: Document) -> str:
    """The range as it is written, in the standard table or in Poetry's; empty where there is none."""
    written = document.table("project").get("requires-python")
    if not isinstance(written, str):
        written = document.table("tool", "poetry", "dependencies").get("python")
    return written if isinstance(written, str) else ""


@lru_cache(maxsize=256)
def minors(written: str) -> tuple[int, ...] | None:
    """The 3.x that a range admits any release of; None when it is no range, of Poetry's neither."""
    allowed = _allowed(written)
    if allowed is None:
        return None
    # A bound such as >=3.11.4 admits the newest 3.11, one such as ==3.11.4 no other.
    named = (int(patch) for patch in re.findall(r"3\.\d+\.(\d{1,4})", written))
    patches = {0, 99, *(near for patch in named for near in (patch - 1, patch, patch + 1))} - {-1}
    return tuple(m for m in _MINORS if any(allowed(f"3.{m}.{patch}") for patch in patches))


def admits(written: str, release: str) -> bool:
    """Whether a range admits `3.12`, in any of its releases, or exactly `3.12.4`.

    What is no range forbids nothing.
    """
    allowed = _allowed(written) if written else None
    if allowed is None:
        return True
    if release.count(".") > 1:
        return allowed(release)
    return int(release.partition(".")[2]) in (minors(written) or ())


def newest(written: str, minor: str) -> str:
    """`3.12`, or `3.12.4` where a range admits none of the later releases."""
    allowed = _allowed(written) if written else None
    if allowed is None or allowed(f"{minor}.99"):
        return minor
    admitted = [f"{minor}.{patch}" for patch in _PATCHES if allowed(f"{minor}.{patch}")]
    return admitted[-1] if admitted else minor


def _allowed(written: str) -> Callable[[str], bool] | None:
    """What tells whether a range admits a release."""
    try:
        allowed = SpecifierSet(written)
        # Only now are the versions in it read.
        for one in allowed:
            one.contains("3.0")
    except InvalidSpecifier:
        return _allowed_by_poetry(written)
    except ValueError:
        # A number of five thousand digits.
        return None
    # A release candidate that somebody names is meant.
    return lambda release: allowed.contains(release, prereleases="rc" in release or None)


def _allowed_by_poetry(written: str) -> Callable[[str], bool] | None:
    """Carets and tildes."""
    from poetry.core.constraints.version import Version as PoetryVersion
    from poetry.core.constraints.version import parse_constraint
    from poetry.core.constraints.version.exceptions import ParseConstraintError

    try:
        allowed = parse_constraint(written)
    except ParseConstraintError:
        return None
    return lambda release: allowed.allows(PoetryVersion.parse(release))
