"""Single files, whole or not at all."""

import contextlib
import errno
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from shlex import quote

from railrel.errors import RefusedError
from railrel.world import PARTIAL_MARK


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what the system says about a file into something to act on."""
    try:
        yield
    except OSError as error:
        where = str(error.filename or path)
        if isinstance(error, PermissionError):
            hint = f"check who owns it: ls -ld {quote(str(Path(where).parent))}"
        else:
            hint = "make room or choose another disk, then run the same command again"
        raise RefusedError(f"cannot write: {error.strerror}", at=where, hint=hint) from error


def replace_with(path: Path, data: bytes, *, mode: int) -> None:
    """Write beside the file, then rename into its place."""
    partial = beside(path)
    try:
        write(partial, data, mode)
        partial.replace(path)
        sync(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def write_like(path: Path, data: bytes, model: Path) -> None:
    """Write a new file with the mode, and as far as allowed the owner, of another."""
    if not model.exists():
        write(path, data, None)
        return
    status = model.stat()
    write(path, data, status.st_mode & 0o7777)
    if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
        with contextlib.suppress(PermissionError):
            os.chown(path, status.st_uid, status.st_gid)
        path.chmod(status.st_mode & 0o7777)


def write(path: Path, data: bytes, mode: int | None) -> None:
    """Write a new file, on the disk when this returns. Without a mode: as the user's umask has it."""
    first = 0o666 if mode is None else 0o600
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, first)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        if mode is not None:
            os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


def stored(files: Mapping[str, Path | bytes], folder: Path) -> bool:
    """Make a new folder with these files, whole or not at all; false where there is one already.

    Nothing is forced onto the disk: who takes them compares hashes.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial = beside(folder)
    # What was built may be nobody else's business.
    partial.mkdir(mode=0o700)
    try:
        for name, content in files.items():
            if isinstance(content, bytes):
                (partial / name).write_bytes(content)
            else:
                _link_or_copy(content, partial / name)
        partial.rename(folder)
    except OSError as error:
        if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
            return False
        raise
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return True


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


def beside(path: Path) -> Path:
    """A name for what is to become the file, that no other file has."""
    # The same folder, so that the rename stays within one file system.
    return path.with_name(f".{path.name}{PARTIAL_MARK}{os.urandom(6).hex()}")


def sync(path: Path) -> None:
    """Have a file, or what a folder lists, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest(data: bytes) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(data).hexdigest()
