"""Issues in a JSON file. The file is replaced whole, so a reader never sees half of it."""

import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from issue_core.issues import Issue
from issue_core.states import State


class CorruptStoreError(ValueError):
    """The file is there and is not a store."""


@dataclass(frozen=True, slots=True)
class JsonStore:
    """A store in one file, which need not be there yet."""

    path: Path

    def all(self) -> tuple[Issue, ...]:
        """Every issue, in the order in which they were added."""
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return ()
        try:
            return tuple(_from_json(entry) for entry in _entries(data))
        except (ValueError, KeyError, TypeError) as error:
            raise CorruptStoreError(f"{self.path} is not a store of issues: {error}") from error

    def open(self) -> tuple[Issue, ...]:
        """The issues that can still move."""
        return tuple(issue for issue in self.all() if not issue.state.is_final)

    def add(self, issue: Issue) -> Issue:
        """Keep one more issue."""
        self._write((*self.all(), issue))
        return issue

    def replace(self, issue_id: str, changed: Issue) -> None:
        """Keep a changed issue in the place of the one with this id. KeyError if there is none."""
        issues = self.all()
        if issue_id not in {issue.id for issue in issues}:
            raise KeyError(issue_id)
        self._write(changed if issue.id == issue_id else issue for issue in issues)

    def _write(self, issues: Iterable[Issue]) -> None:
        text = json.dumps([_to_json(issue) for issue in issues], indent=2)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self.path.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(text)
            Path(name).replace(self.path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _entries(data: bytes) -> list[dict[str, object]]:
    entries = json.loads(data.decode("utf-8"))
    # An empty object would read as no issues, and the next write would replace it.
    if not isinstance(entries, list):
        raise TypeError("it must be a list")
    return entries


def _to_json(issue: Issue) -> dict[str, object]:
    return {
        "id": issue.id,
        "title": issue.title,
        "state": issue.state.value,
        "labels": sorted(issue.labels),
    }


def _from_json(entry: dict[str, object]) -> Issue:
    labels = entry["labels"]
    if not isinstance(labels, list):
        raise TypeError("labels must be a list")
    return Issue(
        title=str(entry["title"]),
        state=State(str(entry["state"])),
        labels=frozenset(map(str, labels)),
        id=str(entry["id"]),
    )
