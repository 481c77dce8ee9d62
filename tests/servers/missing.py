"""What to do in a test whose real server or client is not on this machine."""

import importlib.util
import os
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from tests.servers.install import TOOLS, gitea_folder, is_tool_ready, tool_command


def need(server: str) -> Path:
    """The program that a test needs: `gitea`, `pypiserver` (its Python) or a lock tool's command.

    The lock tools are `poetry`, `pdm`, `pipenv` and `pip-tools`, whose command is `pip-compile`.

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
        case _ if server in TOOLS:
            return tool_of(server)
        case _:
            raise ValueError(f"no test has a server called {server}")


def gitea_binary() -> tuple[Path, Path | None]:
    """Gitea, and the folder of its run-time files when they are not within it. Else skip."""
    own = os.environ.get("RAILREL_TEST_GITEA")
    if own:
        return _own_gitea(own)
    folder = gitea_folder()
    if not folder.exists():
        _missing("Gitea", "make servers (or: python -m tests.servers.install gitea)")
    return folder / "gitea", folder


def poetry() -> Path:
    """Poetry's command. Else skip."""
    return tool_of("poetry")


def tool_of(tool: str) -> Path:
    """A lock tool's command. Else skip."""
    if not is_tool_ready(tool):
        _missing(tool.capitalize(), f"make servers (or: python -m tests.servers.install {tool})")
    return tool_command(tool)


def _own_gitea(path: str) -> tuple[Path, Path | None]:
    if not os.access(path, os.X_OK):
        # Whoever named one wants it used: a skip would hide the slip.
        pytest.fail(f"RAILREL_TEST_GITEA names {path}, which is no program", pytrace=False)
    static = os.environ.get("RAILREL_TEST_GITEA_STATIC")
    return Path(path).absolute(), Path(static).absolute() if static else None


def _missing(title: str, command: str) -> NoReturn:
    line = f"{title} is not here: {command}"
    if os.environ.get("CI") == "true":
        pytest.fail(line, pytrace=False)
    pytest.skip(line)
