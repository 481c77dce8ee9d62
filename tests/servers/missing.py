"""What to do in a test whose real server or client is not on this machine."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import pytest

from tests.servers.apart import can_be_apart
from tests.servers.go_programs import ACT, BUILDKIT, COMPOSE, GITEA, OTHER_GITEAS, GoProgram
from tests.servers.helm import HELMS
from tests.servers.install import (
    APART,
    TOOLS,
    built_folder,
    helm_folder,
    image_folder,
    is_tool_ready,
    tool_command,
)

BUILT = {
    "act": (ACT, "act"),
    "buildkit": (BUILDKIT, "buildkitd"),
    # Docker's plugin: Go calls it as the folder that it is built from.
    "compose": (COMPOSE, "cmd"),
}


def need(server: str) -> Path:
    """The program that a test needs: `gitea`, `pypiserver` (its Python), an image builder or a tool.

    `act` is the engine that runs Gitea's jobs, `compose` the plugin of Docker's command. The builders are
    `docker` and `buildkit`, whose daemons these are, and `buildah`; `postgres` is PostgreSQL's server. The lock tools are `poetry`, `pdm`,
    `pipenv` and `pip-tools`, whose command is `pip-compile`; those that look at built files are
    `check-wheel-contents` and `pydistcheck`; `helm-3` and `helm-4` have a `kubectl` beside them. `nginx`
    is the system's own; `moto` is a server of S3.

    A test whose program is missing is skipped, in one line that says what installs it; on CI,
    where nobody reads skips, it fails.
    """
    match server:
        case "gitea":
            return gitea_binary()[0]
        case "pypiserver":
            if importlib.util.find_spec("pypiserver") is None:
                _missing("pypiserver", "pip install --group test")
            return Path(sys.executable)
        case "docker":
            docker_client()
            return _builder("Docker", "dockerd", "docker.io busybox-static")
        case "buildah":
            return _builder("buildah", "buildah", "buildah busybox-static")
        case "act" | "buildkit" | "compose":
            program, file = BUILT[server]
            return _built(program) / file
        case "postgres":
            return _postgres()
        case "nginx":
            return _system("nginx", "nginx", "--no-install-recommends nginx-light")
        case _ if server in (*HELMS, *TOOLS, *APART):
            return _helm(server) if server in HELMS else tool_of(server)
        case _:
            raise ValueError(f"no test has a server called {server}")


def gitea_binary(version: str = "") -> tuple[Path, Path | None]:
    """Gitea, and the folder of its run-time files when they are not within it. Else skip.

    One of `OTHER_GITEAS`, where a version is named.
    """
    own = os.environ.get("RAILREL_TEST_GITEA")
    if own and not version:
        return _own_gitea(own)
    folder = _built(OTHER_GITEAS[version] if version else GITEA)
    return folder / "gitea", folder


def _built(program: GoProgram) -> Path:
    folder = built_folder(program)
    if not folder.exists():
        line = f"make servers (or: python -m tests.servers.install {program.name})"
        _missing(program.title, line)
    return folder


def _postgres() -> Path:
    """The newest server that Debian's packages put beside each other, or the one on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    other = shutil.which("postgres")
    if not found and other is None:
        _missing("PostgreSQL", "apt-get install --no-install-recommends postgresql")
    return found[-1] if found else Path(str(other))


def _helm(helm: str) -> Path:
    folder = helm_folder(helm)
    if not folder.exists():
        _missing(helm, f"make servers (or: python -m tests.servers.install {helm})")
    return folder / "helm"


def docker_client() -> Path:
    """Docker's command, of the system's own packages first: others may lack BuildKit. Else skip."""
    return _system("Docker", "docker", "docker.io busybox-static")


def poetry() -> Path:
    """Poetry's command. Else skip."""
    return tool_of("poetry")


def tool_of(tool: str) -> Path:
    """A lock tool's command. Else skip."""
    if not is_tool_ready(tool):
        _missing(tool.capitalize(), f"make servers (or: python -m tests.servers.install {tool})")
    return tool_command(tool)


def _builder(title: str, program: str, packages: str) -> Path:
    found = _system(title, program, packages)
    if not can_be_apart():
        _skip(f"{title} needs root, and the right to mount: sudo -E make test")
    if not image_folder().exists():
        _missing("the base image", "make servers (or: python -m tests.servers.install base-image)")
    return found


def system_programs(title: str, programs: Sequence[str], packages: str) -> list[Path]:
    """Where programs of the system's own packages are. Else skip."""
    return [_system(title, program, packages) for program in programs]


def _system(title: str, program: str, packages: str) -> Path:
    places = os.pathsep.join(["/usr/bin", "/usr/sbin", os.environ.get("PATH", "")])
    found = shutil.which(program, path=places)
    if found is None:
        _missing(title, f"sudo apt-get install {packages}")
    return Path(found)


def _own_gitea(path: str) -> tuple[Path, Path | None]:
    if not os.access(path, os.X_OK):
        # Whoever named one wants it used: a skip would hide the slip.
        pytest.fail(f"RAILREL_TEST_GITEA names {path}, which is no program", pytrace=False)
    static = os.environ.get("RAILREL_TEST_GITEA_STATIC")
    return Path(path).absolute(), Path(static).absolute() if static else None


def _missing(title: str, command: str) -> NoReturn:
    _skip(f"{title} is not here: {command}")


def _skip(line: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(line, pytrace=False)
    pytest.skip(line)
