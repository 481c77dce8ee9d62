"""What a tool that installs is to this room."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

from railrel.dependencies.references import Index
from railrel.documents import Document
from railrel.errors import Problem
from railrel.origins.names import Taken
from railrel.values import dataclass

GROUP: Final = "railrel-internal"
"""A group that nobody installs: it holds the names that a tool must know where to take from, and
that the project itself does not require."""


@dataclass(frozen=True, slots=True)
class Told:
    """A file as it is to be, and what only a person can change in it."""

    document: Document
    problems: tuple[Problem, ...] = ()


class Tool(Protocol):
    """One tool. Each is a module, listed in `tools.py`."""

    ID: str
    TITLE: str
    FILE: str
    """The TOML file that it is told in."""

    def claims(self, pyproject: Document, beside: Mapping[str, Path]) -> bool:
        """Whether the project uses it, by its table or a file beside `pyproject.toml`."""
        ...

    def settled(self, document: Document, taken: Taken, index: Index) -> Told:
        """Ours come from the index and from nowhere else, everything else never from it."""
        ...
