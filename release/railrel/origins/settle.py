"""The plan that tells a project's tools where each name comes from. Pure: it writes and asks nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from railrel.dependencies.index_tables import entries_at
from railrel.dependencies.index_urls import same_index
from railrel.dependencies.indexes import name_taken
from railrel.dependencies.references import Index
from railrel.documents import Document
from railrel.edits import FileRewrite
from railrel.errors import ConfigError, Problem
from railrel.origins.names import Taken
from railrel.origins.protocol import Told, Tool
from railrel.values import dataclass

_TABLES: Mapping[str, tuple[str, ...]] = {
    "uv": ("tool", "uv", "index"),
    "poetry": ("tool", "poetry", "source"),
    "pdm": ("tool", "pdm", "source"),
    "pipenv": ("source",),
}


@dataclass(frozen=True, slots=True)
class Settled:
    """The files that change, and what only a person can."""

    files: tuple[FileRewrite, ...]
    problems: tuple[Problem, ...]


def settled(
    documents: Iterable[Document], tools: Iterable[Tool], taken: Taken, index: Index
) -> Settled:
    """The TOML files, each as its tools want it.

    ConfigError when an index of our name leads elsewhere, or a file is written in a way that nothing
    can be added to.
    """
    files: list[FileRewrite] = []
    problems: list[Problem] = []
    by_file = [(d, [t for t in tools if d.path.name == t.FILE]) for d in documents]
    for before, mine in by_file:
        document = before
        for tool in mine if taken.all else ():
            told = _told(document, tool, taken, index)
            document = told.document
            problems += told.problems
        if document.data != before.data:
            files.append(FileRewrite(before.path, before.data, document.data))
    return Settled(tuple(files), tuple(problems))


def _told(document: Document, tool: Tool, taken: Taken, index: Index) -> Told:
    table = _TABLES[tool.ID]
    called = _called(document, table, index)
    wrong = name_taken(document, table, called)
    if wrong:
        raise ConfigError.of(wrong)
    try:
        return tool.settled(document, taken, called)
    except ConfigError:
        raise ConfigError(
            f"{document.path.name} is written in a way that no index can be added to",
            at=str(document.path),
            hint=f"write it in tables, and take {', '.join(taken.all)} from {index.url} there",
            rule="cannot-add-index",
        ) from None


def _called(document: Document, table: tuple[str, ...], index: Index) -> Index:
    """The index by the name that the file has for it already."""
    for entry in entries_at(document, table):
        name = entry.get("name")
        if isinstance(name, str) and same_index(str(entry.get("url", "")), index.url):
            return replace(index, name=name)
    return index


def files_beside(folder: Path) -> dict[str, Path]:
    """What lies beside a project's `pyproject.toml`."""
    try:
        return {path.name: path for path in folder.iterdir() if path.is_file()}
    except OSError:
        return {}
