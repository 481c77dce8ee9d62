"""A copy of a folder that tools work in: edits on the way in, locks on the way out."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from railrel.edits import Edit, FileRewrite, apply
from railrel.sources import Source
from railrel.world import World

if TYPE_CHECKING:
    from railrel.dependencies.locks.protocol import LockKind


def put_edits(world: World, root: Path, copy: Path, edited: Iterable[FileRewrite]) -> None:
    """Write the edits of a folder's files into its copy; those of other folders are passed over."""
    for file in edited:
        if file.path.is_relative_to(root):
            world.files.put(copy / file.path.relative_to(root), file.after)


def at_home(made: Source, kind: "LockKind", root: Path, copy: Path) -> Source:
    """A lock that was made in the copy, as its tool would have written it in the folder itself.

    Around the copy its neighbours are links, which some tools follow: what they write then leads from
    the copy to the real folder.
    """
    data = made.data
    for there, here in _levels(root, copy):
        data = data.replace(os.fsencode(there), os.fsencode(here))
        data = data.replace(there.as_uri().encode(), here.as_uri().encode())
    moved = Source(made.path, data)
    return apply(moved, _edits(moved, kind, root, copy))


def _levels(root: Path, copy: Path) -> Iterator[tuple[Path, Path]]:
    """Places of the copy and of the folder: its own, and those around it that hold its neighbours."""
    for _ in range(3):
        yield copy, root
        yield copy.resolve(), root
        copy, root = copy.parent, root.parent


def _edits(made: Source, kind: "LockKind", root: Path, copy: Path) -> Iterator[Edit]:
    inside = copy.resolve().parents[1]
    for local in kind.local(made):
        if local.written.startswith(("/", "file:")):
            continue
        place = Path(os.path.normpath(copy.resolve() / local.written))
        if not place.is_relative_to(inside):
            written = Path(os.path.relpath(place.resolve(), root.resolve())).as_posix()
            yield Edit(local.span.start, local.span.end, written)
