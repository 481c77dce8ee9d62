"""The signals that ask us to end: as an exception, and not while something is half begun."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Let whoever asks us to end do so as Ctrl-C does, so that what runs beside us ends as well."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    # What is ignored stays ignored, as under nohup.
    ours = {n: h for n, h in before.items() if h not in (signal.SIG_IGN, None)}
    try:
        for number in ours:
            signal.signal(number, interrupt)
        yield
    finally:
        for number, handler in ours.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def held_back() -> Iterator[None]:
    """What would interrupt this comes when it has ended."""
    if threading.current_thread() is not threading.main_thread():
        # Python handles signals in the first thread alone.
        yield
        return
    came: list[int] = []

    def keep(number: int, frame: FrameType | None) -> None:
        del frame
        came.append(number)

    with contextlib.ExitStack() as after:
        after.callback(_raise_all, came)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            handler = signal.getsignal(number)
            # What Python does not handle raises nothing.
            if callable(handler):
                after.callback(signal.signal, number, handler)
                signal.signal(number, keep)
        yield


def _raise_all(numbers: list[int]) -> None:
    for number in numbers:
        signal.raise_signal(number)
