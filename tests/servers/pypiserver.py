"""A real pypiserver on loopback: the plain server with the legacy upload API."""

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.servers.running import answers, free_port, running


@dataclass(frozen=True, slots=True)
class Pypiserver:
    """A running server."""

    url: str
    username: str
    password: str
    packages: Path


@contextlib.contextmanager
def running_pypiserver(folder: Path) -> Iterator[Pypiserver]:
    """Start one in a scratch folder, for one user who may upload."""
    import bcrypt

    port = free_port()
    username, password = "publisher", "marked-password-of-pypiserver"
    packages = folder / "packages"
    packages.mkdir(parents=True)
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()
    (folder / "htpasswd").write_text(f"{username}:{hashed}\n", encoding="utf-8")
    argv = [
        sys.executable, "-m", "pypiserver", "run",
        "-i", "127.0.0.1", "-p", str(port), "--disable-fallback",
        "-P", str(folder / "htpasswd"), "-a", "update", str(packages),
    ]  # fmt: skip
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"]}
    with running(argv, folder, environment, lambda: answers(port)):
        yield Pypiserver(f"http://127.0.0.1:{port}", username, password, packages)
