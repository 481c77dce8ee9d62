"""What railrel asks of the machine beside reading files.

A `World` is made once, in `cli`, from the real thing in `effects`, and handed down. Tests hand in
another. Nothing here does anything: these are the shapes of questions and answers.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from railrel.values import dataclass
from railrel.world.credentials import Credential, Secret
from railrel.world.files import PARTIAL_MARK, FileChange, FileRemoval, Files
from railrel.world.git import Git, GitState
from railrel.world.http import CA_VARIABLES, Http, Request, Response, Told, Upload, Zeros
from railrel.world.processes import Command, Completed, Conversation, Processes, Running

__all__ = [
    "CA_VARIABLES",
    "PARTIAL_MARK",
    "Clock",
    "Command",
    "Completed",
    "Conversation",
    "Credential",
    "FileChange",
    "FileRemoval",
    "Files",
    "Git",
    "GitState",
    "Http",
    "Keyring",
    "Processes",
    "Request",
    "Response",
    "Running",
    "Secret",
    "Told",
    "Upload",
    "World",
    "Zeros",
]


class Clock(Protocol):
    """Time."""

    def now(self) -> float:
        """Seconds since 1970."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment, for durations."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class Keyring(Protocol):
    """The system's credential store."""

    def credential(self, service: str) -> tuple[str, str] | None:
        """User name and password kept for a service; None where there is no store or no entry."""
        ...


@dataclass(frozen=True, slots=True)
class World:
    """Everything that may be asked of the machine."""

    environment: Mapping[str, str]
    folder: Path
    """Where the command was started."""
    processes: Processes
    http: Http
    git: Git
    files: Files
    clock: Clock
    keyring: Keyring

    @property
    def home(self) -> Path:
        """The user's home folder."""
        home = Path(self.environment.get("HOME") or "/")
        return home if home.is_absolute() else Path("/")

    @property
    def cache(self) -> Path:
        """Where railrel keeps what it can make again (XDG Base Directory)."""
        # The specification says of a relative path there: ignore it.
        base = Path(self.environment.get("XDG_CACHE_HOME") or "")
        return (base if base.is_absolute() else self.home / ".cache") / "railrel"

    def first_set(self, *names: str) -> Iterator[tuple[str, str]]:
        """Of these environment variables give those that are set to something."""
        return ((n, self.environment[n]) for n in names if self.environment.get(n, "").strip())
