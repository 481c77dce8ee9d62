"""What the tests ask of an image builder, and the real ones that are asked."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from tests.servers.buildah import running_buildah
from tests.servers.buildkit import running_buildkit
from tests.servers.built import Done, Image
from tests.servers.docker import running_docker


class Container(Protocol):
    """A container that runs in the background."""

    def is_running(self) -> bool: ...

    def logs(self) -> str: ...

    def stop(self, seconds: int = 10) -> int:
        """Ask it to end, kill it if it does not, give its exit code."""


class Builder(Protocol):
    """Builds images and runs them. It never asks a registry for an image that is not here."""

    @property
    def kind(self) -> str:
        """Its name in the table below."""

    @property
    def environment(self) -> Mapping[str, str]:
        """With it, a command that starts the builder's own program reaches this one."""

    def provide(self, *references: str) -> None:
        """Let names such as `python:3.12-slim` and `ghcr.io/astral-sh/uv:0.9` mean ours."""

    def build(
        self,
        context: Path,
        tag: str,
        *,
        file: Path | None = None,
        target: str | None = None,
        secrets: Mapping[str, Path] | None = None,
        arguments: Mapping[str, str] | None = None,
        more: Sequence[str] = (),
        check: bool = True,
    ) -> Done:
        """Build an image. A failure's output is told unless nobody checks."""

    def run(
        self,
        tag: str,
        argv: Sequence[str] = (),
        *,
        network: str = "none",
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        entrypoint: str | None = None,
        seconds: float = 600,
        check: bool = True,
    ) -> Done:
        """Run a container to its end."""

    def start(
        self,
        tag: str,
        argv: Sequence[str] = (),
        *,
        network: str = "host",
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        entrypoint: str | None = None,
    ) -> AbstractContextManager[Container]:
        """Run a container in the background; it is gone at the end."""

    def image(self, tag: str) -> Image:
        """What is in an image: its configuration, its history and the files of its layers."""


# Each is started in a scratch folder.
KINDS: Mapping[str, Callable[[Path], AbstractContextManager[Builder]]] = {
    "buildah": running_buildah,
    "buildkit": running_buildkit,
    "docker": running_docker,
}
# Those whose own command builds and runs, as people have them.
COMMANDS = ("buildah", "docker")
