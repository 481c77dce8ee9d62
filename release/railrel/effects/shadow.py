"""A copy of files that no write can reach the originals through: reflinks where there are any, never
hard links."""

import fcntl
import os
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

# linux/fs.h: share the blocks of one file with another until either is written to.
_FICLONE = 0x40049409


def copy_files(source: Path, names: Iterable[str], target: Path) -> None:
    """Copy the named files, relative to `source`, with their modes and times.

    Links that lead to something within `source` lead into the copy; what others lead to is copied in
    their place, and those that lead out to nothing are left out. A folder that is led to a second
    time becomes a link to its copy, so circles end. What vanished meanwhile, what is neither file nor
    folder and what is there already is passed over. PermissionError where something may not be read.
    """
    target.mkdir(parents=True, exist_ok=True)
    shadow = _Shadow(source.resolve(), target.resolve())
    for name in names:
        pending = [(shadow.source / name, shadow.target / name)]
        # Not by recursion: a tree may be deeper than Python's stack.
        while pending:
            pending.extend(shadow.copy(*pending.pop()))


class _Shadow:
    """One copy that is being made; both folders are given without links in their paths."""

    def __init__(self, source: Path, target: Path) -> None:
        self.source = source
        self.target = target
        # A link may lead to a folder around these two: neither is copied into the copy.
        self._copies = {_identity(source): target, _identity(target): target}

    def copy(self, path: Path, copy: Path) -> list[tuple[Path, Path]]:
        """Copy a file or link, or make a folder; give what is to be copied into that."""
        try:
            return list(self._copied(path, copy))
        except FileNotFoundError:
            if path.exists():
                raise
            return []

    def _copied(self, path: Path, copy: Path) -> Iterator[tuple[Path, Path]]:
        text = self._inward(path, copy) if path.is_symlink() else None
        if text is not None:
            _put_link(text, copy)
        elif path.is_dir():
            yield from self._folder(path, copy)
        elif path.is_file() and not os.path.lexists(copy):
            copy.parent.mkdir(parents=True, exist_ok=True)
            _copy_file(path, copy)

    def _folder(self, path: Path, copy: Path) -> Iterator[tuple[Path, Path]]:
        first = self._copies.setdefault(_identity(path), copy)
        if first != copy:
            _put_link(os.path.relpath(first, copy.parent), copy)
            return
        copy.mkdir(parents=True, exist_ok=True)
        for child in path.iterdir():
            # Git lists a submodule as one name; its repository is none of the build's.
            if child.name != ".git":
                yield child, copy / child.name

    def _inward(self, path: Path, copy: Path) -> str | None:
        """What a link says in the copy; None if it leads out."""
        text = str(path.readlink())
        end = Path(os.path.realpath(path))
        if not end.is_relative_to(self.source):
            # With this one files are masked, and no write to it reaches anything.
            return text if str(end) == os.devnull else None
        hop = path.parent / text
        # The next link of a chain, if that is in `source` too; folders on the way may be links.
        step = Path(os.path.realpath(hop.parent), hop.name)
        to = step if step.is_relative_to(self.source) and hop.name != ".." else end
        relative = os.path.relpath(self.target / to.relative_to(self.source), copy.parent)
        return text if os.path.normpath(text) == relative else relative


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino


def _put_link(text: str, copy: Path) -> None:
    if not os.path.lexists(copy):
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.symlink_to(text)


def _copy_file(path: Path, copy: Path) -> None:
    if not _reflinked(path, copy):
        shutil.copyfile(path, copy)
    # Not shutil.copystat: an immutable flag of macOS would make the copy impossible to remove.
    status = path.stat()
    copy.chmod(stat.S_IMODE(status.st_mode))
    os.utime(copy, ns=(status.st_atime_ns, status.st_mtime_ns))


def _reflinked(path: Path, copy: Path) -> bool:
    """Whether the file system could share the blocks; else an empty file may be left."""
    if sys.platform != "linux":
        return False
    with path.open("rb") as original, copy.open("xb") as clone:
        try:
            fcntl.ioctl(clone.fileno(), _FICLONE, original.fileno())
        except OSError:
            return False
    return True
