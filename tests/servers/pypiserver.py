"""A real pypiserver on loopback: the plain server with the legacy upload API."""

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.servers.missing import need
from tests.servers.running import answers, free_port, running


@dataclass(frozen=True, slots=True)
class Pypiserver:
    """A running server. Everybody may read; its user may upload."""

    url: str
    username: str
    password: str
    packages: Path
    """Where uploaded files are."""
    pid: int


@contextlib.contextmanager
def running_pypiserver(folder: Path) -> Iterator[Pypiserver]:
    """Start one in a scratch folder, for one user who may upload."""
    need("pypiserver")
    port = free_port()
    username, password = "publisher", "marked-password-of-pypiserver"
    packages = folder / "packages"
    packages.mkdir(parents=True)
    passwords = _write_passwords(folder, username, password)
    argv = [
        sys.executable, "-m", "pypiserver", "run",
        "-i", "127.0.0.1", "-p", str(port), "--disable-fallback",
        "-P", str(passwords), "-a", "update", str(packages),
    ]  # fmt: skip
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"]}
    with running(argv, folder, environment, lambda: answers(port)) as pid:
        yield Pypiserver(f"http://127.0.0.1:{port}", username, password, packages, pid)


def _write_passwords(folder: Path, username: str, password: str) -> Path:
    # The server reads this with passlib. To write it bcrypt will do, and importing passlib warns
    # of a module that newer Pythons no longer have, which our tests take for a failure.
    import bcrypt

    path = folder / "htpasswd"
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()
    path.write_text(f"{username}:{hashed}\n", encoding="utf-8")
    return path
