"""What builds leave in the cache, and what of it has not been used for so long that it may go.

Everything here can be made again. What somebody uses at this moment stays.
"""

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, TypeAlias

from railrel.distributions.kept import kept_folder, note_in
from railrel.distributions.warm import environments_folder, used_mark
from railrel.values import dataclass
from railrel.world import PARTIAL_MARK, World

Kind: TypeAlias = Literal["environment", "artefacts", "scratch"]

ENVIRONMENT_DAYS = 30
ARTEFACT_DAYS = 90
# Of a project with large wheels a few hundred versions are enough to be in the way.
ARTEFACT_BYTES = 1_000_000_000
ARTEFACT_BUILDS = 1_000
_HOUR_SECONDS = 3600
_DAY_SECONDS = 24 * _HOUR_SECONDS


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that can be removed alone."""

    kind: Kind
    name: str
    path: Path
    size: int
    """Bytes, files that are shared by links counted each time."""
    used: float
    """Seconds since 1970 of the last use."""


def pieces(world: World) -> tuple[Piece, ...]:
    """All there is, what was used last first within each kind."""
    scratches = (*_scratches(world), *_half_written(world))
    found = [*_environments(world), *artefacts(world), *scratches]
    return tuple(sorted(found, key=lambda piece: (piece.kind, -piece.used)))


def outdated(found: Iterable[Piece], now: float) -> tuple[Piece, ...]:
    """What has not been used for long, and of built files the oldest beyond what they may take."""
    days = {"environment": ENVIRONMENT_DAYS, "artefacts": ARTEFACT_DAYS, "scratch": 0}
    gone: list[Piece] = []
    size = builds = 0
    for piece in sorted(found, key=lambda piece: -piece.used):
        if piece.kind == "artefacts":
            size, builds = size + piece.size, builds + 1
        much = size > ARTEFACT_BYTES or builds > ARTEFACT_BUILDS
        old = now - piece.used >= days[piece.kind] * _DAY_SECONDS
        if old or (piece.kind == "artefacts" and much):
            gone.append(piece)
    return tuple(gone)


def remove(world: World, piece: Piece) -> bool:
    """Remove one; false when somebody uses it."""
    match piece.kind:
        case "environment":
            with world.files.alone(used_mark(piece.path)) as nobody:
                if nobody:
                    world.files.remove_tree(piece.path)
                return nobody
        case "artefacts":
            # Who takes them has copies of his own.
            world.files.remove_tree(piece.path)
            return True
        case "scratch" if piece.path.name.startswith("."):
            world.files.discard(piece.path)
            world.files.remove_tree(piece.path)
            return True
        case "scratch":
            prefix = piece.path.name.rpartition("-")[0]
            world.files.sweep_scratch(piece.path.parent, f"{prefix}-")
            return not piece.path.exists()


def thin_out(world: World) -> None:
    """Keep what is kept of built files within bounds."""
    for piece in outdated(artefacts(world), world.clock.now()):
        remove(world, piece)


def artefacts(world: World) -> Iterator[Piece]:
    """The builds that are kept."""
    for folder in _matching(kept_folder(world), "*/*/*"):
        name = f"{folder.parts[-3]} {folder.parts[-2]}"
        yield Piece("artefacts", name, folder, _size(folder), _time(note_in(folder)))


def _environments(world: World) -> Iterator[Piece]:
    for folder in _matching(environments_folder(world), "*"):
        if folder.is_dir():
            used = _time(used_mark(folder))
            yield Piece("environment", _installed(folder), folder, _size(folder), used)


def _scratches(world: World) -> Iterator[Piece]:
    """Scratch folders of every verb; beside each lies the mark of its process."""
    for mark in _matching(world.cache, "*/*.alive"):
        folder = mark.with_suffix("")
        yield Piece("scratch", folder.name, folder, _size(folder), _time(mark))


def _half_written(world: World) -> Iterator[Piece]:
    """What was being written when a run was killed: nobody is at it for an hour."""
    partial = f".*{PARTIAL_MARK}*"
    for pattern in (partial, f"artefacts/*/*/{partial}"):
        for path in _matching(world.cache, pattern):
            begun = _time(path)
            if world.clock.now() - begun > _HOUR_SECONDS:
                yield Piece("scratch", path.name, path, _size(path), begun)


def _installed(folder: Path) -> str:
    """The distributions in an environment, as their folders are called."""
    found = sorted(p.stem for p in _matching(folder, "lib/*/site-packages/*.dist-info"))
    return " ".join(name.replace("-", "==", 1) for name in found) or "nothing"


def _matching(folder: Path, pattern: str) -> Iterator[Path]:
    # Unlike pathlib's, this one passes over what others remove meanwhile.
    yield from (folder / name for name in glob.iglob(pattern, root_dir=folder))  # noqa: PTH207


def _size(folder: Path) -> int:
    return sum(_bytes(f"{at}/{name}") for at, _, names in os.walk(folder) for name in names)


def _bytes(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0


def _time(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
