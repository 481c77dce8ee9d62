"""The servers as fixtures, for `pytest_plugins = ["tests.servers.fixtures"]`."""

from collections.abc import Iterator

import pytest

from tests.servers.gitea import Gitea, running_gitea
from tests.servers.pypiserver import Pypiserver, running_pypiserver


@pytest.fixture(scope="session")
def gitea(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gitea]:
    """One Gitea for the run; tests use package names of their own."""
    with running_gitea(tmp_path_factory.mktemp("gitea")) as server:
        yield server


@pytest.fixture(scope="session")
def pypiserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pypiserver]:
    """One pypiserver for the run; tests use package names of their own."""
    with running_pypiserver(tmp_path_factory.mktemp("pypiserver")) as server:
        yield server
