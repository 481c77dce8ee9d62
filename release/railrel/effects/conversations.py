"""A program that answers line by line."""

import contextlib
import os
import select
import subprocess
import time
from collections.abc import Callable
from typing import IO

from railrel.errors import UnreachableError
from railrel.world import Command

# How often somebody who waits with us looks whether there is still a reason to.
_LOOK_SECONDS = 0.05
# A program that was told that there is nothing more to do.
_ENDING_SECONDS = 10.0
_PIECE = 65_536


class Conversation:
    """What `world.Conversation` asks, over a process with pipes at both ends."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", output: IO[bytes], command: Command, mark: str
    ) -> None:
        if process.stdin is None or process.stdout is None:
            raise ValueError(process)
        self._process, self._output, self._command = process, output, command
        self._questions, self._answers = process.stdin.fileno(), process.stdout.fileno()
        self._mark, self._heard = mark.encode(), b""

    def ask(self, question: str, go_on: Callable[[], None]) -> str | None:
        try:
            os.write(self._questions, question.encode() + b"\n")
        except BrokenPipeError:
            return None
        end = time.monotonic() + self._command.seconds
        poll = select.poll()
        poll.register(self._answers, select.POLLIN)
        while (answer := self._next()) is None:
            left = end - time.monotonic()
            if left <= 0:
                raise UnreachableError(
                    f"{self._command.argv[0]} did not end within {self._command.seconds:.0f} seconds",
                    at=str(self._command.folder),
                )
            go_on()
            if poll.poll(min(left, _LOOK_SECONDS) * 1000):
                piece = os.read(self._answers, _PIECE)
                if not piece:
                    return None
                self._heard += piece
            elif self._process.poll() is not None and not poll.poll(0):
                # Not even now, and what it has left running may hold the pipe for ever.
                return None
        return answer

    def output(self) -> str:
        # By its position: the program writes where the file's own one is.
        descriptor = self._output.fileno()
        said = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
        return said.decode("utf-8", "replace")

    def close(self) -> None:
        """Let it end by itself, as far as it does."""
        if self._process.stdin:
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_ENDING_SECONDS)

    def _next(self) -> str | None:
        while b"\n" in self._heard:
            line, _, self._heard = self._heard.partition(b"\n")
            if line.startswith(self._mark):
                return line.removeprefix(self._mark).decode("utf-8", "replace")
        return None
