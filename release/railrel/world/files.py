"""Files that are written, and folders of our own."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final, Protocol

from railrel.values import dataclass

PARTIAL_MARK: Final = ".railrel-"
"""Between a hidden file's name and twelve hexadecimal digits: what is to become the file, once it is whole."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file of the user's, before and after."""

    path: Path
    before: bytes | None
    """None when it is not there yet."""
    after: bytes


@dataclass(frozen=True, slots=True)
class FileRemoval:
    """A file that is to go."""

    path: Path
    before: bytes


class Files(Protocol):
    """Changes files. Whatever is asked is done whole or not at all, also when killed midway."""

    def change(
        self, changes: tuple[FileChange | FileRemoval, ...], root: Path, journal: Path
    ) -> None:
        """Replace, make and remove all files together. Links are not followed out of `root`.

        ConflictError if one is no longer what `before` says. `journal` is a folder; what a killed
        run left there is completed or taken back first.
        """
        ...

    def recover(self, journal: Path) -> None:
        """Complete or take back what a killed run left."""
        ...

    def put(self, path: Path, data: bytes, mode: int = 0o644) -> None:
        """Write one file of our own, whole, making its folders. One that is there keeps its mode."""
        ...

    def append(self, path: Path, data: bytes) -> None:
        """Add whole lines to the end of a file that is there and that others write as well.

        RefusedError when that cannot be.
        """
        ...

    def copy(self, source: Path, target: Path) -> None:
        """Copy one file of our own, whole, making its folders."""
        ...

    def locked(self, path: Path, *, by_programs: bool = False) -> AbstractContextManager[None]:
        """Hold the lock file `path`; UnreachableError when somebody holds it for minutes.

        `by_programs`: those that we run meanwhile hold it too, should we be killed before them.
        """
        ...

    def sharing(self, path: Path) -> AbstractContextManager[None]:
        """Hold the file `path` together with others who do, so that nobody has it alone.

        Its time is set to now. A program that we run holds it too, should we be killed before it.
        """
        ...

    def alone(self, path: Path) -> AbstractContextManager[bool]:
        """Hold the file that others share; false when one of them does, without waiting."""
        ...

    def sweep_scratch(self, parent: Path, prefix: str) -> None:
        """Remove scratch folders whose process was killed."""
        ...

    def store(self, files: Mapping[str, Path | bytes], folder: Path) -> bool:
        """Make a new folder with these files, whole; false where there is one already."""
        ...

    def touch(self, path: Path) -> None:
        """Set the time of a file of our own to now."""
        ...

    def scratch(self, parent: Path, prefix: str) -> AbstractContextManager[Path]:
        """Give a new empty folder, removed afterwards; sweep those whose process was killed."""
        ...

    def copy_tree(self, source: Path, names: tuple[str, ...], target: Path, seconds: int) -> None:
        """Copy the named files (relative to `source`) with their modes; not what vanished meanwhile.

        All get one time, in seconds since 1970: a clone's own times are those of its making.
        """
        ...

    def shadow(self, source: Path, names: tuple[str, ...], target: Path) -> None:
        """Copy the named files (relative to `source`) so that no write to the copy reaches them.

        By reflink where the file system can. Links within `source` lead into the copy.
        """
        ...

    def link(self, target: Path, at: Path) -> None:
        """Make a symbolic link of our own."""
        ...

    def settle_sdist(self, archive: Path, seconds: int) -> None:
        """Take out what tells when and by whom an sdist was packed; leave it alone if nothing does.

        `seconds` since 1970 is the latest time that may stay in it.
        """
        ...

    def unpack_sdist(self, archive: Path, target: Path) -> Path:
        """Unpack into `target` and give the one top folder. UnfitError on links and escapes."""
        ...

    def sweep(self, folder: Path) -> None:
        """Remove what killed runs left half written in a folder of our own, whose lock we hold."""
        ...

    def discard(self, path: Path) -> None:
        """Remove one file of our own."""
        ...

    def remove_tree(self, folder: Path) -> None:
        """Remove a folder of our own."""
        ...
