"""Lock files: several hold one together, or one holds it alone."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from railrel.effects.whole import explained
from railrel.errors import UnreachableError

_WAIT_SECONDS = 300
_LOOK_AGAIN_SECONDS = 0.05


@contextlib.contextmanager
def waited_for(path: Path, *, by_programs: bool = False) -> Iterator[None]:
    """Hold it alone, waiting for who has it. UnreachableError after minutes.

    `by_programs`: those that are started meanwhile hold it too, should we be killed before them.
    """
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = _waited_for(path)
        os.set_inheritable(descriptor, by_programs)
    try:
        yield
    finally:
        # Also of a program that was started meanwhile for something else, and runs on.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def _waited_for(path: Path) -> int:
    end = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            return _held(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > end:
                raise UnreachableError(
                    f"another railrel has been at work here for {_WAIT_SECONDS} seconds",
                    at=str(path),
                    # After a killed one it can be a program that it started, such as a daemon of git's.
                    hint=f"wait for it, or see who it is and end it: fuser -v {quote(str(path))}",
                ) from error
        time.sleep(_LOOK_AGAIN_SECONDS)


@contextlib.contextmanager
def shared(path: Path) -> Iterator[None]:
    """Hold it together with others, waiting for who has it alone. Its time is set to now."""
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = _held(path, fcntl.LOCK_SH)
        os.utime(path)
        # A program that runs with what is held goes on after us, should we be killed.
        os.set_inheritable(descriptor, True)  # noqa: FBT003 -- as the function has it
    try:
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Whether nobody else holds it; nobody can then, until this ends. The file is gone afterwards."""
    try:
        descriptor = _held(path, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        yield False
        return
    try:
        yield True
        path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def _held(path: Path, how: int) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, how)
            # Who had it alone may have removed it while we waited.
            if _is_at(path, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


def _is_at(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False
