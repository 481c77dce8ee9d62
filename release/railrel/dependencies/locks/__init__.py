"""Locks: what a change makes stale, and how each is made again by its own tool."""

from railrel.dependencies.locks import (
    compiled,
    pdm_lock,
    pipfile_lock,
    poetry_lock,
    uv_lock,
)
from railrel.dependencies.locks.protocol import LockKind
from railrel.dependencies.references import Finding
from railrel.errors import Problem
from railrel.sources import Source

# In the order in which they are made: an export is made from the lock beside it.
LOCKS: tuple[LockKind, ...] = (uv_lock, poetry_lock, pdm_lock, pipfile_lock, compiled)


def leading_away(kind: LockKind, lock: Source, hint: str) -> Finding | None:
    """That a lock leads out of its folder, at the first place where it does."""
    local = next(iter(kind.local(lock)), None)
    if local is None:
        return None
    message = f"{lock.path.name} takes {local.written} from this machine"
    return Finding(Problem(message, lock.at(local.span), hint, "stale-lock"), "image")
