"""This machine's files: what `Files` asks, put together from its parts."""

import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from railrel.effects.held import alone, shared, waited_for
from railrel.effects.scratch import new_scratch, remove_scratch, sweep_scratch
from railrel.effects.shadow import copy_files
from railrel.effects.transactions import (
    ANNOUNCED,
    COMMITTED,
    carry_out,
    must_be,
    take_back,
    target_of,
    transact,
)
from railrel.effects.whole import beside, explained, replace_with, stored, sync
from railrel.errors import UnfitError
from railrel.world import PARTIAL_MARK, FileChange, FileRemoval


class RealFiles:
    """This machine's disk."""

    def change(
        self, changes: tuple[FileChange | FileRemoval, ...], root: Path, journal: Path
    ) -> None:
        self._own_folder(journal)
        with self.locked(journal / "lock"):
            self._recover(journal)
            targets = [target_of(change, root) for change in changes]
            for change, target in zip(changes, targets, strict=True):
                must_be(target, change.before)
            transact(list(zip(changes, targets, strict=True)), journal)

    def recover(self, journal: Path) -> None:
        if journal.is_dir() and any(path.name != "lock" for path in journal.iterdir()):
            with self.locked(journal / "lock"):
                self._recover(journal)

    def put(self, path: Path, data: bytes, mode: int = 0o644) -> None:
        with explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            kept = path.stat().st_mode & 0o7777 if path.exists() else mode
            replace_with(path, data, mode=kept)

    def append(self, path: Path, data: bytes) -> None:
        with explained(path):
            # Not made when it is not there; and never between what another process adds.
            descriptor = os.open(path, os.O_RDWR | os.O_APPEND)
            with os.fdopen(descriptor, "rb+", buffering=0) as file:
                file.write(_on_new_line(file) + data)

    def copy(self, source: Path, target: Path) -> None:
        with explained(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = beside(target)
            try:
                shutil.copyfile(source, partial)
                partial.chmod(0o644)
                sync(partial)
                partial.replace(target)
                sync(target.parent)
            finally:
                partial.unlink(missing_ok=True)

    def locked(
        self, path: Path, *, by_programs: bool = False
    ) -> contextlib.AbstractContextManager[None]:
        return waited_for(path, by_programs=by_programs)

    @contextlib.contextmanager
    def scratch(self, parent: Path, prefix: str) -> Iterator[Path]:
        # Under a lock: a mark that is made but not yet held looks like a dead process's.
        with self.locked(parent / f"{prefix}lock"), explained(parent):
            sweep_scratch(parent, prefix)
            folder, alive = new_scratch(parent, prefix)
        try:
            yield folder
        finally:
            remove_scratch(folder, alive)

    def sweep_scratch(self, parent: Path, prefix: str) -> None:
        if parent.is_dir():
            with self.locked(parent / f"{prefix}lock"), explained(parent):
                sweep_scratch(parent, prefix)

    def sharing(self, path: Path) -> contextlib.AbstractContextManager[None]:
        return shared(path)

    def alone(self, path: Path) -> contextlib.AbstractContextManager[bool]:
        return alone(path)

    def store(self, files: Mapping[str, Path | bytes], folder: Path) -> bool:
        with explained(folder):
            return stored(files, folder)

    def touch(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            os.utime(path)

    def copy_tree(self, source: Path, names: tuple[str, ...], target: Path, seconds: int) -> None:
        with explained(target):
            for name in names:
                destination = target / name
                destination.parent.mkdir(parents=True, exist_ok=True)
                if (source / name).is_dir():
                    # Git lists a submodule, and a link to a folder, as one name.
                    shutil.copytree(
                        source / name, destination, ignore=shutil.ignore_patterns(".git")
                    )
                else:
                    _copy_if_there(source / name, destination)
            for path in (*target.rglob("*"), target):
                os.utime(path, (seconds, seconds))

    def shadow(self, source: Path, names: tuple[str, ...], target: Path) -> None:
        with explained(target):
            copy_files(source, names, target)

    def link(self, target: Path, at: Path) -> None:
        with explained(at):
            at.parent.mkdir(parents=True, exist_ok=True)
            at.symlink_to(target)

    def settle_sdist(self, archive: Path, seconds: int) -> None:
        from railrel.effects.archives import is_settled, readable, settle

        with explained(archive), readable(archive):
            if not is_settled(archive, seconds):
                settle(archive, seconds)

    def unpack_sdist(self, archive: Path, target: Path) -> Path:
        from railrel.effects.archives import readable, unpack

        with explained(target), readable(archive) as opened:
            tops = {unpack(opened, member, target) for member in opened}
        if len(tops) != 1:
            raise UnfitError(
                f"{archive.name} has not one top folder but {len(tops)}", at=str(archive)
            )
        return target / tops.pop()

    def discard(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            path.unlink()

    def remove_tree(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)

    def sweep(self, folder: Path) -> None:
        for path in folder.glob(f".*{PARTIAL_MARK}*"):
            path.unlink(missing_ok=True)

    def _own_folder(self, journal: Path) -> None:
        """Make `.railrel/journal`, and keep git from seeing it."""
        with explained(journal):
            journal.mkdir(parents=True, exist_ok=True)
            ignore = journal.parent / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")

    def _recover(self, journal: Path) -> None:
        self.sweep(journal)
        for note in sorted(journal.glob(f"*{ANNOUNCED}")):
            take_back(note)
        for note in sorted(journal.glob(f"*{COMMITTED}")):
            carry_out(note)


def _on_new_line(file: BinaryIO) -> bytes:
    """The end of a last line that somebody left open."""
    if file.seek(0, os.SEEK_END) == 0:
        return b""
    file.seek(-1, os.SEEK_END)
    return b"" if file.read(1) == b"\n" else b"\n"


def _copy_if_there(source: Path, target: Path) -> None:
    try:
        shutil.copy2(source, target)
    except FileNotFoundError:
        if os.path.lexists(source):
            raise
