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


def leading_away(
    kind: LockKind, lock: Source, hint: str, own_index: Path | None = None
) -> Finding | None:
    """That a lock leads out of its folder, at the first place where it does.

    A registry that is a folder is no such place: nothing could be installed from elsewhere.
    """
    for local in kind.local(lock):
        place = place_of(local, lock.path.parent)
        if place is None or not is_within(place, own_index):
            return that_it_leads(lock, local, hint)
    return None


def made_here(kind: LockKind, lock: Source, own_index: Path | None) -> Finding | None:
    """That a lock names the folder that is the registry: right here, and useless elsewhere."""
    for local in kind.local(lock) if own_index else ():
        place = place_of(local, lock.path.parent)
        if place and is_within(place, own_index):
            problem = Problem(
                f"{lock.path.name} is made from the folder {own_index}, which neither an image nor "
                "anybody else has",
                lock.at(local.span),
                'before it leaves this machine name a server: registry = "https://…" in railrel.toml',
                "local-index",
            )
            return Finding(problem, "image", blocks=False)
    return None


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


def is_within(place: Path, folder: Path | None) -> bool:
    """Whether a place is a folder, or in it."""
    return folder is not None and place.resolve().is_relative_to(folder.resolve())
