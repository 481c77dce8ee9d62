"""uv: an explicit index, and a source for each name.

A source counts for what a project requires itself. What only its dependencies require is taken from
the default index, whatever `[tool.uv.sources]` says of it, so those names are required too: by a group
that is locked and never installed. Constraints do not do it, and an override would take the place of
the dependencies' own ranges.
"""

from collections.abc import Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

from railrel.dependencies.index_tables import entries_at, with_entry, with_uv_sources
from railrel.dependencies.index_urls import same_index
from railrel.dependencies.listed import listed
from railrel.dependencies.references import Index
from railrel.dependencies.syntaxes import uv_sources
from railrel.documents import Document
from railrel.edits import apply as edited
from railrel.edits import without_comma
from railrel.errors import Problem
from railrel.origins.names import Taken
from railrel.origins.protocol import GROUP, Told
from railrel.toml_edits import remove_entry, set_entry, toml_of

ID = "uv"
TITLE = "`[[tool.uv.index]]` with `explicit = true`, `[tool.uv.sources]` and a group for what only ours need"
FILE = "pyproject.toml"

_UV = ("tool", "uv")
_INDEX = (*_UV, "index")
UNSAFE = frozenset({"unsafe-best-match", "unsafe-first-match"})


def claims(pyproject: Document, beside: Mapping[str, Path]) -> bool:
    """By its lock, its own file or its table."""
    return bool(beside.keys() & {"uv.lock", "uv.toml"} or "uv" in pyproject.table("tool"))


def settled(document: Document, taken: Taken, index: Index) -> Told:
    """The index, a source for each name, the group; without what would let others in."""
    document = _without_unsafe(document, index)
    mine = [e for e in entries_at(document, _INDEX) if same_index(str(e.get("url", "")), index.url)]
    if any(e.get("default") is True for e in mine):
        # Then everything comes from it alone.
        return Told(document)
    document = with_entry(document, uv_sources.index_entry(index), index)
    for number, entry in enumerate(entries_at(document, _INDEX)):
        if entry.get("name") == index.name and entry.get("explicit") is not True:
            document = set_entry(document, (*_INDEX, number), "explicit", "true")
    document = _with_group(document, taken)
    by_url = {requirement.name for requirement in listed(document) if requirement.url}
    document = with_uv_sources(document, [n for n in taken.all if n not in by_url], index)
    return Told(document, tuple(_elsewhere(document, taken, index)))


def _without_unsafe(document: Document, index: Index) -> Document:
    table = document.table(*_UV)
    extra = table.get("extra-index-url")
    urls = extra if isinstance(extra, list) else []
    ours = [n for n, url in enumerate(urls) if same_index(str(url), index.url)]
    if ours and len(ours) == len(urls):
        document = edited(document, remove_entry(document, (*_UV, "extra-index-url")))
    for number in reversed(ours if len(ours) < len(urls) else []):
        place = document.place((*_UV, "extra-index-url", number))
        if place:
            document = edited(document, [without_comma(document.data, place.whole)])
    if table.get("index-strategy") in UNSAFE:
        document = edited(document, remove_entry(document, (*_UV, "index-strategy")))
    return document


def _with_group(document: Document, taken: Taken) -> Document:
    """The group holds what nothing else requires, and is not there when that is nothing."""
    own = {
        requirement.name
        for requirement in listed(document)
        if requirement.path[0] in ("project", "dependency-groups")
        or requirement.path[:3] == (*_UV, "dev-dependencies")
        if requirement.path[:2] != ("dependency-groups", GROUP)
    }
    wanted = [name for name in taken.all if name not in own]
    there = document.table("dependency-groups").get(GROUP)
    if there == wanted or (there is None and not wanted):
        return document
    if not wanted:
        return edited(document, remove_entry(document, ("dependency-groups", GROUP)))
    return set_entry(document, ("dependency-groups",), GROUP, toml_of(wanted))


def _elsewhere(document: Document, taken: Taken, index: Index) -> list[Problem]:
    """Names of ours that are taken from another index."""
    sources = document.table(*_UV, "sources")
    return [
        Problem(
            f"{name} is ours and is taken from the index {source['index']}",
            document.at((*_UV, "sources", name)),
            f'write index = "{index.name}" there',
            "other-index",
        )
        for name, source in sources.items()
        if isinstance(source, dict)
        if isinstance(source.get("index"), str) and source["index"] != index.name
        if canonicalize_name(name) in taken.all
    ]
