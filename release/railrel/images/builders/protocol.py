"""What an image builder is asked for. Builders are pure: they say what to run, and run nothing."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, TypeAlias

from railrel.values import dataclass

Argv: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Build:
    """An image to build."""

    context: Path
    tag: str
    secrets: tuple[tuple[str, Path], ...] = ()
    """Each with its id and its file."""
    options: Argv = ()
    """More for the build command, as the user set them."""
    labels: tuple[tuple[str, str], ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()
    """Values for ARGs of the Dockerfile."""


@dataclass(frozen=True, slots=True)
class Push:
    """An image to send to its registry."""

    name: str
    """The full name, which the builder's own store has for it as well."""
    login: Path
    """A folder whose config.json says who we are, as Docker has it."""
    plain: bool = False
    """Whether the registry speaks http on loopback."""
    certificates: Path | None = None
    """A folder with the CA of the registry."""


@dataclass(frozen=True, slots=True)
class Run:
    """A container to start, with no network but its own loopback."""

    tag: str
    name: str
    argv: Argv
    """What the image starts by itself."""
    scratch: Path
    """A folder of our own, for what the builder needs to keep."""
    variables: tuple[str, ...] = ()
    """As the user gave them: `NAME=VALUE`, or `NAME` for what our environment says."""
    variables_file: Path | None = None
    """The same as JSON, for builders that take no value from the environment."""
    port: str = ""
    """Where it serves; empty if it does not."""
    path: str = "/"
    seconds: int = 60
    """How long it may take to start."""
    root: bool = True
    """Whether we are the machine's root."""


class Builder(Protocol):
    """A program that builds images. Each is a module of this folder, listed in its table."""

    @property
    def ID(self) -> str:  # noqa: N802 -- a constant of each module
        """Its name for `--builder`, and the program's."""
        ...

    @property
    def TITLE(self) -> str:  # noqa: N802
        """What it is, for the reference."""
        ...

    @property
    def VARIABLES(self) -> Mapping[str, str]:  # noqa: N802
        """What its environment needs beside the user's own."""
        ...

    def check(self) -> Argv:
        """What succeeds where the builder can be used."""
        ...

    def build(self, build: Build) -> Argv:
        """What builds an image."""
        ...

    def save(self, tag: str, archive: Path) -> Argv:
        """What writes an image into a file such as `docker save` makes."""
        ...

    def before(self, run: Run) -> tuple[Argv, ...]:
        """What makes a container that is not started yet."""
        ...

    def start(self, run: Run) -> Argv:
        """What runs in the foreground as long as the container, with its output and exit code."""
        ...

    def ask(self, run: Run) -> Argv:
        """What prints, line by line, the HTTP status that the container answered; the last counts."""
        ...

    def remove(self, name: str) -> Argv:
        """What ends a container and removes it."""
        ...

    def rename(self, tag: str, name: str) -> Argv:
        """What gives an image a further name."""
        ...

    def has(self, name: str) -> Argv:
        """What succeeds where an image of this name is here."""
        ...

    def push(self, push: Push) -> Argv:
        """What sends an image to its registry."""
        ...

    def remove_image(self, tag: str) -> Argv:
        """What takes a name from an image, and removes it if that was its last."""
        ...
