"""Locks: what a change makes stale, and how each is made again by its own tool."""

from pathlib import Path

from railrel.dependencies.locks import (
    compiled,
    pdm_lock,
    pipfile_lock,
    poetry_lock,
    uv_lock,
)
from railrel.dependencies.locks.protocol import Local, LockKind
from railrel.dependencies.paths import BuiltFile, Folder, from_url
from railrel.dependencies.references import Finding
from railrel.errors import Problem
from railrel.sources import Source

# In the order in which they are made: an export is made from the lock beside it.
LOCKS: tuple[LockKind, ...] = (uv_lock, poetry_lock, pdm_lock, pipfile_lock, compiled)


def leading_away(kind: LockKind, lock: Source, hint: str) -> Finding | None:
    """That a lock leads out of its folder, at the first place where it does."""
    local = next(iter(kind.local(lock)), None)
    return that_it_leads(lock, local, hint) if local else None


def that_it_leads(lock: Source, local: Local, hint: str) -> Finding:
    """That a lock takes something from a place of this machine."""
    message = f"{lock.path.name} takes {local.written} from this machine"
    return Finding(Problem(message, lock.at(local.span), hint, "stale-lock"), "image")


def place_of(local: Local, root: Path) -> Path | None:
    """Where a place in a lock leads, for a tool that runs in `root`; None if nobody can tell."""
    match from_url(local.written, root):
        case Folder(folder):
            return folder
        case BuiltFile(file):
            return file
        case _:
            return None
