"""The nouns of this room: a neighbour named by path, and what is to stand there instead."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from packaging.utils import NormalizedName
from packaging.version import Version

from railrel.dependencies.edits import Edit
from railrel.documents import Document, KeyPath
from railrel.errors import Problem

Members = Mapping[NormalizedName, Path]
"""Where the workspace's projects are, for syntaxes that name a member rather than a path."""


@dataclass(frozen=True, slots=True)
class PathDependency:
    """One place where a project names a neighbour by its folder."""

    name: NormalizedName
    syntax: str
    """The id of the syntax, such as `uv-sources`."""
    path: KeyPath
    at: str
    """`file:line:column`."""
    written: str
    """What the user wrote for the place, such as `../issue-core`."""
    target: Path | None
    """The folder; None when it cannot be followed, then `trouble` says why."""
    published: bool
    """Whether it would reach the distribution's metadata or decides what does."""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Index:
    """A package index that a project should take its siblings from."""

    name: str
    url: str
    """Of the simple pages."""
    publish_url: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall stand where the path stands."""

    range: str
    version: Version
    """The sibling's, which the user's own clauses must admit."""
    index: Index | None


class Syntax(Protocol):
    """One way to name a neighbour. Each is a module, listed in `SYNTAXES`."""

    ID: str
    TITLE: str

    def find(self, document: Document, members: Members) -> Iterator[PathDependency]:
        """Every neighbour named in this way."""
        ...

    def edits(
        self, document: Document, found: PathDependency, wanted: Wanted
    ) -> Iterator[Edit | Problem]:
        """What to change so that the range stands there and the path is gone."""
        ...

    def index_entry(
        self, index: Index
    ) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]] | None:
        """Where and how this tool is told of an index, as keys and TOML; None if it need not be."""
        ...


def only_edits(results: Iterable[Edit | Problem | None]) -> list[Edit]:
    """Without problems and nothings."""
    return [result for result in results if isinstance(result, Edit)]
