"""The changelog: a new section on top, in the form that the file has.

https://keepachangelog.com/en/1.1.0/
"""

import re
from collections.abc import Iterator

from packaging.version import InvalidVersion, Version

from railrel.values import dataclass

NAMES = ("CHANGELOG.md", "CHANGES.md", "HISTORY.md", "NEWS.md")
"""What it is called; the first is made where there is none."""
_UNRELEASED = re.compile(r"^(?P<marks>#{1,3}) +\[?unreleased\]?.*$", re.IGNORECASE | re.MULTILINE)
_VERSION = re.compile(
    r"^(?P<marks>#{1,3}) +(?P<open>\[?)(?P<v>v?)(?P<version>\d+(?:\.\w+)+)(?P<close>\]?)"
    r"(?P<link>\([^)\n]*\))?(?P<rest>.*)$",
    re.MULTILINE,
)
# For reading: also what no heading of ours would begin with, such as 2026 or 1!2.0.
_TITLED = re.compile(
    r"^(?P<marks>#{1,3}) +\[?v?(?P<version>\d[\w.!+-]*)(?P<rest>.*)$", re.MULTILINE
)
_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_REFERENCES = re.compile(r"^\[[^\]\n]+\]: +\S+", re.MULTILINE)
_COMPARED = re.compile(
    r"^\[unreleased\]: +(?P<url>\S+?)/compare/(?P<old>\S+?)\.\.\.(?P<new>\S+)[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_FENCE = re.compile(r"^(?P<fence>```+|~~~+).*?^(?P=fence)[ \t]*$", re.DOTALL | re.MULTILINE)
_START = "# Changelog\n\n## [Unreleased]\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """A section to be written."""

    version: str
    date: str
    """As 2026-01-31."""
    tag: str
    body: str


def unreleased(text: str) -> str:
    """What stands below `Unreleased` already; empty for headings alone."""
    found = _search(_UNRELEASED, text)
    if not found:
        return ""
    body = text[found.end() : _end(text, found)].strip()
    told = [line for line in body.splitlines() if line.strip() and not line.startswith("#")]
    return body if told else ""


def section(text: str, version: str) -> str:
    """What the changelog tells of one version; empty where it tells nothing.

    Line endings are `\\n` in and out. What stands below `Unreleased` is no version's.
    """
    for found in _each(_TITLED, text):
        if _names(found["version"], version):
            return text[found.end() : _end_of_version(text, found)].strip()
    return ""


def with_entry(text: str, entry: Entry) -> str:
    """The changelog with the section; what stood below `Unreleased` is what `body` says now.

    Line endings are `\\n` in and out.
    """
    text = text if text.strip() else _START
    heading = _heading(text, entry)
    body = f"\n\n{entry.body.strip()}\n" if entry.body.strip() else "\n"
    found = _search(_UNRELEASED, text)
    if found:
        rest = text[_end(text, found) :].lstrip("\n")
        text = f"{text[: found.end()]}\n\n{heading}{body}" + (f"\n{rest}" if rest else "")
    else:
        first = _search(_VERSION, text)
        at = first.start() if first else _before_references(text)
        before, rest = text[:at].rstrip("\n"), text[at:].lstrip("\n")
        text = f"{before}\n\n{heading}{body}" + (f"\n{rest}" if rest else "")
    return _with_link(text, entry)


def _heading(text: str, entry: Entry) -> str:
    """As the last version's is, or as Keep a Changelog has it."""
    last = _search(_VERSION, text)
    if last is None:
        other = _search(_UNRELEASED, text)
        marks, bracketed = (other["marks"], "[" in other[0]) if other else ("##", True)
        version = f"[{entry.version}]" if bracketed else entry.version
        return f"{marks} {version} - {entry.date}"
    # A link behind the brackets compares with a tag that is not this one.
    opened, closed = (last["open"], last["close"]) if not last["link"] else ("", "")
    rest = _DATE.sub(entry.date, last["rest"], count=1) if _DATE.search(last["rest"]) else ""
    return f"{last['marks']} {opened}{last['v']}{entry.version}{closed}{rest}".rstrip()


def _end(text: str, heading: "re.Match[str]") -> int:
    """Where a section ends: at the next heading of its level, or the links at the end."""
    level = len(heading["marks"])
    following = re.compile(rf"^#{{1,{level}}} ", re.MULTILINE)
    found = _search(following, text, heading.end())
    end = found.start() if found else _before_references(text)
    return max(end, heading.end())


def _end_of_version(text: str, heading: "re.Match[str]") -> int:
    """The same; some files have patches one level below their minor version."""
    deeper = (m for m in _each(_VERSION, text, heading.end()) if _DATE.search(m["rest"]))
    return min(_end(text, heading), next((m.start() for m in deeper), len(text)))


def _names(written: str, version: str) -> bool:
    """Whether a heading's word is this version, in whatever spelling."""
    word = _DATED.sub("", written).rstrip(".-")
    try:
        return word == version or Version(word) == Version(version)
    except InvalidVersion:
        return False


def _before_references(text: str) -> int:
    """Where the links at the end of a file begin."""
    lines = text.splitlines(keepends=True)
    end = len(text)
    for line in reversed(lines):
        if line.strip() and not _REFERENCES.match(line):
            break
        end -= len(line)
    return end


def _with_link(text: str, entry: Entry) -> str:
    """With the comparisons of forges that the file keeps at its end."""
    found = _search(_COMPARED, text)
    if not found or f"[{entry.version}]" not in text[: found.start()]:
        return text
    url, label = found["url"], found[0].partition(":")[0]
    lines = [
        f"{label}: {url}/compare/{entry.tag}...{found['new']}",
        f"[{entry.version}]: {url}/compare/{found['old']}...{entry.tag}",
    ]
    return text[: found.start()] + "\n".join(lines) + text[found.end() :]


def _search(pattern: re.Pattern[str], text: str, start: int = 0) -> "re.Match[str] | None":
    """The first match that is not in a block of code."""
    return next(_each(pattern, text, start), None)


def _each(pattern: re.Pattern[str], text: str, start: int = 0) -> "Iterator[re.Match[str]]":
    blocks = [block.span() for block in _FENCE.finditer(text)]
    for found in pattern.finditer(text, start):
        if not any(first <= found.start() < end for first, end in blocks):
            yield found
