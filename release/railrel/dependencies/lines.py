"""A requirement given by its place, as pip takes it on a line: `-e ../issue-core[mail] ; marker`.

https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, unquote

from packaging.utils import NormalizedName, canonicalize_name

from railrel.dependencies.paths import BuiltFile, Folder, Unresolvable, from_path, from_url
from railrel.dependencies.references import Target, Wanted
from railrel.dependencies.requirements import Written
from railrel.edits import Change
from railrel.values import dataclass

_EDITABLE = re.compile(r"\s*(?:-e|--editable)(?:\s+|=|(?=[./]))\s*", re.ASCII)
_OPTION = re.compile(r"[ \t]--?[a-z]")
_BLANKS = " \t\r\n\f\v"
_URL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]+):")
_EXTRAS = re.compile(r"\[[^\]]*\][ \t]*\Z")


@dataclass(frozen=True, slots=True)
class PathLine:
    """A path on a line, and which characters of the line a range replaces."""

    name: NormalizedName | None
    written: str
    target: Target
    start: int
    end: int
    head: str
    """Name and extras as they are to stand before the range; without a name the extras alone."""

    def change(self, wanted: Wanted) -> Change:
        """The named range in place of the path."""
        head = self.head if self.name else wanted.name + self.head
        return Change(self.start, self.end, head + wanted.range)


def path_line(text: str, folder: Path, beside: Path | None = None) -> PathLine | None:
    """Read a line whose comment is blanked out; None when it names no local path.

    Relative paths begin at `folder`; where nothing is there, at `beside`, the file's own folder.
    """
    editable = _EDITABLE.match(text)
    begin = editable.end() if editable else len(text) - len(text.lstrip(_BLANKS))
    option = _OPTION.search(text, begin)
    end = option.start() if option else len(text)
    # In a URL a semicolon is a character like another unless a blank follows (PEP 508).
    marker = re.compile(r";[ \t]" if _URL.match(text, begin) else ";").search(text, begin, end)
    end = marker.start() if marker else end
    core = text[begin:end].rstrip(_BLANKS)
    start, end = (editable.start() if editable else begin), begin + len(core)
    start += len(text[start:]) - len(text[start:].lstrip(_BLANKS))
    if len(core) > 1 and core[0] == core[-1] and core[0] in "\"'":
        # pip takes the line apart as a shell does.
        core = core[1:-1]
    named = Written(core)
    found = (
        _named(named, folder, start, end)
        if re.match(r"[A-Za-z0-9._-]+\s*(\[[^\]]*\])?\s*@", core)
        else _unnamed(core, folder, start, end, editable=bool(editable))
    )
    if found and option and "--hash" in text[option.start() :]:
        reason = f"{found.written} carries a hash, which no range can have"
        return replace(found, target=Unresolvable(reason))
    if found and beside and beside != folder and isinstance(found.target, Folder):
        other = from_path(_plain(found.written), beside)
        if isinstance(other, Folder):
            return replace(found, target=replace(found.target, otherwise=other.folder))
    return found


def _named(named: Written, folder: Path, start: int, end: int) -> PathLine | None:
    local = named.local(folder)
    if local is None or named.name is None:
        return None
    url, target = local
    return PathLine(named.name, url, target, start, end, named.head)


def _unnamed(core: str, folder: Path, start: int, end: int, *, editable: bool) -> PathLine | None:
    extras = _EXTRAS.search(core)
    place = core[: extras.start()] if extras else core
    written_extras = extras[0].strip() if extras else ""
    plain, _, fragment = place.partition("#")
    if _URL.match(plain) and not plain.lower().startswith(("file:", "git+file:")):
        return None
    if not (editable or "/" in plain or "\\" in plain or plain.startswith(".") or ":" in plain):
        return None
    if not plain or plain.startswith("-"):
        return None
    egg = parse_qs(fragment).get("egg", [""])[0]
    found = re.fullmatch(
        r"(?P<name>[A-Za-z0-9._-]+)(?P<extras>\[[^\]]*\])?", unquote(egg) + written_extras
    )
    subdirectory = parse_qs(fragment).get("subdirectory", [""])[0]
    target = from_url(f"{plain}#subdirectory={subdirectory}" if subdirectory else plain, folder)
    if target is None:
        return None
    if isinstance(target, BuiltFile):
        return PathLine(target.name, plain, target, start, end, target.name + written_extras)
    if found:
        head = found["name"] + (found["extras"] or "")
        return PathLine(canonicalize_name(found["name"]), plain, target, start, end, head)
    return PathLine(None, plain, target, start, end, written_extras)


def _plain(written: str) -> str:
    return unquote(written.removeprefix("file:"))
