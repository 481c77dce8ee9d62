"""Commit messages as changes. https://www.conventionalcommits.org/en/v1.0.0/"""

import re
from collections.abc import Iterable

from railrel.releases.changes import BREAKING, Change
from railrel.values import dataclass

_SUBJECT = re.compile(r"(?P<type>[A-Za-z]+)(?:\((?P<scope>[^()]*)\))?(?P<bang>!?): +(?P<text>\S.*)")
_BREAKING = re.compile(r"^BREAKING[ -]CHANGE: +(\S.*(?:\n(?![\w-]+(?:: | #)).+)*)", re.MULTILINE)
_HEADINGS = {
    "feat": "Added",
    "feature": "Added",
    "fix": "Fixed",
    "bugfix": "Fixed",
    "perf": "Changed",
    "revert": "Changed",
    "deprecate": "Deprecated",
    "security": "Security",
    "remove": "Removed",
}


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit that a release would hold."""

    sha: str
    message: str

    @property
    def subject(self) -> str:
        return self.message.strip().partition("\n")[0]


def conventional(commits: Iterable[Commit]) -> list[Change]:
    """What those commits tell that follow the convention; nothing of the others."""
    return [change for commit in commits for change in _changes(commit)]


def subjects(commits: Iterable[Commit]) -> list[Change]:
    """Every commit by its first line, for a project that has no convention."""
    return [Change("Changed", commit.subject) for commit in commits if commit.subject]


def _changes(commit: Commit) -> list[Change]:
    found = _SUBJECT.fullmatch(commit.subject)
    if not found:
        return []
    scope = f"{found['scope']}: " if found["scope"] else ""
    text = scope + found["text"].strip()
    why = [" ".join(said.split()) for said in _BREAKING.findall(commit.message)]
    breaking = [Change(BREAKING, f"{scope}{said}") for said in why]
    if found["bang"] and not why:
        return [Change(BREAKING, text)]
    return [Change(_HEADINGS.get(found["type"].lower(), ""), text), *breaking]
