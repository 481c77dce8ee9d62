"""Which Pythons of this machine a proof of install tries: what uv is asked, and what it answers."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from railrel.values import dataclass
from railrel.workspace.pythons import SUPPORTED


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python of this machine."""

    version: Version
    path: Path


@dataclass(frozen=True, slots=True)
class Pythons:
    """The newest of each 3.x that is here, oldest first."""

    tried: tuple[Interpreter, ...]
    left_out: tuple[Interpreter, ...]
    """Those that the version is not for."""


def listing(uv: str) -> tuple[str, ...]:
    """The command that lists the Pythons of this machine."""
    return (
        uv, "python", "list", "--only-installed", "--no-python-downloads", "--all-versions",
        "--output-format", "json",
    )  # fmt: skip


def finding_pyenvs(environment: Mapping[str, str], home: Path) -> dict[str, str]:
    """The same with all of pyenv's versions on PATH, where uv looks.

    What stands there by itself are shims; of a version that is not activated they end with 127.
    """
    root = Path(environment.get("PYENV_ROOT") or home / ".pyenv")
    kept = sorted(
        folder / "bin"
        for folder in root.glob("versions/*")
        # An environment of pyenv-virtualenv is no Python of its own.
        if not (folder / "pyvenv.cfg").exists()
    )
    path = environment.get("PATH", os.defpath)
    return {**environment, "PATH": os.pathsep.join([path, *map(str, kept)])}


def pythons(said: str, requires: str) -> Pythons:
    """What `uv python list --output-format json` says of those that `Requires-Python` admits.

    A version that requires nothing is for every Python that still gets releases.
    """
    # Complaints about a Python that does not start stand around the one line of JSON.
    line = next((line for line in said.splitlines() if line.startswith("[{")), "[]")
    found = [one for entry in json.loads(line) if (one := _interpreter(entry))]
    admitted = _specifiers(requires or f">=3.{SUPPORTED}")
    tried = [one for one in found if admitted.contains(one.version, prereleases=True)]
    minors = {one.version.release[:2] for one in tried}
    return Pythons(
        _newest(tried), _newest(one for one in found if one.version.release[:2] not in minors)
    )


def _newest(found: Iterable[Interpreter]) -> tuple[Interpreter, ...]:
    newest: dict[tuple[int, ...], Interpreter] = {}
    for one in found:
        known = newest.get(one.version.release[:2])
        if known is None or known.version < one.version:
            newest[one.version.release[:2]] = one
    return tuple(newest[minor] for minor in sorted(newest))


def _interpreter(entry: Mapping[str, object]) -> Interpreter | None:
    path = entry.get("path")
    if not path or entry.get("implementation") != "cpython" or entry.get("variant") != "default":
        return None
    try:
        return Interpreter(Version(str(entry.get("version"))), Path(str(path)))
    except InvalidVersion:
        return None


def _specifiers(text: str) -> SpecifierSet:
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return SpecifierSet()
