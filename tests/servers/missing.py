"""What to do in a test whose real server or client is not on this machine."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

from tests.servers.install import gitea_folder, poetry_folder


def gitea_binary() -> tuple[Path, Path | None]:
    """Gitea, and the folder of its run-time files when they are not within it. Else skip."""
    own = os.environ.get("RAILREL_TEST_GITEA")
    if own:
        static = os.environ.get("RAILREL_TEST_GITEA_STATIC")
        return Path(own), Path(static) if static else None
    folder = gitea_folder()
    if not folder.exists():
        _missing("Gitea", "gitea")
    return folder / "gitea", folder


def poetry() -> Path:
    """Poetry's command. Else skip."""
    if not (poetry_folder() / "ready").exists():
        _missing("Poetry", "poetry")
    return poetry_folder() / "bin" / "poetry"


def _missing(title: str, name: str) -> NoReturn:
    line = f"{title} is not here: python -m tests.servers.install {name} (or: make servers)"
    if os.environ.get("CI") == "true":
        pytest.fail(line)
    pytest.skip(line)
