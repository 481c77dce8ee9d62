"""`[tool.uv.sources]`: a path, an editable path or a workspace member.

uv drops this table when it builds: the requirement in `project.dependencies` is what is published,
without any bound if it has none. So the bound goes there, and the source goes away or becomes an
index. https://docs.astral.sh/uv/concepts/projects/dependencies/#dependency-sources
"""

from collections.abc import Iterator
from pathlib import Path

import tomlkit
from packaging.utils import canonicalize_name

from railrel.dependencies.edits import Edit, remove_entry, rewrite_entry
from railrel.dependencies.paths import LocalPath, Unresolvable, from_path
from railrel.dependencies.references import Index, Members, PathDependency, Wanted
from railrel.dependencies.requirements import Listed, listed, with_complete_range
from railrel.documents import Document, KeyPath, Table
from railrel.errors import Problem

ID = "uv-sources"
TITLE = "`[tool.uv.sources]` with `path`, `editable`, `workspace`"

_SOURCES = ("tool", "uv", "sources")
_PATH_KEYS = frozenset({"path", "editable", "package", "workspace", "subdirectory"})


def find(document: Document, members: Members) -> Iterator[PathDependency]:
    """Sources that lead to a folder."""
    for name, path, source in _sources(document):
        if not (isinstance(source.get("path"), str) or source.get("workspace")):
            continue
        local = _local(document, name, source, members)
        yield PathDependency(
            name=canonicalize_name(name),
            syntax=ID,
            path=path,
            at=document.at(path),
            written=str(source.get("path", "workspace = true")),
            target=local.folder if isinstance(local, LocalPath) else None,
            published=True,
            trouble=local.reason if isinstance(local, Unresolvable) else "",
        )


def edits(document: Document, found: PathDependency, wanted: Wanted) -> Iterator[Edit | Problem]:
    """The range on the requirement; an index, or nothing, as the source."""
    meant = [r for r in listed(document) if r.name == found.name and _meant(document, found, r)]
    if not meant:
        # Without the source a requirement elsewhere would be taken from anywhere, in any version.
        yield Problem(
            f"{found.name} is taken from {found.written}, and no requirement here names it",
            found.at,
            f"list {found.name} in project.dependencies or a group, or remove the source",
            "source-without-requirement",
        )
        return
    for requirement in meant:
        result = (
            with_complete_range(document, requirement, wanted.range, wanted.version)
            if not requirement.url
            else None
        )
        if result is not None:
            yield result
    if wanted.index:
        index = [("index", tomlkit.item(wanted.index.name).as_string())]
        yield from rewrite_entry(document, found.path, _PATH_KEYS, index)
    else:
        yield from remove_entry(document, _without_path(document, found.path))


def index_entry(index: Index) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """An explicit index: only what names it is taken from it.

    https://docs.astral.sh/uv/concepts/indexes/#pinning-a-package-to-an-index
    """
    return ("tool", "uv", "index"), (
        ("name", tomlkit.item(index.name).as_string()),
        ("url", tomlkit.item(index.url).as_string()),
        ("publish-url", tomlkit.item(index.publish_url).as_string()),
        ("explicit", "true"),
    )


def _sources(document: Document) -> Iterator[tuple[str, KeyPath, Table]]:
    """Each source as name, path of keys and table; those in a list one by one."""
    for name, value in document.table(*_SOURCES).items():
        path: KeyPath = (*_SOURCES, name)
        if isinstance(value, dict):
            yield name, path, value
        for index, item in enumerate(value if isinstance(value, list) else []):
            if isinstance(item, dict):
                yield name, (*path, index), item


def _local(
    document: Document, name: str, source: Table, members: Members
) -> LocalPath | Unresolvable:
    if source.get("package") is False:
        return Unresolvable(
            "package = false takes only its dependencies; there is nothing to publish"
        )
    path = source.get("path")
    if isinstance(path, str):
        return from_path(path, document.path.parent)
    folder: Path | None = members.get(canonicalize_name(name))
    return LocalPath(folder) if folder else Unresolvable("no member of the workspace has this name")


def _meant(document: Document, found: PathDependency, requirement: Listed) -> bool:
    """Whether the source is for this requirement: `extra` and `group` narrow it."""
    source = next(source for _, path, source in _sources(document) if path == found.path)
    match source:
        case {"extra": str(extra)}:
            path = requirement.path
            return path[1] == "optional-dependencies" and _same(path[2], extra)
        case {"group": str(group)}:
            path = requirement.path
            return path[0] == "dependency-groups" and _same(path[1], group)
        case _:
            return True


def _same(written: object, other: str) -> bool:
    """Whether two spellings name one extra or group (PEP 685, PEP 735)."""
    return canonicalize_name(str(written)) == canonicalize_name(other)


def _without_path(document: Document, path: KeyPath) -> KeyPath:
    """What to remove: one element of a list, or the whole entry when nothing else is in it."""
    siblings = [p for _, p, _ in _sources(document) if p[:4] == path[:4]]
    leading = {p.path for p in find(document, {})}
    return path if any(p not in leading for p in siblings) else path[:4]
