"""`[tool.uv.sources]`: a path, an editable path, a workspace member, a local URL or repository.

uv drops this table when it builds: the requirement in `project.dependencies` is what is published,
without any bound if it has none. So the bound goes there, and the source goes away or becomes an
index. https://docs.astral.sh/uv/concepts/projects/dependencies/#dependency-sources
"""

import re
from collections.abc import Iterator
from pathlib import Path

from packaging.utils import canonicalize_name

from railrel.dependencies.listed import OVERRIDES, Listed, listed, strings, with_complete_range
from railrel.dependencies.paths import Folder, Unresolvable, from_path, from_url
from railrel.dependencies.ranges import is_bounded
from railrel.dependencies.references import (
    Around,
    Breaks,
    Finding,
    Index,
    IndexEntry,
    PathDependency,
    Target,
    Wanted,
)
from railrel.dependencies.requirements import Written
from railrel.dependencies.tables import entries
from railrel.documents import Document, KeyPath, Table, read
from railrel.edits import Edit
from railrel.errors import ConfigError, Problem
from railrel.toml_edits import remove_entry, rewrite_entry, toml_of
from railrel.workspace.discovery import load

ID = "uv-sources"
TITLE = (
    "`[tool.uv.sources]` with `path`, `editable`, `package`, `workspace`, a `file:` URL or a local "
    "`git`; also those that a member takes from its workspace's root"
)
FILES = ("pyproject.toml",)
MARKS = re.compile(rb"sources")

_SOURCES = ("tool", "uv", "sources")
_PATH_KEYS = frozenset({"path", "editable", "package", "workspace", "subdirectory", "url", "git", "rev", "tag", "branch"})  # fmt: skip


def find(source: Document, around: Around) -> Iterator[PathDependency | Finding]:
    """Sources that lead to a folder or a built file."""
    own = list(entries(source, _SOURCES))
    for name, path, entry in own:
        target = _target(source, name, entry, around)
        if target is None:
            continue
        meant = _all_meant(source, path, name)
        yield PathDependency(
            name=canonicalize_name(name),
            syntax=ID,
            file=source.path,
            path=path,
            at=source.at(path),
            written=_written(entry),
            target=target,
            breaks=_breaks(meant),
            kept=entry.get("workspace") is True and _in_workspace(source, around),
        )
    if around.uv_root and around.uv_root.path != source.path:
        yield from _inherited(source, around, {canonicalize_name(name) for name, _, _ in own})


def edits(
    source: Document, around: Around, found: PathDependency, wanted: Wanted
) -> Iterator[Edit | Problem]:
    """The range on the requirement; an index, or nothing, as the source."""
    if found.path[:3] != _SOURCES:
        yield from _bounded(source, [r for r in listed(source) if r.path == found.path], wanted)
        return
    meant = _all_meant(source, found.path, found.name or "")
    overriding = _overriding(source, found)
    stays = found.kept or wanted.keep_source
    left = None if stays or around.together is None else _left_unbounded(source, found, around)
    if left:
        yield left
        return
    if not (meant or overriding or source.table("tool", "uv", "workspace")):
        # Without the source a requirement elsewhere would be taken from anywhere, in any version.
        yield Problem(
            f"{found.name} is taken from {found.written}, and no requirement here names it",
            found.at,
            f"list {found.name} in project.dependencies or a group, or remove the source",
            "source-without-requirement",
        )
        return
    yield from _bounded(source, [*meant, *overriding], wanted)
    if stays:
        return
    if wanted.index:
        index = [("index", toml_of(wanted.index.name))]
        yield from rewrite_entry(source, found.path, _PATH_KEYS, index)
    else:
        yield from remove_entry(source, _without_path(source, around, found.path))


def index_entry(index: Index) -> IndexEntry:
    """An explicit index: only what names it is taken from it.

    https://docs.astral.sh/uv/concepts/indexes/#pinning-a-package-to-an-index
    """
    return ("tool", "uv", "index"), (
        ("name", toml_of(index.name)),
        ("url", toml_of(index.url)),
        ("publish-url", toml_of(index.publish_url)),
        ("explicit", "true"),
    )


def _bounded(
    source: Document, requirements: list[Listed], wanted: Wanted
) -> Iterator[Edit | Problem]:
    for requirement in requirements:
        result = None if requirement.url else with_complete_range(source, requirement, wanted)
        if result is not None:
            yield result


def _written(entry: Table) -> str:
    for key in ("path", "url", "git"):
        if isinstance(entry.get(key), str):
            return str(entry[key])
    workspace = entry.get("workspace")
    return str(workspace) if isinstance(workspace, str) else "workspace = true"


def _target(document: Document, name: str, entry: Table, around: Around) -> Target | None:
    """Where a source leads on this machine; None when it leads to a server."""
    below = entry.get("subdirectory")
    match entry:
        case {"path": str(path)}:
            target = from_path(path, document.path.parent)
            return _unpackaged(target) if entry.get("package") is False else target
        case {"url": str(url)} if url.lower().startswith("file:"):
            whole = f"{url}#subdirectory={below}" if isinstance(below, str) else url
            return from_url(whole, document.path.parent)
        case {"git": str(git)}:
            local = from_url(git.removeprefix("git+"), document.path.parent)
            if isinstance(local, Folder) and (git.startswith((".", "/")) or "file:" in git):
                return Folder(local.folder / below) if isinstance(below, str) else local
            return None
        case {"workspace": True}:
            folder = around.members.get(canonicalize_name(name))
            missing = "no member of the workspace has this name"
            return Folder(folder) if folder else Unresolvable(missing)
        case {"workspace": str(root)}:
            return _in_other_workspace(document, name, root)
        case _:
            return None


def _unpackaged(target: Target) -> Target:
    """`package = false` takes only what the other needs; fine if it can be published all the same."""
    nothing = "package = false takes only its dependencies; there is nothing to publish"
    if not isinstance(target, Folder):
        return target
    try:
        other = read(target.folder / "pyproject.toml")
        return target if other.table("build-system") else Unresolvable(nothing)
    except ConfigError:
        # That nothing is there is said by whoever looks for the project.
        return target


def _in_other_workspace(document: Document, name: str, root: str) -> Target:
    place = from_path(root, document.path.parent)
    if not isinstance(place, Folder):
        return Unresolvable(f"{root} is no folder")
    try:
        folder = load(place.folder).folders.get(canonicalize_name(name))
    except ConfigError:
        folder = None
    return Folder(folder) if folder else Unresolvable(f"no member of {root} has this name")


def _in_workspace(document: Document, around: Around) -> bool:
    """uv refuses a workspace member that is not taken from the workspace."""
    if around.alone:
        return False
    return around.uv_root is not None or bool(document.table("tool", "uv", "workspace"))


def _inherited(
    document: Document, around: Around, own: set[str]
) -> Iterator[PathDependency | Finding]:
    """Requirements without a range whose source stands in the workspace's root."""
    root = around.uv_root
    for name, path, entry in entries(root, _SOURCES) if root else ():
        target = _target(root, name, entry, around) if root else None
        if target is None or root is None or canonicalize_name(name) in own:
            continue
        for requirement in _all_meant(document, path, name, entry):
            if requirement.url is None and not is_bounded(requirement.range):
                yield PathDependency(
                    name=canonicalize_name(name),
                    syntax=ID,
                    file=document.path,
                    path=requirement.path,
                    at=document.at(requirement.path),
                    written=f"{_written(entry)} of {root.path}",
                    target=target,
                    breaks=requirement.breaks,
                    kept=True,
                )


def _all_meant(
    document: Document, path: KeyPath, name: str, entry: Table | None = None
) -> list[Listed]:
    """The requirements that a source is for: `extra` and `group` narrow it."""
    if entry is None:
        entry = next((table for _, at, table in entries(document, _SOURCES) if at == path), {})
    wanted = canonicalize_name(name)
    return [r for r in listed(document) if r.name == wanted and _meant(document, entry, r)]


def _meant(document: Document, entry: Table, requirement: Listed) -> bool:
    path = requirement.path
    match entry:
        case {"extra": str(extra)}:
            return path[:2] == ("project", "optional-dependencies") and _same(path[2], extra)
        case {"group": str(group)}:
            return path[0] == "dependency-groups" and canonicalize_name(str(path[1])) in _groups(
                document, canonicalize_name(group)
            )
        case _:
            return True


def _groups(document: Document, group: str) -> set[str]:
    """A group and those that it includes (PEP 735)."""
    tables = {canonicalize_name(n): v for n, v in document.table("dependency-groups").items()}
    found: set[str] = set()
    waiting = [group]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        items = tables.get(canonicalize_name(name))
        waiting += [
            canonicalize_name(str(item["include-group"]))
            for item in (items if isinstance(items, list) else [])
            if isinstance(item, dict) and "include-group" in item
        ]
    return found


def _same(written: object, other: str) -> bool:
    """Whether two spellings name one extra or group (PEP 685, PEP 735)."""
    return canonicalize_name(str(written)) == canonicalize_name(other)


def _breaks(meant: list[Listed]) -> Breaks:
    if any(r.breaks == "publish" for r in meant):
        return "publish"
    if any(r.breaks == "image" for r in meant) or not meant:
        return "image"
    return "development"


def _overriding(document: Document, found: PathDependency) -> list[Listed]:
    """Overrides and constraints that name it: the source is for them too, and so is its range."""
    return [
        Listed(text, path, "image")
        for keys in OVERRIDES
        for path, text in strings(document, keys)
        if Written(text).name == found.name and found.path[4:] == ()
    ]


def _left_unbounded(source: Document, found: PathDependency, around: Around) -> Problem | None:
    """Members that would take it from anywhere in any version: the source is for them as well."""
    for name, folder in sorted(around.members.items()):
        if folder in (around.together or ()) or folder == source.path.parent:
            continue
        if not folder.is_relative_to(source.path.parent) or not _is_member(source, folder):
            continue
        member = read(folder / "pyproject.toml")
        own = {canonicalize_name(n) for n, _, _ in entries(member, _SOURCES)}
        meant = [r for r in listed(member) if r.name == found.name and not r.url]
        if found.name not in own and any(not is_bounded(r.range) for r in meant):
            return Problem(
                f"{name} takes {found.name} by this source too, and says no range",
                found.at,
                f"name both: railrel fix-deps {around.folder.name} {name}",
                "member-without-range",
            )
    return None


def _is_member(root: Document, folder: Path) -> bool:
    listing = root.table("tool", "uv", "workspace").get("members")
    place = folder.relative_to(root.path.parent)
    patterns = listing if isinstance(listing, list) else []
    return any(place.match(str(pattern).removeprefix("./")) for pattern in patterns)


def _without_path(document: Document, around: Around, path: KeyPath) -> KeyPath:
    """What to remove: one element of a list, or the whole entry when nothing else is in it."""
    siblings = [(n, p, e) for n, p, e in entries(document, _SOURCES) if p[:4] == path[:4]]
    local = {p for n, p, e in siblings if _target(document, n, e, around) is not None}
    return path if any(p not in local for _, p, _ in siblings) else path[:4]
