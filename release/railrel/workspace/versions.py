"""Which version a project has, read without running any of its code.

A version that the backend works out is found where the common backends are told to look: a module's
`__version__`, a plain file, or the tag (then only git can say).
"""

import ast
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from packaging.version import Version

from railrel.documents import Document, KeyPath
from railrel.errors import Problem

_ASSIGNED = re.compile(
    r"^(?:__version__|VERSION)(?:\s*:\s*str)?\s*=\s*(['\"])v?(?P<version>.+?)\1", re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class FixedVersion:
    """Written in a file."""

    version: Version


@dataclass(frozen=True, slots=True)
class TagVersion:
    """Whatever tag the commit carries."""


ProjectVersion: TypeAlias = FixedVersion | TagVersion | Problem


def project_version(document: Document) -> ProjectVersion:
    """The version, or that tags decide it, or why there is none."""
    for path in (("project", "version"), ("tool", "poetry", "version")):
        value = document.table(*path[:-1]).get(path[-1])
        if value is not None and not _from_git(document):
            return _parsed(document, path, value)
    if _from_git(document):
        return TagVersion()
    for look in (_hatch, _setuptools, _pdm, _flit):
        found = look(document)
        if found is not None:
            return found
    return Problem(
        f"{_name(document)} has no version",
        at=document.at(("project", "name")),
        hint='add version = "0.1.0" below [project]',
        rule="no-version",
    )


def _parsed(document: Document, path: KeyPath, value: object) -> FixedVersion | Problem:
    try:
        return FixedVersion(Version(str(value)))
    except ValueError:  # InvalidVersion is one; so is a number of five thousand digits
        return Problem(
            f"{_name(document)} has the version {value!r}, which is not a PEP 440 version",
            at=document.at(path),
            hint="write it like 1.2.3 or 1.2.3rc1",
            rule="invalid-version",
        )


def _from_git(document: Document) -> bool:
    tool = document.table("tool")
    pdm = document.table("tool", "pdm", "version")
    return (
        document.table("tool", "hatch", "version").get("source") == "vcs"
        or "setuptools_scm" in tool
        or pdm.get("source") == "scm"
        or document.table("tool", "poetry-dynamic-versioning").get("enable") is True
    )


def _hatch(document: Document) -> ProjectVersion | None:
    table = document.table("tool", "hatch", "version")
    path = table.get("path")
    if not isinstance(path, str) or table.get("source") not in (None, "regex"):
        return None
    pattern = table.get("pattern")
    at: KeyPath = ("tool", "hatch", "version", "path")
    return _in_file(document, at, path, str(pattern) if isinstance(pattern, str) else None)


def _setuptools(document: Document) -> ProjectVersion | None:
    at: KeyPath = ("tool", "setuptools", "dynamic", "version")
    table = document.table("tool", "setuptools", "dynamic", "version")
    match table:
        case {"file": str(name)} | {"file": [str(name)]}:
            return _in_file(document, at, name, r"(?s)\A\s*(?P<version>\S+)\s*\Z")
        case {"attr": str(attribute)}:
            module = attribute.rpartition(".")[0].replace(".", "/")
            return _in_module(document, at, module, attribute.rpartition(".")[2])
        case _:
            return None


def _pdm(document: Document) -> ProjectVersion | None:
    table = document.table("tool", "pdm", "version")
    path = table.get("path")
    if table.get("source") != "file" or not isinstance(path, str):
        return None
    return _in_file(document, ("tool", "pdm", "version", "path"), path, None)


def _flit(document: Document) -> ProjectVersion | None:
    backend = str(document.table("build-system").get("build-backend", ""))
    if not backend.startswith("flit"):
        return None
    module = document.table("tool", "flit", "module").get("name") or _name(document)
    return _in_module(document, ("project", "name"), str(module).replace("-", "_"), "__version__")


def _in_module(document: Document, at: KeyPath, module: str, name: str) -> ProjectVersion:
    folder = document.path.parent
    tried = [f"{base}{module}{end}" for base in ("", "src/") for end in ("/__init__.py", ".py")]
    for candidate in tried:
        if (folder / candidate).is_file():
            return _read(document, at, folder / candidate, lambda text: _assigned(text, name))
    return Problem(
        f"{_name(document)} takes its version from {module}, which is not there",
        at=document.at(at),
        hint="looked at " + ", ".join(tried),
        rule="no-version",
    )


def _in_file(document: Document, at: KeyPath, name: str, pattern: str | None) -> ProjectVersion:
    try:
        expression = re.compile(pattern, re.MULTILINE) if pattern else _ASSIGNED
    except re.error as error:
        return Problem(f"{pattern!r} is not a regular expression: {error}", at=document.at(at))

    def find(text: str) -> str | None:
        found = expression.search(text)
        return found["version"] if found and "version" in found.re.groupindex else None

    return _read(document, at, document.path.parent / name, find)


def _read(
    document: Document, at: KeyPath, path: Path, find: Callable[[str], str | None]
) -> ProjectVersion:
    try:
        value = find(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        value = None
    if value is None:
        return Problem(
            f"{_name(document)} takes its version from {path.name}, where none is found",
            at=document.at(at),
            hint=f"""write __version__ = "0.1.0" in {path}, or version = "0.1.0" below [project]""",
            rule="no-version",
        )
    return _parsed(document, at, value)


def _assigned(text: str, name: str) -> str | None:
    """The string that a module assigns to a name at its top level."""
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return None
    for statement in body:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        targets = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
        value = getattr(statement, "value", None)
        if any(isinstance(t, ast.Name) and t.id == name for t in targets) and isinstance(
            value, ast.Constant
        ):
            return str(value.value)
    return None


def _name(document: Document) -> str:
    name = document.table("project").get("name") or document.table("tool", "poetry").get("name")
    return str(name or document.path.parent.name)


def scm_variables(version: Version | str) -> dict[str, str]:
    """What tells backends the version that they would else ask git for."""
    return {
        "SETUPTOOLS_SCM_PRETEND_VERSION": str(version),  # setuptools-scm, hatch-vcs
        "PDM_BUILD_SCM_VERSION": str(version),
        "POETRY_DYNAMIC_VERSIONING_BYPASS": str(version),
    }
