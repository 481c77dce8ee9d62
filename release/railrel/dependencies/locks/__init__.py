"""Locks: what a change makes stale, and how each is made again by its own tool."""

from railrel.dependencies.locks import (
    compiled,
    pdm_lock,
    pipfile_lock,
    poetry_lock,
    uv_lock,
)
from railrel.dependencies.locks.protocol import LockKind

# In the order in which they are made: an export is made from the lock beside it.
LOCKS: tuple[LockKind, ...] = (uv_lock, poetry_lock, pdm_lock, pipfile_lock, compiled)
