"""The signals that ask us to end: as an exception, and not while something is half begun."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from types import FrameType
from typing import TypeAlias

Handler: TypeAlias = Callable[[int, FrameType | None], object]


@contextlib.contextmanager
def handled(
    numbers: Iterable[int], handler: Handler, *, raising_alone: bool = False
) -> Iterator[None]:
    """Have these signals handled by this meanwhile; in another thread than the first nothing is done.

    What is ignored stays ignored, as under nohup. With `raising_alone` only what Python handles.
    """
    if threading.current_thread() is not threading.main_thread():
        # Python handles signals in the first thread alone.
        yield
        return
    before = {number: signal.getsignal(number) for number in numbers}
    # What is handled outside of Python, None, could not be put back.
    ours = {
        number: old
        for number, old in before.items()
        if (callable(old) if raising_alone else old not in (signal.SIG_IGN, None))
    }
    try:
        for number in ours:
            signal.signal(number, handler)
        yield
    finally:
        # The first last: an interrupt that comes now finds the others put back.
        for number, old in reversed(ours.items()):
            signal.signal(number, old)


def interruptible() -> contextlib.AbstractContextManager[None]:
    """Let whoever asks us to end do so as Ctrl-C does, so that what runs beside us ends as well."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    return handled((signal.SIGTERM, signal.SIGHUP), interrupt)


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """What would interrupt this comes when it has ended."""
    came: list[int] = []

    def keep(number: int, frame: FrameType | None) -> None:
        del frame
        came.append(number)

    try:
        with handled((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), keep, raising_alone=True):
            yield
    finally:
        for number in came:
            signal.raise_signal(number)
