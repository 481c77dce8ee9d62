"""`[tool.poetry.dependencies]` and groups: `issue-core = { path = "../issue-core", develop = true }`.

Where `project.dependencies` names the same project, Poetry publishes that one and takes this table
only for development ("enrichment"); then the bound goes there.
https://python-poetry.org/docs/dependency-specification/
"""

import re
from collections.abc import Iterator

from packaging.utils import canonicalize_name

from railrel.dependencies.listed import Listed, listed, with_complete_range
from railrel.dependencies.ranges import admits
from railrel.dependencies.references import (
    Around,
    Breaks,
    Finding,
    Index,
    IndexEntry,
    PathDependency,
    Wanted,
)
from railrel.dependencies.tables import entries, found_in
from railrel.documents import Document, KeyPath, Table
from railrel.edits import Edit
from railrel.errors import Problem
from railrel.toml_edits import remove_entry, rewrite_entry, toml_of

ID = "poetry-path"
TITLE = (
    "`[tool.poetry.dependencies]` and groups with `path`, `file`, a `file:` URL or a local `git`"
)
FILES = ("pyproject.toml",)
MARKS = re.compile(rb"poetry")

_POETRY = ("tool", "poetry")
TABLES = (
    (*_POETRY, "dependencies"),
    (*_POETRY, "dev-dependencies"),
    (*_POETRY, "group", "*", "dependencies"),
)
_RULE = "outside-range"
_MEND = "change the range to {}, or check out a version that it admits"
_PATH_KEYS = frozenset({"path", "develop", "subdirectory", "file", "url", "git", "rev", "tag", "branch"})  # fmt: skip

# What the standard requirement says itself; Poetry refuses it in an entry that only adds to one.
_STANDARD_KEYS = frozenset({"extras", "optional"})


def find(source: Document, around: Around) -> Iterator[PathDependency | Finding]:
    """Dependencies with a local path."""
    del around
    for keys in TABLES:
        breaks: Breaks = "publish" if keys[2] == "dependencies" else "image"
        yield from found_in(source, keys, ID, breaks)


def edits(
    source: Document, around: Around, found: PathDependency, wanted: Wanted
) -> Iterator[Edit | Problem]:
    """`version` in place of `path`, or the bound on the requirement that this entry enriches."""
    del around
    entry = next(entry for _, path, entry in _entries(source) if path == found.path)
    index = (
        [("source", toml_of(wanted.index.name))] if wanted.index and "source" not in entry else []
    )
    enriched = _enriched(source, found)
    if not enriched and wanted.keep_source:
        return
    if not enriched:
        written = entry.get("version")
        if isinstance(written, str) and written.strip() not in ("", "*"):
            trouble = _outside(written, wanted)
            if trouble:
                yield Problem(
                    f"{found.name}: {trouble}", found.at, _MEND.format(wanted.range), _RULE
                )
            else:
                yield from rewrite_entry(source, found.path, _PATH_KEYS, index)
            return
        version = [("version", f'"{wanted.range}"'), *index]
        yield from rewrite_entry(source, found.path, _PATH_KEYS | {"version"}, version)
        return
    lost = _lost_extras(entry, enriched)
    if lost:
        yield Problem(
            f"the extras {', '.join(lost)} stand beside the path alone",
            found.at,
            f'write them into project.dependencies: "{found.name}[{",".join(lost)}]"',
            "lost-extras",
        )
        return
    for requirement in enriched:
        result = with_complete_range(source, requirement, wanted)
        if result is not None:
            yield result
    if wanted.keep_source:
        return
    gone = _PATH_KEYS | _STANDARD_KEYS
    if index or set(entry) - gone:
        yield from rewrite_entry(source, found.path, gone, index)
    else:
        yield from remove_entry(source, found.path)


def _lost_extras(entry: Table, enriched: list[Listed]) -> list[str]:
    """Extras of the entry that no standard requirement asks for."""
    extras = entry.get("extras")
    asked = {canonicalize_name(e) for r in enriched if r.parsed for e in r.parsed.extras}
    return [
        e
        for e in map(str, extras if isinstance(extras, list) else [])
        if canonicalize_name(e) not in asked
    ]


def _outside(written: str, wanted: Wanted) -> str:
    """Why the version beside the path does not fit what is written; empty when it does."""
    fits = admits(written, wanted.version)
    if fits is None:
        return f"{written!r} is not a version constraint"
    return (
        ""
        if fits
        else f"the range {written} does not admit {wanted.version}, the version beside it"
    )


def index_entry(index: Index) -> IndexEntry:
    """An explicit source: only what names it is taken from it.

    https://python-poetry.org/docs/repositories/#explicit-package-sources
    """
    return ("tool", "poetry", "source"), (
        ("name", toml_of(index.name)),
        ("url", toml_of(index.url)),
        ("priority", '"explicit"'),
    )


def _enriched(document: Document, found: PathDependency) -> list[Listed]:
    """The standard requirements that this entry only adds to."""
    if found.breaks != "publish":
        return []
    return [
        requirement
        for requirement in listed(document)
        if requirement.path[0] == "project"
        and requirement.name == found.name
        and not requirement.url
    ]


def _entries(document: Document) -> Iterator[tuple[str, KeyPath, Table]]:
    for keys in TABLES:
        yield from entries(document, keys)
