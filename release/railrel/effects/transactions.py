"""Several files, all of them or none, also when the process is killed between two lines.

A change is first announced in a journal, then prepared beside its targets, then committed by renaming
the journal, then carried out. A later run that finds the journal takes an announced change back and
completes a committed one.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from typing import TypeVar

from railrel.effects.whole import beside, digest, explained, replace_with, sync, write_like
from railrel.errors import ConfigError, ConflictError, Problem, RefusedError
from railrel.world import PARTIAL_MARK, FileChange, FileRemoval

T = TypeVar("T")

ANNOUNCED = ".announced.json"
COMMITTED = ".committed.json"
_HEX_DIGITS = 64
_MANY = 8
# In place of the digest of a file that is to be made, or is to go.
_ABSENT = "0" * _HEX_DIGITS


def target_of(change: FileChange | FileRemoval, root: Path) -> Path:
    """The file itself, behind links; links may not lead out of the workspace."""
    target = change.path.resolve()
    named_inside = change.path.is_relative_to(root)
    if (named_inside or change.path.is_symlink()) and not target.is_relative_to(root.resolve()):
        raise RefusedError(
            f"{change.path.name} lies behind a link that leads out of the workspace",
            at=str(change.path),
            hint=f"it leads to {target}; change that file where it lives",
        )
    if change.before is None:
        with explained(target):
            target.parent.mkdir(parents=True, exist_ok=True)
        return target
    if not os.access(target, os.W_OK):
        raise RefusedError(
            f"{change.path.name} is write-protected",
            at=str(target),
            hint=f"chmod u+w {quote(str(target))}",
        )
    return target


def must_be(path: Path, before: bytes | None) -> None:
    """ConflictError if a file is not what the plan was made from."""
    if (path.read_bytes() if path.exists() else None) != before:
        raise ConflictError(
            f"{path.name} changed while railrel was working",
            at=str(path),
            hint="run the same command again",
        )


def transact(changes: list[tuple[FileChange | FileRemoval, Path]], journal: Path) -> None:
    """Make all changes, each with the file that it is for; or none, with what kept it from it."""
    name = os.urandom(8).hex()
    entries = [
        {
            "target": str(target),
            "partial": str(beside(target)),
            "before": digest(change.before) if change.before is not None else _ABSENT,
            "after": digest(change.after) if isinstance(change, FileChange) else _ABSENT,
        }
        for change, target in changes
    ]
    announced = journal / f"{name}{ANNOUNCED}"
    committed = journal / f"{name}{COMMITTED}"
    with explained(journal):
        replace_with(announced, json.dumps(entries).encode(), mode=0o600)
    try:
        prepared = zip(entries, changes, strict=True)
        _each(
            lambda one: _prepare(Path(one[0]["partial"]), *one[1]),
            list(prepared),
        )
    except BaseException:
        for entry in entries:
            Path(entry["partial"]).unlink(missing_ok=True)
        announced.unlink(missing_ok=True)
        raise
    announced.replace(committed)
    sync(journal)
    carry_out(committed)


def _prepare(partial: Path, change: FileChange | FileRemoval, target: Path) -> None:
    with explained(target):
        # Of a file that is to go, an empty one says that it has not gone yet.
        write_like(partial, change.after if isinstance(change, FileChange) else b"", target)


def _sync_folder(folder: Path) -> None:
    with explained(folder):
        sync(folder)


def _each(work: Callable[[T], None], items: list[T]) -> None:
    """Do it for each; several at a time where there are many, for most of it is waiting on a disk."""
    if len(items) < _MANY:
        for item in items:
            work(item)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=8) as pool:
        for _ in pool.map(work, items):
            pass


def take_back(note: Path) -> None:
    """Undo what was only announced."""
    for entry in entries_of(note):
        Path(entry["partial"]).unlink(missing_ok=True)
    note.unlink(missing_ok=True)


def carry_out(note: Path) -> None:
    """Rename every prepared file into place, or remove it. Doing it again does nothing more.

    Where somebody changed a target after the kill: nothing done yet means all is taken back; else
    the rest is completed and the changed file is left to its owner, with a ConflictError.
    """
    entries = entries_of(note)
    places = [(Path(entry["target"]), Path(entry["partial"]), entry) for entry in entries]
    waiting = [(target, partial, e) for target, partial, e in places if partial.exists()]
    stale = [target for target, _, e in waiting if _state(target) not in (e["before"], e["after"])]
    gone = any(e["after"] == _ABSENT and not target.exists() for target, _, e in waiting)
    nothing_done = bool(stale) and len(waiting) == len(entries) and not gone
    for target, partial, entry in waiting:
        with explained(target):
            if nothing_done or target in stale:
                partial.unlink()
            elif entry["after"] == _ABSENT:
                target.unlink(missing_ok=True)
                partial.unlink()
            else:
                partial.replace(target)
    # Before the note goes: without it nobody would complete what a power cut undid.
    _each(_sync_folder, list(dict.fromkeys(target.parent for target, _, _ in places)))
    note.unlink(missing_ok=True)
    if stale and not nothing_done:
        raise ConflictError.of(
            Problem(
                f"{target.name} was changed after railrel was interrupted while changing it",
                at=str(target),
                hint="it was left as it is; look at it, then run the same command again",
            )
            for target in stale
        )


def _state(path: Path) -> str:
    """The digest of a file, or that it is not there."""
    return digest(path.read_bytes()) if path.exists() else _ABSENT


def entries_of(note: Path) -> list[dict[str, str]]:
    """What a note says. It may not have us touch anything but partial files beside their targets."""
    try:
        entries: list[dict[str, str]] = json.loads(note.read_bytes())
        if all(_is_ours(entry) for entry in entries):
            return entries
    except (ValueError, KeyError, TypeError, AttributeError):
        # Said below, like a note that we did not write.
        pass
    raise ConfigError(
        "a note about an interrupted change cannot be understood",
        at=str(note),
        hint=f"look at it; if it is of no use to you: rm {quote(str(note))}",
    )


def _is_ours(entry: dict[str, str]) -> bool:
    target, partial = Path(entry["target"]), Path(entry["partial"])
    named = partial.name.startswith(f".{target.name}{PARTIAL_MARK}")
    return named and partial.parent == target.parent and len(entry["before"]) == _HEX_DIGITS
