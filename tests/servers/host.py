"""A Docker daemon with networks of its own: ports that it publishes are only there."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.servers.docker import Docker, running_docker


@dataclass(frozen=True, slots=True)
class Host:
    """A machine of its own to run containers on, as far as networks and containers go."""

    docker: Docker

    def inside(self, *argv: str) -> list[str]:
        """The command that runs on it: its localhost is the one on which ports are published."""
        return ["nsenter", "--net", "--target", str(self.docker.pid), *argv]


@contextlib.contextmanager
def running_host(folder: Path) -> Iterator[Host]:
    """Start a daemon in a scratch folder."""
    with running_docker(folder, networks=True) as docker:
        yield Host(docker)
