"""A program that runs in our place: with our streams, our terminal, and the signals that we get."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from railrel.effects.interrupts import handled
from railrel.errors import ConfigError

# Sent by the terminal to its whole foreground group, the program among it.
_OF_THE_TERMINAL = (signal.SIGINT, signal.SIGQUIT)
_PASSED_ON = (
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGUSR1,
    signal.SIGUSR2,
    *_OF_THE_TERMINAL,
)
# What shells say of a program that a signal ended.
_SIGNALLED = 128


def run_attached(argv: tuple[str, ...], folder: Path, environment: Mapping[str, str]) -> int:
    """Run a program to its end and give its exit code; 128 and the signal's number if one ended it.

    It stays in our process group, so that job control and Ctrl-C mean it. Signals are passed on,
    those that came before it had started included; what we ignore it ignores too, as under nohup.

    Nobody can tell a SIGINT or SIGQUIT that was typed, which it got itself, from one that was sent
    to us alone. While we share the foreground of a terminal with it they count as typed, otherwise
    they are passed on: so do `uv run` and `docker`. A signal sent to the whole group without a
    terminal reaches it twice.

    Should we be killed, it runs on. Not from the main thread: Python handles no signals there.
    ConfigError if it cannot be started.
    """
    relay = _Relay()
    with handled(_PASSED_ON, relay):
        try:
            # It inherits what we mean it to: a scratch folder's lock, which must outlive us with it.
            process = subprocess.Popen(argv, cwd=folder, env=dict(environment), close_fds=False)
        except OSError as error:
            raise ConfigError(
                f"{argv[0]} cannot be started: {error.strerror}",
                at=str(folder),
                hint="see that it is installed and executable; the command follows --",
            ) from error
        relay.begin(process)
        code = process.wait()
    return code if code >= 0 else _SIGNALLED - code


class _Relay:
    """Passes signals on to a program, or keeps them until there is one."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []

    def begin(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        for number in self._early:
            process.send_signal(number)

    def __call__(self, number: int, _: FrameType | None) -> None:
        if self._process is None:
            self._early.append(number)
        elif number not in _OF_THE_TERMINAL or not _typed_for(self._process.pid):
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)


def _typed_for(pid: int) -> bool:
    """Whether what is typed on our terminal reaches this process as well as us."""
    with contextlib.suppress(OSError):
        # Not the streams: all three may lead elsewhere, and Ctrl-C still comes from the terminal.
        terminal = os.open(os.ctermid(), os.O_RDONLY | os.O_NOCTTY)
        try:
            return os.tcgetpgrp(terminal) == os.getpgrp() == os.getpgid(pid)
        finally:
            os.close(terminal)
    return False
