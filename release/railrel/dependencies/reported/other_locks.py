"""Locks of tools that railrel does not run: what they take from a folder."""

import re
from collections.abc import Iterator

from railrel.dependencies.references import Around, Finding
from railrel.errors import Problem
from railrel.sources import Source, Span

ID = "other-lock"
TITLE = "`pixi.lock`, `conda-lock.yml`, `requirements.lock` of Rye with a path in them"
FILES = ("pixi.lock", "conda-lock.yml", "conda-lock.yaml", "requirements*.lock")
MARKS = re.compile(rb"/")

_COMMANDS = {
    "pixi.lock": "pixi lock",
    "conda-lock.yml": "conda-lock",
    "conda-lock.yaml": "conda-lock",
}
_PATH = re.compile(
    rb"(?m)^[ \t]*(?:-[ \t]+)?(?:-e[ \t]+)?(?:(?:pypi|path|url):[ \t]*)?(?P<place>(?:file:|\.\.?/)[^\s#]*)"
)


def find(source: Source, around: Around) -> Iterator[Finding]:
    """The first path of the lock."""
    del around
    found = _PATH.search(source.data)
    if found:
        command = _COMMANDS.get(source.path.name, "rye lock")
        yield Finding(
            Problem(
                f"{source.path.name} takes {source.raw(Span(*found.span('place')))} from a folder",
                source.at(Span(*found.span("place"))),
                f"after fix-deps: {command}",
                "stale-lock",
            ),
            "image",
        )
