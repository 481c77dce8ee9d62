"""A program that runs in our place: with our streams, our terminal, and the signals that we get."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType

from railrel.errors import ConfigError

_PASSED_ON = (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)
# Sent by the terminal to its whole foreground group, the program among it.
_OF_THE_TERMINAL = (signal.SIGINT, signal.SIGQUIT)
# What shells say of a program that a signal ended.
_SIGNALLED = 128


def run_attached(argv: tuple[str, ...], folder: Path, environment: Mapping[str, str]) -> int:
    """Run a program to its end and give its exit code; 128 and the signal's number if one ended it.

    It stays in our process group, so that job control and Ctrl-C mean it. SIGINT and SIGQUIT come
    from the terminal, which tells both of us; they are passed on only where there is no terminal.
    ConfigError if it cannot be started.
    """
    try:
        # It inherits what we mean it to: the lock of a scratch folder that must outlive us with it.
        process = subprocess.Popen(argv, cwd=folder, env=dict(environment), close_fds=False)
    except OSError as error:
        raise ConfigError(
            f"{argv[0]} cannot be started: {error.strerror}",
            at=str(folder),
            hint="see that it is installed and executable; the command follows --",
        ) from error
    with _signals_for(process):
        code = process.wait()
    return code if code >= 0 else _SIGNALLED - code


@contextlib.contextmanager
def _signals_for(process: "subprocess.Popen[bytes]") -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        # Python lets only its main thread handle signals.
        yield
        return

    def pass_on(number: int, _: FrameType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)

    def leave_to_it(number: int, frame: FrameType | None) -> None:
        if not _is_in_foreground():
            pass_on(number, frame)

    before = {number: signal.signal(number, pass_on) for number in _PASSED_ON}
    before |= {number: signal.signal(number, leave_to_it) for number in _OF_THE_TERMINAL}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_in_foreground() -> bool:
    """Whether a terminal is ours, so that what is typed on it reaches the program as well."""
    for descriptor in (0, 1, 2):
        with contextlib.suppress(OSError):
            return os.tcgetpgrp(descriptor) == os.getpgrp()
    return False
