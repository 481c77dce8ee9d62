"""A real PostgreSQL on loopback, with a password that a URL cannot hold as it is."""

import contextlib
import os
import pwd
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from tests.servers.built import Done, finish
from tests.servers.missing import need
from tests.servers.running import free_port, running

SECONDS = 60
# Only its owner, in a scratch folder, on loopback: a crash may lose what it likes.
CONFIGURATION = """\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 50
shared_buffers = 16MB
fsync = off
full_page_writes = off
synchronous_commit = off
"""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server with a database that its role owns."""

    port: int
    role: str
    password: str
    database: str
    admin_password: str
    """Of `postgres`, who may do everything."""
    programs: Path
    """Where `psql` is, and its like."""
    pid: int
    host: str = "127.0.0.1"

    @property
    def dsn(self) -> str:
        password = quote(self.password, safe="")
        return f"postgresql://{self.role}:{password}@{self.host}:{self.port}/{self.database}"

    def ask(self, dsn: str, statement: str, *, check: bool = True) -> Done:
        """What psql answers to a statement, logged in with any DSN."""
        argv = [str(self.programs / "psql"), "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        environment = {"PATH": os.environ["PATH"], "HOME": "/nowhere", "PGCONNECT_TIMEOUT": "10"}
        return finish([*argv, "-c", statement, dsn], environment, seconds=SECONDS, check=check)

    def ask_as_admin(self, statement: str, database: str = "postgres") -> Done:
        password = quote(self.admin_password, safe="")
        dsn = f"postgresql://postgres:{password}@{self.host}:{self.port}/{database}"
        return self.ask(dsn, statement)


@contextlib.contextmanager
def running_postgres(folder: Path) -> Iterator[Postgres]:
    """Start one in a scratch folder, with a role `app`, who owns the database `app`."""
    programs, port = need("postgres").parent, free_port()
    data, password = folder / "data", folder / "password"
    server = Postgres(
        port,
        role="app",
        password="marked/p@ss+word:of%postgres",
        database="app",
        admin_password="marked-password-of-the-admin",
        programs=programs,
        pid=0,
    )
    data.mkdir(mode=0o700)
    password.write_text(server.admin_password)
    user = _other_user([data, password])
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C"}
    init = [
        str(programs / "initdb"), "--pgdata", str(data), "--username", "postgres",
        "--pwfile", str(password), "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-sync",
    ]  # fmt: skip
    finish([*user, *init], environment, seconds=SECONDS)
    with (data / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write(CONFIGURATION)
    argv = [*user, str(programs / "postgres"), "-D", str(data), "-p", str(port)]
    ready = [str(programs / "pg_isready"), "-q", "-h", server.host, "-p", str(port)]

    def is_up() -> bool:
        return finish(ready, environment, seconds=SECONDS, check=False).code == 0

    try:
        with running(argv, folder, environment, is_up) as pid:
            _make_database(server)
            yield replace(server, pid=pid)
    finally:
        shutil.rmtree(data)


def _other_user(owned: list[Path]) -> list[str]:
    """What starts a program as somebody else: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    nobody = pwd.getpwnam("nobody")
    for path in owned:
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    # Scratch folders are root's alone; it may go through them to its own.
    through = ["--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search"]
    user = ["--reuid", str(nobody.pw_uid), "--regid", str(nobody.pw_gid), "--clear-groups"]
    # Another user's process forgets that it was to end with the test run.
    return ["setpriv", *user, *through, "--pdeathsig", "KILL"]


def _make_database(server: Postgres) -> None:
    quoted = server.password.replace("'", "''")
    server.ask_as_admin(f"CREATE ROLE {server.role} LOGIN PASSWORD '{quoted}'")
    server.ask_as_admin(f"CREATE DATABASE {server.database} OWNER {server.role}")
