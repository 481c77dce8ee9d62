"""Overrides and constraints that lead to a folder: they would hide every range written elsewhere."""

import re
from collections.abc import Iterator

from railrel.dependencies.listed import OVERRIDES, at_keys, strings
from railrel.dependencies.paths import from_url
from railrel.dependencies.references import Around, Finding
from railrel.dependencies.requirements import Written
from railrel.dependencies.tables import entries, local_target
from railrel.documents import Document, KeyPath
from railrel.errors import Problem

ID = "override"
TITLE = (
    "`tool.uv.override-dependencies`, `constraint-dependencies`, `build-constraint-dependencies`, "
    "`tool.pdm.resolution.overrides`, `tool.poetry.requires-plugins`, `tool.poetry.build-constraints`"
)
FILES = ("pyproject.toml", "uv.toml")
MARKS = re.compile(rb"override|constraint|requires-plugins")

_POETRY = (("tool", "poetry", "requires-plugins"), ("tool", "poetry", "build-constraints", "*"))


def find(source: Document, around: Around) -> Iterator[Finding]:
    """Each one with a local path."""
    for keys in OVERRIDES:
        own = keys[2:] if source.path.name == "uv.toml" else keys
        for path, text in strings(source, own):
            local = Written(text).local(around.folder, around.variables)
            if local:
                yield _finding(source, path, ".".join(map(str, own)), local[0])
    for path, value in at_keys(source.values, ("tool", "pdm", "resolution", "overrides", "*")):
        if isinstance(value, str) and "/" in value and from_url(value, around.folder):
            yield _finding(source, path, "tool.pdm.resolution.overrides", value)
    for keys in _POETRY:
        for _, path, entry in entries(source, keys):
            found = local_target(source, entry)
            if found:
                yield _finding(source, path, ".".join(map(str, path[:3])), found[0])


def _finding(source: Document, path: KeyPath, where: str, written: str) -> Finding:
    return Finding(
        Problem(
            f"{where} takes {written}, which comes before any range",
            source.at(path),
            "remove it, or write a range in its place",
            "override-path",
        ),
        "image",
    )
