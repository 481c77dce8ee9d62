"""A file beside `pyproject.toml` in which the backend is told to look for the version."""

import ast
import re
from pathlib import Path

from railrel.documents import Document, KeyPath
from railrel.errors import Problem
from railrel.sources import Span
from railrel.values import dataclass

_ASSIGNED = re.compile(
    r"^(?:__version__|VERSION)(?:\s*:\s*str)?\s*=\s*(['\"])v?(?P<version>.+?)\1", re.MULTILINE
)
_WHOLE_FILE = re.compile(r"(?s)\A\s*(?P<version>\S+)\s*\Z")


@dataclass(frozen=True, slots=True)
class Found:
    """A version as it is written."""

    value: str
    span: Span | None
    """Its bytes in the file; None where it is put together from several pieces."""


@dataclass(frozen=True, slots=True)
class VersionFile:
    """A file, and how the version is found in it."""

    told_at: KeyPath
    """The key of `pyproject.toml` that names it."""
    document: Document
    path: Path
    pattern: re.Pattern[str] | None
    """With a group `version`."""
    name: str
    """Without a pattern: what a Python module assigns it to."""

    def find(self) -> Found | Problem:
        """The version in it."""
        try:
            # As bytes, so that line endings stay and offsets are the file's.
            text = self.path.read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            text = ""
        found = _matched(self.pattern, text) if self.pattern else assigned(text, self.name)
        if found:
            return found
        return Problem(
            f"{name_of(self.document)} takes its version from {self.path.name}, where none is found",
            at=self.document.at(self.told_at),
            hint=f"""write __version__ = "0.1.0" in {self.path}, or version = "0.1.0" """
            "below [project]",
            rule="no-version",
        )


def kept_in(document: Document) -> VersionFile | Problem | None:
    """The file that a backend is told of; None if none is."""
    for look in (_hatch, _setuptools, _pdm, _flit):
        found = look(document)
        if found is not None:
            return found
    return None


def _hatch(document: Document) -> VersionFile | Problem | None:
    table = document.table("tool", "hatch", "version")
    path = table.get("path")
    if not isinstance(path, str) or table.get("source") not in (None, "regex"):
        return None
    at: KeyPath = ("tool", "hatch", "version", "path")
    pattern = table.get("pattern")
    if not isinstance(pattern, str):
        return _file(document, at, path, _ASSIGNED)
    try:
        return _file(document, at, path, re.compile(pattern, re.MULTILINE))
    except re.error as error:
        return Problem(f"{pattern!r} is not a regular expression: {error}", at=document.at(at))


def _setuptools(document: Document) -> VersionFile | Problem | None:
    at: KeyPath = ("tool", "setuptools", "dynamic", "version")
    match document.table("tool", "setuptools", "dynamic", "version"):
        case {"file": str(name)} | {"file": [str(name)]}:
            return _file(document, at, name, _WHOLE_FILE)
        case {"attr": str(attribute)}:
            module, _, name = attribute.rpartition(".")
            return _module(document, at, module.replace(".", "/"), name)
        case _:
            return None


def _pdm(document: Document) -> VersionFile | None:
    table = document.table("tool", "pdm", "version")
    path = table.get("path")
    if table.get("source") != "file" or not isinstance(path, str):
        return None
    return _file(document, ("tool", "pdm", "version", "path"), path, _ASSIGNED)


def _flit(document: Document) -> VersionFile | Problem | None:
    backend = str(document.table("build-system").get("build-backend", ""))
    if not backend.startswith("flit"):
        return None
    module = document.table("tool", "flit", "module").get("name") or name_of(document)
    return _module(document, ("project", "name"), str(module).replace("-", "_"), "__version__")


def _file(document: Document, at: KeyPath, name: str, pattern: re.Pattern[str]) -> VersionFile:
    return VersionFile(at, document, document.path.parent / name, pattern, "")


def _module(document: Document, at: KeyPath, module: str, name: str) -> VersionFile | Problem:
    tried = module_files(module)
    for candidate in tried:
        path = document.path.parent / candidate
        if path.is_file():
            return VersionFile(at, document, path, None, name)
    return Problem(
        f"{name_of(document)} takes its version from {module}, which is not there",
        at=document.at(at),
        hint="looked at " + ", ".join(tried),
        rule="no-version",
    )


def module_files(module: str) -> tuple[str, ...]:
    """Where the file of a module, with slashes in its name, may lie in a project."""
    return tuple(f"{base}{module}{end}" for base in ("", "src/") for end in ("/__init__.py", ".py"))


def _matched(pattern: re.Pattern[str], text: str) -> Found | None:
    # Backends read with one kind of line ending.
    plain = text.replace("\r\n", "\n")
    found = pattern.search(plain)
    if not found or "version" not in pattern.groupindex or found["version"] is None:
        return None
    value, start = found["version"], found.start("version")
    if plain != text:
        start += plain.count("\n", 0, start)
    there = text[start : start + len(value)] == value
    return Found(value, _span(text, start, start + len(value)) if there else None)


def assigned(text: str, name: str) -> Found | None:
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
            return Found(str(value.value), _of_constant(text, value))
    return None


def _of_constant(text: str, node: ast.Constant) -> Span | None:
    """The bytes between the quotes of a plain string."""
    lines = text.encode().splitlines(keepends=True)
    if node.end_lineno != node.lineno or node.end_col_offset is None:
        return None
    before = sum(len(line) for line in lines[: node.lineno - 1])
    span = Span(before + node.col_offset + 1, before + node.end_col_offset - 1)
    return span if text.encode()[span.start : span.end].decode() == str(node.value) else None


def _span(text: str, start: int, end: int) -> Span:
    first = len(text[:start].encode())
    return Span(first, first + len(text[start:end].encode()))


def name_of(document: Document) -> str:
    """What a project is called, in its file or else by its folder."""
    name = document.table("project").get("name") or document.table("tool", "poetry").get("name")
    return str(name or document.path.parent.name)
