"""The servers as fixtures, for `pytest_plugins = ["tests.servers.fixtures"]`."""

import contextlib
from collections.abc import Callable, Iterator

import pytest

from tests.servers.builders import KINDS, Builder
from tests.servers.gitea import Gitea, running_gitea
from tests.servers.postgres import Postgres, running_postgres
from tests.servers.pypiserver import Pypiserver, running_pypiserver


@pytest.fixture(scope="session")
def gitea(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gitea]:
    """One Gitea for the run; tests use package names of their own."""
    with running_gitea(tmp_path_factory.mktemp("gitea")) as server:
        yield server


@pytest.fixture(scope="session")
def other_gitea(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Gitea]]:
    """One Gitea of another version, by its number, started once for the run."""
    started: dict[str, Gitea] = {}
    with contextlib.ExitStack() as stack:

        def of(version: str) -> Gitea:
            if version not in started:
                folder = tmp_path_factory.mktemp(f"gitea-{version}")
                started[version] = stack.enter_context(running_gitea(folder, version=version))
            return started[version]

        yield of


@pytest.fixture(scope="session")
def pypiserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pypiserver]:
    """One pypiserver for the run; tests use package names of their own."""
    with running_pypiserver(tmp_path_factory.mktemp("pypiserver")) as server:
        yield server


@pytest.fixture(scope="session", params=KINDS)
def builder(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Builder]:
    """Each image builder in turn, one of a kind for the run; tests use tags of their own.

    For one kind only: `@pytest.mark.parametrize("builder", ["docker"], indirect=True)`.
    """
    kind: str = request.param
    with KINDS[kind](tmp_path_factory.mktemp(kind)) as builder:
        yield builder


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """One PostgreSQL for the run, whose role owns one database."""
    with running_postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server
