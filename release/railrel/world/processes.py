"""Programs that are started, and talked to."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from railrel.values import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A process to start: an argument list, never a shell line."""

    argv: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    """The whole environment of the child, not an addition to ours."""
    seconds: float = 600.0


@dataclass(frozen=True, slots=True)
class Completed:
    """How a process ended."""

    code: int
    output: str
    """Standard output and standard error together, in the order they came."""


class Running(Protocol):
    """A program that runs beside us."""

    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        ...

    def output(self) -> str:
        """What it has said so far, on both streams."""
        ...


class Conversation(Protocol):
    """A program that does one thing after another for us."""

    def ask(self, question: str, go_on: Callable[[], None]) -> str | None:
        """Send it one line and give the line that it answers with; None when it has ended.

        `go_on` is called again and again meanwhile; what it raises is raised here.
        UnreachableError when the answer takes longer than the command may.
        """
        ...

    def output(self) -> str:
        """What it has said so far beside its answers."""
        ...


class Processes(Protocol):
    """Starts programs."""

    def attached(self, command: Command) -> int:
        """Run with our own streams, terminal and signals, without a limit of time.

        Gives the exit code, 128 and the number where a signal ended it. ConfigError if it is not
        there.
        """
        ...

    def find(self, program: str, environment: Mapping[str, str]) -> Path | None:
        """Where a program is that is called by its name; None where there is none."""
        ...

    def run(self, command: Command) -> Completed:
        """Run to the end. UnreachableError after `command.seconds`, ConfigError if it is not there."""
        ...

    def conversing(self, command: Command, mark: str) -> AbstractContextManager[Conversation]:
        """Run while the context lasts, by standard input and output; then it is let end.

        A line that begins with `mark` is an answer, without it. `command.seconds` is for each one.
        ConfigError if it is not there.
        """
        ...

    def beside(self, command: Command) -> AbstractContextManager[Running]:
        """Run while the context lasts, without a limit of time; then it is ended with its children.

        Whoever ends us by a signal lets us clean up first. ConfigError if it is not there.
        """
        ...

    def stop(self) -> None:
        """End what runs for other threads, with its children, and start nothing any more.

        Those threads, and whoever asks for a program afterwards, get a KeyboardInterrupt.
        """
        ...
