"""`Pipfile.lock`. https://pipenv.pypa.io/en/stable/commands.html#upgrade"""

import re
from collections.abc import Iterator

from railrel.dependencies.locks.protocol import (
    Ask,
    Local,
    Refresh,
    as_made,
    leads_out,
    told_by_table,
)
from railrel.errors import Problem
from railrel.sources import Source, Span

ID = "pipfile-lock"
TITLE = "`Pipfile.lock`: `pipenv upgrade --lock-only NAME`"
HOLDS_ON = True

_PATH = re.compile(r'"(?:path|file)": "(?P<written>[^"]*)"')
_NAMED = re.compile(r'"(?P<name>[A-Za-z0-9._-]+)": \{[^{}]*"(?:path|file)": "(?P<written>[^"]*)"')


def claims(lock: Source) -> bool:
    """By its name."""
    return lock.path.name == "Pipfile.lock"


def locker(lock: Source) -> str:
    """Its tables are those of the Pipfile."""
    del lock
    return ""


def inputs(lock: Source) -> tuple[str, ...]:
    """The Pipfile."""
    del lock
    return ("Pipfile",)


def local(lock: Source) -> Iterator[Local]:
    """Packages that come from a folder or file."""
    for found in _PATH.finditer(lock.octets):
        if leads_out(found["written"]) or found["written"].startswith("."):
            span = Span(*found.span("written"))
            yield Local(span, lock.raw(span))


def refresh(lock: Source, ask: Ask) -> Refresh | Problem:
    """`pipenv lock` would upgrade everything, and without `--lock-only` it rewrites the Pipfile."""
    names = {*ask.names, *(found["name"] for found in _NAMED.finditer(lock.octets))}
    if not names:
        return Problem(f"{lock.path.name} is stale", str(lock.path), "pipenv lock", "stale-lock")
    return Refresh(
        "pipenv",
        ("upgrade", "--lock-only", *sorted(names)),
        "pipx install pipenv",
        {"PIPENV_NOSPIN": "1", "PIPENV_IGNORE_VIRTUALENVS": "1", "PIPENV_YES": "1"},
    )


settled = as_made
unreached = told_by_table
