"""A copy of files that no write can reach the originals through: reflinks where there are any, never
hard links."""

import contextlib
import fcntl
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

# linux/fs.h: share the blocks of one file with another until either is written to.
_FICLONE = 0x40049409
# A link to a folder may lead to a folder with such a link in it, and so on.
_DEEPEST = 40


def copy_files(source: Path, names: Iterable[str], target: Path) -> None:
    """Copy the named files, relative to `source`, with their modes and times.

    Links that lead to something within `source` lead into the copy; what others lead to is copied in
    their place, and those that lead out to nothing are left out. What vanished meanwhile and what is neither file nor folder is passed over.
    """
    inside = source.resolve()
    target.mkdir(parents=True, exist_ok=True)
    for name in names:
        _copy(source / name, target / name, inside, _DEEPEST)


def _copy(path: Path, copy: Path, inside: Path, depth: int) -> None:
    if path.is_symlink() and _copy_link(path, copy, inside):
        return
    if path.is_dir():
        if depth and not copy.exists():
            copy.mkdir(parents=True)
            for child in sorted(path.iterdir()):
                # Git lists a submodule as one name; its repository is none of the build's.
                if child.name != ".git":
                    _copy(child, copy / child.name, inside, depth - 1)
    elif path.is_file():
        copy.parent.mkdir(parents=True, exist_ok=True)
        _copy_file(path, copy)


def _copy_link(path: Path, copy: Path, inside: Path) -> bool:
    """Whether the link is done with: copied as a link, or passed over."""
    here = path.parent.resolve()
    try:
        leads_to = path.resolve(strict=True)
    except (OSError, RuntimeError):
        # Nothing is there. Should the link lead out, something written through it would be there.
        leads_to = Path(os.path.normpath(here / path.readlink()))
        if not leads_to.is_relative_to(inside):
            return True
    if not (leads_to.is_relative_to(inside) and here.is_relative_to(inside)):
        return False
    copy.parent.mkdir(parents=True, exist_ok=True)
    # To what it leads to in the end: a link on the way could be absolute.
    copy.symlink_to(os.path.relpath(leads_to, here))
    return True


def _copy_file(path: Path, copy: Path) -> None:
    if not _reflinked(path, copy):
        shutil.copyfile(path, copy)
    shutil.copystat(path, copy)


def _reflinked(path: Path, copy: Path) -> bool:
    if sys.platform != "linux":
        # On macOS copyfile clones by itself from Python 3.14 on.
        return False
    with path.open("rb") as original, copy.open("xb") as clone:
        try:
            fcntl.ioctl(clone.fileno(), _FICLONE, original.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                copy.unlink()
            return False
    return True
