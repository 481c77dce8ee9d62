"""Gitea on PostgreSQL, where what happens at the same moment shows."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from tests.servers.gitea import Gitea, running_gitea
from tests.servers.postgres import Postgres


@contextlib.contextmanager
def running_gitea_on_postgres(
    folder: Path, postgres: Postgres, version: str = ""
) -> Iterator[Gitea]:
    """Start one in a scratch folder, whose tables are in the database of that server."""
    database = {
        "DB_TYPE": "postgres",
        "HOST": f"{postgres.host}:{postgres.port}",
        "NAME": postgres.database,
        "USER": postgres.role,
        # In backticks nothing in it means anything.
        "PASSWD": f"`{postgres.password}`",
        "SSL_MODE": "disable",
    }
    with running_gitea(folder, {"database": database}, version) as server:
        yield server
