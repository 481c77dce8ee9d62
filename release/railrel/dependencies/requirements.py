"""PEP 508 requirement strings in a `pyproject.toml`: where they stand, and their parts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from railrel.dependencies.edits import Edit, within_string
from railrel.dependencies.ranges import complete
from railrel.documents import Document, KeyPath
from railrel.errors import Problem

_NAME = r"(?P<head>\s*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:\s*(?P<extras>\[[^\]]*\]))?)"
# With a URL the marker needs a blank before its semicolon (PEP 508): URLs may hold semicolons.
_WITH_URL = re.compile(_NAME + r"(?P<body>\s*@\s*(?P<url>\S+))(?P<tail>(?:\s+;.*)?\s*)", re.DOTALL)
_WITH_RANGE = re.compile(
    _NAME + r"(?P<gap>\s*)(?P<open>\(?)(?P<range>[^;@()]*?)(?P<close>\)?)(?P<tail>\s*(?:;.*)?)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """One requirement string and where it is."""

    path: KeyPath
    text: str
    published: bool
    """Whether it becomes metadata of the distribution."""

    @property
    def name(self) -> NormalizedName | None:
        """The project that it names, None when it cannot be read."""
        found = re.match(_NAME, self.text)
        return canonicalize_name(found["name"]) if found else None

    @property
    def parsed(self) -> Requirement | None:
        """As `packaging` reads it; None when it is no requirement."""
        try:
            return Requirement(self.text)
        except InvalidRequirement:
            return None

    @property
    def url(self) -> str | None:
        """What stands behind `@`."""
        found = _WITH_URL.fullmatch(self.text)
        return found["url"] if found else None

    @property
    def range(self) -> str:
        """The version range as written; empty when there is none."""
        found = None if self.url else _WITH_RANGE.fullmatch(self.text)
        return found["range"] if found else ""


def listed(document: Document) -> Iterator[Listed]:
    """Every requirement string of the standard tables (PEP 621, PEP 735)."""
    project = document.table("project")
    yield from _strings(("project", "dependencies"), project.get("dependencies"), published=True)
    for name, strings in document.table("project", "optional-dependencies").items():
        yield from _strings(("project", "optional-dependencies", name), strings, published=True)
    for name, strings in document.table("dependency-groups").items():
        yield from _strings(("dependency-groups", name), strings, published=False)


def _strings(path: KeyPath, value: object, *, published: bool) -> Iterator[Listed]:
    # In a group tables such as { include-group = "lint" } stand between the strings.
    for index, item in enumerate(value if isinstance(value, list) else []):
        if isinstance(item, str):
            yield Listed((*path, index), item, published)


def with_range_for_url(document: Document, requirement: Listed, wanted: str) -> Edit:
    """Put a range where the URL stands; name, extras and marker keep their bytes."""
    found = _WITH_URL.fullmatch(requirement.text)
    place = document.place(requirement.path)
    if not found or not place:
        raise RuntimeError(f"no URL in {requirement}")
    return within_string(document, place, found.start("body"), found.end("body"), wanted)


def with_complete_range(
    document: Document, requirement: Listed, wanted: str, version: Version
) -> Edit | Problem | None:
    """Give a requirement the bounds that it lacks; None when it has both."""
    found = _WITH_RANGE.fullmatch(requirement.text)
    place = document.place(requirement.path)
    at = document.at(requirement.path)
    if not found or not place:
        return Problem(f"{requirement.text!r} is not a requirement", at=at, rule="invalid-range")
    result = complete(found["range"], wanted, version)
    if isinstance(result, Problem):
        return Problem(f"{requirement.name}: {result.message}", at, result.hint, result.rule)
    if result == found["range"]:
        return None
    start, end = found.span("range")
    if not found["range"]:
        start = found.end("head")
    return within_string(document, place, start, end, result)
