"""Hatch's permission for direct references, once nothing needs it any more."""

import re
from collections.abc import Iterator

from railrel.dependencies.listed import listed
from railrel.dependencies.references import Around, Finding
from railrel.documents import Document
from railrel.errors import Problem

ID = "allow-direct-references"
TITLE = "`tool.hatch.metadata.allow-direct-references` that nothing needs"
FILES = ("pyproject.toml",)
MARKS = re.compile(rb"allow-direct-references")

_KEYS = ("tool", "hatch", "metadata", "allow-direct-references")


def find(source: Document, around: Around) -> Iterator[Finding]:
    """The permission, where no published requirement has a URL."""
    del around
    if source.table(*_KEYS[:-1]).get(_KEYS[-1]) is not True:
        return
    if any(r.url for r in listed(source) if r.path[0] == "project"):
        return
    yield Finding(
        Problem(
            "allow-direct-references is on, and no dependency has a URL",
            source.at(_KEYS),
            "remove it: then hatchling refuses a path that slips in again",
            "needless-permission",
        ),
        "development",
    )
