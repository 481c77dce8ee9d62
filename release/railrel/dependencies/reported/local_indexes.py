"""Folders of this machine that serve as package indexes."""

import re
from collections.abc import Iterator

from railrel.dependencies.listed import at_keys
from railrel.dependencies.paths import from_url
from railrel.dependencies.references import Around, Finding
from railrel.documents import Document, KeyPath
from railrel.errors import Problem

ID = "local-index"
TITLE = (
    "`tool.uv.index`, `tool.uv.find-links`, `tool.uv.pip`, `tool.poetry.source`, `tool.pdm.source` "
    "and a Pipfile's `source` that are folders"
)
FILES = ("pyproject.toml", "uv.toml", "Pipfile")
MARKS = re.compile(rb"index|source|find-links")

_TABLES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("tool", "uv", "index"), "url"),
    (("tool", "poetry", "source"), "url"),
    (("tool", "pdm", "source"), "url"),
    (("index",), "url"),
    (("source",), "url"),
)
_LISTS: tuple[tuple[str, ...], ...] = (
    ("tool", "uv", "find-links"),
    ("tool", "uv", "pip", "find-links"),
    ("find-links",),
    ("pip", "find-links"),
)


def find(source: Document, around: Around) -> Iterator[Finding]:
    """Each index that is a folder."""
    for path, written in _named(source):
        if written.startswith("$") or from_url(written, around.folder) is None:
            continue
        yield Finding(
            Problem(
                f"the index {written} is a folder of this machine, which no image build has",
                source.at(path),
                "publish what is in it to the registry and name that",
                "local-index",
            ),
            "image",
        )


def _named(source: Document) -> Iterator[tuple[KeyPath, str]]:
    """Every index and every place for links, as they are written."""
    whole = source.path.name == "pyproject.toml"
    for keys, key in _TABLES:
        for path, entry in _items(source, keys) if (keys[0] == "tool") == whole else ():
            if isinstance(entry, dict) and isinstance(entry.get(key), str):
                yield (*path, key), str(entry[key])
    for keys in _LISTS:
        for path, item in _items(source, keys) if (keys[0] == "tool") == whole else ():
            if isinstance(item, str):
                yield path, item


def _items(source: Document, keys: tuple[str, ...]) -> Iterator[tuple[KeyPath, object]]:
    for path, value in at_keys(source.values, keys):
        for index, item in enumerate(value if isinstance(value, list) else []):
            yield (*path, index), item
