"""Changelog fragments: one file for one change, as towncrier and its kin have them.

`123.feature.md`, `+anything.fix.md`: https://towncrier.readthedocs.io/en/stable/tutorial.html
"""

import re
from pathlib import Path
from shlex import quote

from railrel.documents import Document
from railrel.errors import ConfigError, Problem
from railrel.releases.changes import BREAKING, Change
from railrel.sources import read_bytes
from railrel.values import dataclass

_FOLDERS = ("changelog.d", "newsfragments", "changes.d")
_NAME = re.compile(
    r"(?P<issue>[^.]+(?:\.[^.]+)*?)\.(?P<type>[a-z]+)(?:\.\d+)?(?:\.(?:md|rst|txt))?", re.IGNORECASE
)
_PASSED_OVER = re.compile(r"\..*|readme(\..*)?|template(\..*)?|_.*", re.IGNORECASE)
_HEADINGS = {
    **dict.fromkeys(("breaking", "major"), BREAKING),
    **dict.fromkeys(("removal", "removed", "remove"), "Removed"),
    **dict.fromkeys(("feature", "feat", "added", "add", "enhancement", "minor"), "Added"),
    **dict.fromkeys(("changed", "change", "improvement", "perf", "performance"), "Changed"),
    **dict.fromkeys(("deprecation", "deprecated", "deprecate"), "Deprecated"),
    **dict.fromkeys(("bugfix", "fix", "fixed", "bug", "patch"), "Fixed"),
    **dict.fromkeys(("security", "vulnerability"), "Security"),
    **dict.fromkeys(("doc", "docs", "misc", "internal", "trivial", "packaging"), ""),
}


@dataclass(frozen=True, slots=True)
class Fragment:
    """A file that a release takes into the changelog."""

    path: Path
    change: Change


def fragments_of(document: Document) -> tuple[Fragment, ...]:
    """All of a project, in the order of their names. ConfigError with all that cannot be told."""
    folder = _folder(document)
    if folder is None:
        return ()
    found: list[Fragment] = []
    problems: list[Problem] = []
    for path in sorted(folder.iterdir()):
        if path.is_dir() or _PASSED_OVER.fullmatch(path.name):
            continue
        read = _fragment(path)
        if isinstance(read, Problem):
            problems.append(read)
        else:
            found.append(read)
    if problems:
        raise ConfigError.of(problems)
    return tuple(found)


def _folder(document: Document) -> Path | None:
    told = document.table("tool", "towncrier").get("directory")
    names = (told,) if isinstance(told, str) else _FOLDERS
    folders = (document.path.parent / name for name in names)
    return next((folder for folder in folders if folder.is_dir()), None)


def _fragment(path: Path) -> Fragment | Problem:
    found = _NAME.fullmatch(path.name)
    heading = _HEADINGS.get(found["type"].lower()) if found else None
    if found is None or heading is None:
        return Problem(
            f"{path.name} does not say which kind of change it is",
            at=str(path),
            hint="name it 123.added.md, .changed, .deprecated, .removed, .fixed, .security or .misc",
            rule="unknown-fragment",
        )
    try:
        text = read_bytes(path).decode("utf-8").strip()
    except UnicodeDecodeError:
        return Problem(f"{path.name} is not UTF-8", at=str(path), hint="save it as UTF-8")
    if not text and heading:
        return Problem(
            f"{path.name} says nothing", at=str(path), hint=f"write it, or: rm {quote(str(path))}"
        )
    issue = found["issue"]
    # A bullet of its own would be one within ours.
    text = re.sub(r"\A[-*] +", "", text)
    return Fragment(path, Change(heading, f"{text} (#{issue})" if issue.isdigit() else text))
