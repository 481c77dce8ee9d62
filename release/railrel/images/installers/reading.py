"""What a lock says, in values that can be relied upon."""

import re
from collections.abc import Iterable

from packaging.utils import NormalizedName, canonicalize_name

from railrel.dependencies.requirements import Written
from railrel.documents import Document, Table
from railrel.errors import ConfigError
from railrel.images.installers.protocol import Need

# PEP 508, "Names": what gets into a line of a shell holds nothing that a shell understands.
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


def packages(lock: Document) -> list[Table]:
    """The `[[package]]` tables of a lock."""
    return tables(lock.values.get("package"))


def tables(value: object) -> list[Table]:
    """The tables of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def table(value: object) -> Table:
    """A table; an empty one where there is none."""
    return value if isinstance(value, dict) else {}


def strings(value: object) -> tuple[str, ...]:
    """The texts of a list."""
    return tuple(i for i in value if isinstance(i, str)) if isinstance(value, list) else ()


def name_of(lock: Document, value: object) -> NormalizedName:
    """A package's name. ConfigError for what is none."""
    if isinstance(value, str) and _NAME.fullmatch(value):
        return canonicalize_name(value)
    raise ConfigError(
        f"{lock.path.name} cannot be read: {value!r} is no name of a package",
        at=str(lock.path),
        hint="make the lock again with its own tool",
        rule="unreadable-lock",
    )


def version_of(package: Table) -> str:
    """Which version of it is locked."""
    return str(package.get("version", ""))


def extras_of(names: Iterable[str]) -> frozenset[str]:
    """Names of extras, comparable."""
    return frozenset(canonicalize_name(name) for name in names)


def need_of(text: str) -> Need | None:
    """What a requirement (PEP 508) asks for; None where it names nothing."""
    written = Written(text)
    if written.name is None:
        return None
    return Need(written.name, extras_of(written.parsed.extras if written.parsed else ()))
