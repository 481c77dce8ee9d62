"""Scratch folders, each with a mark that is locked as long as somebody works in it."""

import contextlib
import fcntl
import os
import shutil
from pathlib import Path


def new_scratch(parent: Path, prefix: str) -> tuple[Path, int]:
    """A new empty folder, and the descriptor that holds its mark. The caller holds the lock."""
    folder = parent / f"{prefix}{os.urandom(8).hex()}"
    alive = _hold(_mark(folder))
    # What is put there may be nobody else's business.
    folder.mkdir(mode=0o700)
    return folder, alive


def remove_scratch(folder: Path, alive: int) -> None:
    """Remove a folder and its mark."""
    _remove(folder)
    _mark(folder).unlink(missing_ok=True)
    os.close(alive)


def sweep_scratch(parent: Path, prefix: str) -> None:
    """Remove scratch folders whose process is gone: nobody holds their lock."""
    for mark in parent.glob(f"{prefix}*.alive"):
        try:
            descriptor = os.open(mark, os.O_RDWR)
        except OSError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        else:
            folder = parent / mark.name.removesuffix(".alive")
            _remove(folder)
            # What could not be removed is left, mark and all, to the next run.
            if not folder.exists():
                mark.unlink(missing_ok=True)
        finally:
            os.close(descriptor)


def _mark(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.alive")


def _hold(path: Path) -> int:
    """Create a file and keep it locked as long as this process lives, or a program that it runs."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    # A program that runs in the folder holds it too, should we be killed before it.
    os.set_inheritable(descriptor, True)  # noqa: FBT003 -- as the function has it
    return descriptor


def _remove(folder: Path) -> None:
    """Remove a folder, also where a program took away the right to."""

    def make_writable(_: object, name: str, __: object) -> None:
        with contextlib.suppress(OSError):
            if Path(name) != folder:
                Path(name).parent.chmod(0o700)
            if Path(name).is_symlink():
                # What it leads to is not ours.
                Path(name).unlink()
                return
            Path(name).chmod(0o700)
            if Path(name).is_dir():
                shutil.rmtree(name, ignore_errors=True)
            else:
                Path(name).unlink()

    shutil.rmtree(folder, onerror=make_writable)
    shutil.rmtree(folder, ignore_errors=True)
