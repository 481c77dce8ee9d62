"""`[tool.poetry.dependencies]` and groups: `issue-core = { path = "../issue-core", develop = true }`.

Where `project.dependencies` names the same project, Poetry publishes that one and takes this table
only for development ("enrichment"); then the bound goes there.
https://python-poetry.org/docs/dependency-specification/
"""

from collections.abc import Iterator

import tomlkit
from packaging.utils import canonicalize_name

from railrel.dependencies.edits import Edit, remove_entry, rewrite_entry
from railrel.dependencies.paths import LocalPath, Unresolvable, from_path
from railrel.dependencies.references import Index, Members, PathDependency, Wanted
from railrel.dependencies.requirements import Listed, listed, with_complete_range
from railrel.documents import Document, KeyPath, Table
from railrel.errors import Problem

ID = "poetry-path"
TITLE = "`[tool.poetry.dependencies]` and groups with `path`"

_PATH_KEYS = frozenset({"path", "develop", "subdirectory"})


def find(document: Document, members: Members) -> Iterator[PathDependency]:
    """Dependencies with a `path`."""
    del members
    for name, path, entry in _entries(document):
        written = entry.get("path")
        if not isinstance(written, str):
            continue
        below = entry.get("subdirectory")
        folder = f"{written}/{below}" if isinstance(below, str) else written
        local = from_path(folder, document.path.parent)
        yield PathDependency(
            name=canonicalize_name(name),
            syntax=ID,
            path=path,
            at=document.at(path),
            written=written,
            target=local.folder if isinstance(local, LocalPath) else None,
            published=path[2] == "dependencies",
            trouble=local.reason if isinstance(local, Unresolvable) else "",
        )


def edits(document: Document, found: PathDependency, wanted: Wanted) -> Iterator[Edit | Problem]:
    """`version` in place of `path`, or the bound on the requirement that this entry enriches."""
    entry = next(entry for _, path, entry in _entries(document) if path == found.path)
    source = (
        [("source", tomlkit.item(wanted.index.name).as_string())]
        if wanted.index and "source" not in entry
        else []
    )
    enriched = _enriched(document, found)
    if not enriched:
        written = entry.get("version")
        if isinstance(written, str) and written.strip() not in ("", "*"):
            yield from rewrite_entry(document, found.path, _PATH_KEYS, source)
            return
        version = [("version", f'"{wanted.range}"'), *source]
        yield from rewrite_entry(document, found.path, _PATH_KEYS | {"version"}, version)
        return
    for requirement in enriched:
        result = with_complete_range(document, requirement, wanted.range, wanted.version)
        if result is not None:
            yield result
    if source or set(entry) - _PATH_KEYS:
        yield from rewrite_entry(document, found.path, _PATH_KEYS, source)
    else:
        yield from remove_entry(document, found.path)


def index_entry(index: Index) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """An explicit source: only what names it is taken from it.

    https://python-poetry.org/docs/repositories/#explicit-package-sources
    """
    return ("tool", "poetry", "source"), (
        ("name", tomlkit.item(index.name).as_string()),
        ("url", tomlkit.item(index.url).as_string()),
        ("priority", '"explicit"'),
    )


def _enriched(document: Document, found: PathDependency) -> list[Listed]:
    """The standard requirements that this entry only adds to."""
    if not found.published:
        return []
    return [
        requirement
        for requirement in listed(document)
        if requirement.published and requirement.name == found.name and not requirement.url
    ]


def _entries(document: Document) -> Iterator[tuple[str, KeyPath, Table]]:
    """Each dependency table as name, path of keys and table; those in a list one by one."""
    poetry: tuple[str, ...] = ("tool", "poetry")
    tables = [(*poetry, "dependencies"), (*poetry, "dev-dependencies")]
    tables += [
        (*poetry, "group", group, "dependencies") for group in document.table(*poetry, "group")
    ]
    for keys in tables:
        for name, value in document.table(*keys).items():
            path: KeyPath = (*keys, name)
            if isinstance(value, dict):
                yield name, path, value
            for index, item in enumerate(value if isinstance(value, list) else []):
                if isinstance(item, dict):
                    yield name, (*path, index), item
