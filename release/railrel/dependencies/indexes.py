"""Telling a project's tools of the registry, in each one's own table."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final

from packaging.utils import NormalizedName

from railrel.dependencies.index_tables import (
    entries_at,
    with_entry,
    with_pdm_source,
    with_poetry_sources,
    with_uv_sources,
)
from railrel.dependencies.references import Index, PathDependency, Syntax
from railrel.dependencies.scan import toml_syntax
from railrel.dependencies.syntaxes import pdm_groups, pipfile, poetry_path, uv_sources
from railrel.documents import Document, KeyPath
from railrel.errors import ConfigError, Problem
from railrel.toml_edits import append_to_array
from railrel.values import dataclass


@dataclass(frozen=True, slots=True)
class Comer:
    """A project that comes from the registry from now on, and the path that it was taken from."""

    name: NormalizedName
    was: PathDependency


def told(
    document: Document, comers: Iterable[Comer], lockers: Collection[str], index: Index
) -> Document | list[Problem]:
    """The document with the index where tools look for it; or what forbids that.

    Tools are those whose own tables named the comers, and those that lock the project: what one of
    them is not told it takes from the public index, where anybody may have taken the name.
    """
    coming = tuple(comers)
    mine = dict.fromkeys(toml_syntax(c.was) for c in coming if c.was.file == document.path)
    tools = [tool for tool in _TOOLS if tool in lockers or _TOOLS[tool].syntax in mine]
    meant = {tool: met for tool in tools if (met := [c for c in coming if _meets(tool, c.was)])}
    syntaxes = dict.fromkeys([*(s for s in mine if s), *(_TOOLS[t].syntax for t in meant)])
    entries = [entry for syntax in syntaxes if (entry := syntax.index_entry(index)) is not None]
    problems = [problem for keys, _ in entries for problem in name_taken(document, keys, index)]
    if problems:
        return problems
    try:
        for tool, met in meant.items():
            document = _TOOLS[tool].named(document, met, index)
        for entry in entries:
            if entry[0] == pipfile.IMPLIED[0] and not entries_at(document, entry[0]):
                document = append_to_array(document, *pipfile.IMPLIED)
            document = with_entry(document, entry, index)
    except ConfigError:
        return [_by_hand(document, coming, index)]
    return document


def _by_hand(document: Document, coming: Iterable[Comer], index: Index) -> Problem:
    names = ", ".join(sorted({comer.name for comer in coming}))
    return Problem(
        f"{document.path.name} is written in a way that no index can be added to",
        str(document.path),
        f"name the index {index.name}, {index.url}, for {names} there yourself",
        "cannot-add-index",
    )


def _meets(tool: str, was: PathDependency) -> bool:
    if was.file.name != "pyproject.toml":
        # Lines that become metadata of the distribution.
        return was.breaks == "publish" and was.file.suffix != ".toml"
    match was.path[0]:
        case "project" | "dependency-groups":
            return True
        case "build-system":
            return tool == "uv"
        case _:
            return was.path[:2] == ("tool", tool) and was.syntax in ("pep508-url", "pdm-groups")


def _in_uv_sources(document: Document, comers: list[Comer], index: Index) -> Document:
    return with_uv_sources(document, [comer.name for comer in comers], index)


def _in_poetry_tables(document: Document, comers: list[Comer], index: Index) -> Document:
    places = [(poetry_table(comer.was.path), comer.name) for comer in comers]
    return with_poetry_sources(document, places, index)


def poetry_table(path: KeyPath) -> tuple[str, ...]:
    """Where Poetry wants to be told of a requirement that stands at this path."""
    if path[0] == "dependency-groups":
        return ("tool", "poetry", "group", str(path[1]), "dependencies")
    return ("tool", "poetry", "dependencies")


def _in_pdm_source(document: Document, comers: list[Comer], index: Index) -> Document:
    return with_pdm_source(document, [comer.name for comer in comers], index)


@dataclass(frozen=True, slots=True)
class _Tool:
    """A tool that locks by `pyproject.toml`."""

    syntax: Syntax[Document]
    """Which knows its table of indexes."""
    named: Callable[[Document, list[Comer], Index], Document]
    """The document with the comers' names beside the index's."""


_TOOLS: Final[Mapping[str, _Tool]] = {
    "uv": _Tool(uv_sources, _in_uv_sources),
    "poetry": _Tool(poetry_path, _in_poetry_tables),
    "pdm": _Tool(pdm_groups, _in_pdm_source),
}


def name_taken(after: Document, keys: tuple[str, ...], index: Index) -> list[Problem]:
    """Indexes of our name that lead elsewhere: two registries cannot share a name."""
    if not isinstance(after.table(*keys[:-1]).get(keys[-1], []), list):
        return [
            Problem(
                f"{'.'.join(keys)} is not a list of tables, so no index can be added to it",
                after.at(keys),
                f"write it as [[{'.'.join(keys)}]]",
                "index-not-a-list",
            )
        ]
    return [
        Problem(
            f"the index {index.name} is already another: {entry.get('url')}",
            after.at((*keys, number)),
            'choose another name: index-name = "…" below [tool.railrel]',
            "index-name-taken",
        )
        for number, entry in enumerate(entries_at(after, keys))
        if entry.get("name") == index.name
        and str(entry.get("url", "")).rstrip("/") != index.url.rstrip("/")
    ]
