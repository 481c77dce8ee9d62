"""What a lock is to railrel: a file that one tool writes from others, and that can name a folder."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Protocol

from railrel.dependencies.references import Index
from railrel.errors import Problem
from railrel.sources import Source, Span
from railrel.values import dataclass


@dataclass(frozen=True, slots=True)
class Local:
    """A place in a lock that leads out of the lock's folder on this machine."""

    span: Span
    written: str


@dataclass(frozen=True, slots=True)
class Ask:
    """What changed, for the tool that makes the lock again."""

    names: tuple[str, ...] = ()
    """Projects that now come from the index."""
    comes: bool = True
    """Whether any do, be they named or not."""
    folders: tuple[Path, ...] = ()
    """Where those projects came from until now."""
    without_sources: tuple[str, ...] = ()
    """Projects whose path stays in the manifest and must not get into the lock."""
    index: Index | None = None
    """The registry, where it is a server."""
    registry: str = ""
    """The URL of its simple pages, also where it is a folder."""
    known_to: frozenset[str] = frozenset()
    """Which of `pip` and `uv` ask it by their settings on this machine."""
    root: Path | None = None
    """The folder that the tool runs in, where it is not the lock's own."""


@dataclass(frozen=True, slots=True)
class Refresh:
    """The command that makes a lock again and upgrades nothing else."""

    program: str
    arguments: tuple[str, ...]
    install: str
    """What to type where the program is missing."""
    environment: Mapping[str, str] = field(default_factory=dict)


class LockKind(Protocol):
    """One kind of lock. Each is a module, listed in `locks/__init__.py`."""

    ID: str
    TITLE: str

    @property
    def HOLDS_ON(self) -> bool:  # noqa: N802 -- a constant of each module
        """Whether the tool keeps to a folder that the old lock names as long as it is there."""
        ...

    def claims(self, lock: Source) -> bool:
        """Whether a file is a lock of this kind."""
        ...

    def locker(self, lock: Source) -> str:
        """The tool that looks into its own tables of `pyproject.toml` for it: `uv`, `poetry`, `pdm`.

        Empty where none does.
        """
        ...

    def inputs(self, lock: Source) -> tuple[str, ...]:
        """Files, relative to the lock's folder, whose change makes it stale."""
        ...

    def local(self, lock: Source) -> Iterator[Local]:
        """Places that lead out of the lock's folder."""
        ...

    def unreached(self, lock: Source, ask: Ask) -> str:
        """What to do so that the tool looks into the registry; empty where it does.

        What it does not find there it would take from the public index, from anybody.
        """
        ...

    def refresh(self, lock: Source, ask: Ask) -> Refresh | Problem:
        """How to make it again; a Problem where the file does not say how it was made."""
        ...

    def settled(self, lock: Source, made: bytes) -> bytes:
        """What was made, without what only our way of making it put there."""
        ...


def told_by_table(lock: Source, ask: Ask) -> str:
    """`unreached` of tools that take an index from their own table, where a folder is none."""
    del lock
    server = 'name a server, registry = "https://…" in railrel.toml, or leave the lock: --no-lock'
    return "" if ask.index else server


def as_made(lock: Source, made: bytes) -> bytes:
    """`settled` of tools that we ask for nothing out of the way."""
    del lock
    return made


def leading_out(lock: Source, written: re.Pattern[str]) -> Iterator[Local]:
    """The places of a lock whose group `written` leads out of its folder."""
    for found in written.finditer(lock.octets):
        if leads_out(found["written"]):
            span = Span(*found.span("written"))
            yield Local(span, lock.raw(span))


def leads_out(written: str) -> bool:
    """Whether a path leads out of the folder that it is relative to."""
    depth = 0
    if written.startswith(("/", "file:")):
        return True
    for part in written.replace("\\", "/").split("/"):
        depth += {"..": -1, ".": 0, "": 0}.get(part, 1)
        if depth < 0:
            return True
    return False
