"""One requirement as a string (PEP 508): its parts, and the change that gives it a range."""

import re
from collections.abc import Mapping
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name

from railrel.dependencies.paths import BuiltFile, Folder, Unresolvable, from_url
from railrel.dependencies.ranges import complete
from railrel.dependencies.references import Wanted
from railrel.edits import Change
from railrel.errors import Problem
from railrel.values import dataclass

_NAME = r"(?P<head>\s*(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:\s*(?P<extras>\[[^\]]*\]))?)"
_NAMED = re.compile(_NAME)
# With a URL the marker needs a blank before its semicolon (PEP 508): URLs may hold semicolons.
_WITH_URL = re.compile(_NAME + r"(?P<body>\s*@\s*(?P<url>\S+))(?P<tail>(?:\s+;.*)?\s*)", re.DOTALL)
_WITH_RANGE = re.compile(
    _NAME + r"(?P<gap>\s*)(?P<open>\(?)(?P<range>[^;@()]*?)(?P<close>\)?)(?P<tail>\s*(?:;.*)?)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Written:
    """A requirement as somebody wrote it."""

    text: str

    @property
    def name(self) -> NormalizedName | None:
        """The project that it names, None when it cannot be read."""
        found = _NAMED.match(self.text)
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
        if "@" not in self.text:
            return None
        found = _WITH_URL.fullmatch(self.text)
        return found["url"] if found else None

    @property
    def range(self) -> str:
        """The version range as written; empty when there is none."""
        found = None if self.url else _WITH_RANGE.fullmatch(self.text)
        return found["range"].strip() if found else ""

    def local(
        self, folder: Path, variables: Mapping[str, str] | None = None
    ) -> tuple[str, Folder | BuiltFile | Unresolvable] | None:
        """The local path behind `@` as it is written, and where it leads from a folder.

        `variables` are the environment, which Hatch's `{env:NAME}` may name. None when there is no
        such path.
        """
        if "@" not in self.text.partition(";")[0]:
            return None
        url = self.url
        if url is None:
            return (self.text, _malformed(self.text)) if self.name else None
        target = from_url(url, folder, variables=variables)
        if target and self.parsed is None:
            target = _malformed(url)
        return (url, target) if target else None

    @property
    def head(self) -> str:
        """Name and extras as they are written."""
        found = _NAMED.match(self.text)
        return found["head"] if found else ""

    def with_range_for_url(self, wanted: Wanted) -> Change:
        """Put the range where the URL stands; name, extras and marker keep their characters."""
        found = _WITH_URL.fullmatch(self.text)
        if not found:
            raise RuntimeError(f"no URL in {self}")
        return Change(found.start("body"), found.end("body"), wanted.range)

    def with_complete_range(self, wanted: Wanted, at: str) -> Change | Problem | None:
        """Give the requirement a range if it has none; None when it has one that fits."""
        found = _WITH_RANGE.fullmatch(self.text)
        if not found:
            return Problem(f"{self.text!r} is not a requirement", at=at, rule="invalid-range")
        result = complete(found["range"], wanted.range, wanted.version)
        if isinstance(result, Problem):
            return Problem(f"{self.name}: {result.message}", at, result.hint, result.rule)
        if result == found["range"]:
            return None
        if found["range"] or found["open"]:
            return Change(*found.span("range"), result)
        # Behind name and extras; the blank before a marker stays where it is.
        return Change(found.end("head"), found.end("head"), result)


def _malformed(url: str) -> Unresolvable:
    return Unresolvable(
        f"{url!r} cannot be read as a requirement; a path has no blanks, and a blank stands before ;"
    )
