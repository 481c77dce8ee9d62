"""Telling a project's tools of the registry, in each one's own table."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Final

from packaging.utils import NormalizedName

from railrel.dependencies.edits import append_item, append_to_array, set_entry, toml_of
from railrel.dependencies.references import Index, IndexEntry, PathDependency, Syntax
from railrel.dependencies.scan import toml_syntax
from railrel.dependencies.syntaxes import pdm_groups, pipfile, poetry_path, uv_sources
from railrel.dependencies.tables import same_name
from railrel.documents import Document, KeyPath
from railrel.errors import ConfigError, Problem


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
    problems = [problem for keys, _ in entries for problem in _trouble(document, keys, index)]
    if problems:
        return problems
    try:
        for tool, met in meant.items():
            document = _TOOLS[tool].named(document, met, index)
        for entry in entries:
            if entry[0] == pipfile.IMPLIED[0] and not _entries(document, entry[0]):
                document = append_to_array(document, *pipfile.IMPLIED)
            document = _with_entry(document, entry, index)
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
    table = ("tool", "uv", "sources")
    for name in dict.fromkeys(comer.name for comer in comers):
        if not any(same_name(key, name) for key in document.table(*table)):
            document = set_entry(document, table, name, f"{{ index = {toml_of(index.name)} }}")
    return document


def _in_poetry_tables(document: Document, comers: list[Comer], index: Index) -> Document:
    """What stands there enriches the requirement.

    https://python-poetry.org/docs/dependency-specification/#projectdependencies-and-toolpoetrydependencies
    """
    source = toml_of(index.name)
    for comer in comers:
        table = _poetry_table(comer.was.path)
        there = document.table(*table)
        key = next((key for key in there if same_name(key, comer.name)), None)
        if key is None:
            document = set_entry(document, table, comer.name, f"{{ source = {source} }}")
        elif isinstance(entry := there[key], dict) and "source" not in entry:
            document = set_entry(document, (*table, key), "source", source)
        elif isinstance(entry, str):
            value = f"{{ version = {toml_of(entry)}, source = {source} }}"
            document = set_entry(document, table, key, value)
    return document


def _poetry_table(path: KeyPath) -> tuple[str, ...]:
    if path[0] == "dependency-groups":
        return ("tool", "poetry", "group", str(path[1]), "dependencies")
    return ("tool", "poetry", "dependencies")


def _in_pdm_source(document: Document, comers: list[Comer], index: Index) -> Document:
    """PDM takes what `include_packages` names from there, and from nowhere else.

    https://pdm-project.org/latest/usage/config/#specify-index-for-individual-packages
    """
    keys, _ = entry = pdm_groups.index_entry(index)
    document = _with_entry(document, entry, index)
    names = [one.get("name") for one in _entries(document, keys)]
    number = names.index(index.name)
    for name in dict.fromkeys(comer.name for comer in comers):
        included = _entries(document, keys)[number].get("include_packages")
        if not isinstance(included, list):
            document = set_entry(document, (*keys, number), "include_packages", toml_of([name]))
        elif not any(fnmatch(name, str(pattern)) for pattern in included):
            document = append_item(document, (*keys, number, "include_packages"), toml_of(name))
    return document


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


def _with_entry(document: Document, entry: IndexEntry, index: Index) -> Document:
    keys, pairs = entry
    if any(there.get("name") == index.name for there in _entries(document, keys)):
        return document
    return append_to_array(document, keys, pairs)


def _trouble(after: Document, keys: tuple[str, ...], index: Index) -> list[Problem]:
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
        for number, entry in enumerate(_entries(after, keys))
        if entry.get("name") == index.name
        and str(entry.get("url", "")).rstrip("/") != index.url.rstrip("/")
    ]


def _entries(document: Document, path: tuple[str, ...]) -> list[dict[str, object]]:
    value = document.table(*path[:-1]).get(path[-1])
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
