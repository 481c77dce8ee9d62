"""A terminal for tests: a program's output as a person sees it."""

import os
import pty
import re
import select
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

_CONTROL = re.compile(r"\x1b\[(?P<number>\d*)(?P<rest>[;?\d]*)(?P<what>[A-Za-z])|(?P<plain>[\r\n])")


@dataclass
class Screen:
    """A program on a terminal of 100 columns."""

    process: "subprocess.Popen[bytes]"
    master: int
    raw: bytes = b""

    def until(self, seen: Callable[[list[str]], bool]) -> list[str]:
        """Look until it shows something: its lines."""
        end = time.monotonic() + 60
        while not seen(lines := shown(self.raw.decode("utf-8", "replace"))):
            assert time.monotonic() < end, lines
            assert self._read(), lines
        return lines

    def end(self) -> int:
        """Look until the program has ended: its exit code."""
        while self._read():
            pass
        return self.process.wait(60)

    def lines(self) -> list[str]:
        """What is on it now, with all that has gone up."""
        return shown(self.raw.decode())

    def _read(self) -> bool:
        if not select.select([self.master], [], [], 60)[0]:
            return False
        # The end of a program is an error on Linux.
        with suppress(OSError):
            piece = os.read(self.master, 65_536)
            self.raw += piece
            return bool(piece)
        return False


@contextmanager
def on_a_terminal(
    argv: list[str], folder: Path, environment: Mapping[str, str]
) -> Iterator[Screen]:
    """Start a program whose three streams are a terminal."""
    master, slave = pty.openpty()
    sized = {**environment, "COLUMNS": "100", "LINES": "30"}
    process = subprocess.Popen(
        argv, cwd=folder, env=sized, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
    )
    os.close(slave)
    try:
        yield Screen(process, master)
    finally:
        process.kill()
        process.wait(60)
        os.close(master)


@dataclass
class _Paper:
    lines: list[str] = field(default_factory=lambda: [""])
    row: int = 0
    column: int = 0

    def write(self, text: str) -> None:
        line = self.lines[self.row].ljust(self.column)
        self.lines[self.row] = line[: self.column] + text + line[self.column + len(text) :]
        self.column += len(text)

    def control(self, what: str, number: int) -> None:
        match what:
            case "\r":
                self.column = 0
            case "\n":
                self.row += 1
                if self.row == len(self.lines):
                    self.lines.append("")
            case "A":
                self.row = max(0, self.row - number)
            case "K":
                # rich clears the whole line, as 2.
                self.lines[self.row] = ""
            case "m" | "h" | "l":
                pass
            case _:
                raise AssertionError(f"a terminal of ours does not know {what!r}")


def shown(text: str) -> list[str]:
    """The lines that a terminal shows after this, without those at the end that are empty."""
    paper, at = _Paper(), 0
    for found in _CONTROL.finditer(text):
        paper.write(text[at : found.start()])
        paper.control(found["what"] or found["plain"], int(found["number"] or 1))
        at = found.end()
    # What is not yet there as a whole is shown next time.
    paper.write(text[at:].partition("\x1b")[0])
    lines = [line.rstrip() for line in paper.lines]
    while lines and not lines[-1]:
        lines.pop()
    return lines
