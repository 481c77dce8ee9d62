"""Folders of this machine, outside of the project, that serve as package indexes."""

import re
from collections.abc import Iterator

from railrel.dependencies.listed import at_keys
from railrel.dependencies.outside import index_outside
from railrel.dependencies.references import Around, Finding
from railrel.documents import Document, KeyPath
from railrel.errors import Problem

ID = "local-index"
TITLE = (
    "`index`, `index-url`, `extra-index-url`, `find-links` of uv (`tool.uv`, `tool.uv.pip`, `uv.toml`), "
    "`tool.poetry.source`, `tool.pdm.source`, `tool.rye.sources`, a Pipfile's `source` and pixi's "
    "`pypi-options` that are folders outside of the project"
)
FILES = ("pyproject.toml", "uv.toml", "Pipfile", "pixi.toml")
MARKS = re.compile(rb"index|source|find-links")

_OF_UV = ("index", "index-url", "extra-index-url", "find-links")
_OF_PIXI = ("find-links", "index-url", "extra-index-urls")
_UV: tuple[tuple[str, ...], ...] = tuple((*t, key) for t in ((), ("pip",)) for key in _OF_UV)
_PIXI: tuple[tuple[str, ...], ...] = tuple(
    (*table, "pypi-options", key)
    for table in ((), ("workspace",), ("project",), ("feature", "*"))
    for key in _OF_PIXI
)
_TABLES: dict[str, tuple[tuple[str, ...], ...]] = {
    "pyproject.toml": (
        *(("tool", "uv", *keys) for keys in _UV),
        ("tool", "poetry", "source"),
        ("tool", "pdm", "source"),
        ("tool", "rye", "sources"),
        *(("tool", "pixi", *keys) for keys in _PIXI),
    ),
    "uv.toml": _UV,
    "Pipfile": (("source",),),
    "pixi.toml": _PIXI,
}


def find(source: Document, around: Around) -> Iterator[Finding]:
    """Each index that is a folder."""
    for path, written in _named(source):
        if not index_outside(written, around.folder):
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
    """Every index and every place for links, as they are written: texts, or tables with a `url`."""
    for keys in _TABLES.get(source.path.name, ()):
        for at, value in at_keys(source.values, keys):
            entries = enumerate(value) if isinstance(value, list) else [(None, value)]
            for index, entry in entries:
                path: KeyPath = at if index is None else (*at, index)
                if isinstance(entry, str):
                    yield path, entry
                elif isinstance(entry, dict):
                    named = ((key, entry.get(key)) for key in ("url", "path"))
                    yield from (
                        ((*path, key), text) for key, text in named if isinstance(text, str)
                    )
