"""Reading a local path out of what stands behind `@`, or out of a `path =` key. Pure."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    NormalizedName,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

from railrel.values import dataclass

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # two letters at least: C: is a drive
_ROOT_FIELD = re.compile(r"\{root((?::(?:parent|uri|real))*)\}")
_HOME_FIELD = re.compile(r"\{home((?::(?:parent|uri|real))*)\}")
_ENV_FIELD = re.compile(r"\{env:(?P<name>\w+)(?::(?P<default>[^{}]*))?\}")
# pip and Hatch take a repository for what is there now unless a revision is named.
_LOCAL_GIT = re.compile(r"git\+(?=file:|\.{0,2}/)", re.IGNORECASE)
_REVISION = re.compile(r"@[^/@#]+(?=#|\Z)")
_PDM_ROOT = re.compile(r"(?:file://)?/?\$\{PROJECT_ROOT\}")
_ARCHIVES = (".whl", ".tar.gz", ".zip")
_MORE_ARCHIVES = (".tar.bz2", ".tar.xz", ".tgz")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder, absolute, with `..` taken out of it but no link followed."""

    folder: Path
    otherwise: Path | None = None
    """Where it is if no project is there: some paths are read in two ways."""


@dataclass(frozen=True, slots=True)
class BuiltFile:
    """A wheel or sdist; its name says what it holds (PEP 427, PEP 625)."""

    file: Path
    name: NormalizedName
    version: Version


@dataclass(frozen=True, slots=True)
class Unresolvable:
    """A local path that cannot be followed, and why."""

    reason: str


def from_url(
    url: str,
    project: Path,
    fields: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
) -> Folder | BuiltFile | Unresolvable | None:
    """The folder that a direct reference names; None when it is not a local path.

    Understands `file:` URLs, plain paths relative to the project, local repositories behind `git+`,
    Hatch's `{root}` and `{home}` with their modifiers and its `{env:NAME:default}`, PDM's
    `${PROJECT_ROOT}`, and the `fields` that another tool has for folders. `variables` are the
    environment.
    """
    for field, value in (fields or {}).items():
        url = url.replace(field, value)
    expanded = _expanded(url, project, variables or {})
    if isinstance(expanded, Unresolvable):
        return expanded
    if _LOCAL_GIT.match(expanded):
        expanded = _REVISION.sub("", _LOCAL_GIT.sub("", expanded, count=1))
    if _SCHEME.match(expanded) and not expanded.lower().startswith("file:"):
        return None
    try:
        return from_path(_without_scheme(expanded), project)
    except ValueError:
        return Unresolvable(f"{url} is not a URL")


def from_path(path: str, project: Path) -> Folder | BuiltFile | Unresolvable:
    """The folder or built file that a `path = "…"` names, relative to the project."""
    try:
        joined = project / Path(path.replace("\\", "/"))
    except ValueError:
        return Unresolvable(f"{path!r} is no path")
    parts: list[str] = []
    for part in joined.parts:
        if part == "..":
            parts = parts[:-1] if len(parts) > 1 else parts
        elif part != ".":
            parts.append(part)
    place = Path(*parts)
    return _built(place) if path.endswith((*_ARCHIVES, *_MORE_ARCHIVES)) else Folder(place)


def _built(file: Path) -> BuiltFile | Unresolvable:
    try:
        if file.suffix == ".whl":
            name, version, _, _ = parse_wheel_filename(file.name)
        else:
            name, version = parse_sdist_filename(file.name)
    except (InvalidWheelFilename, InvalidSdistFilename):
        return Unresolvable(f"{file.name} is a file whose name does not tell a version")
    return BuiltFile(file, name, version)


def _expanded(url: str, project: Path, variables: Mapping[str, str]) -> str | Unresolvable:
    home = Path(variables.get("HOME") or "/")
    text = _ROOT_FIELD.sub(lambda found: _modified(project, found[1]), url)
    text = _HOME_FIELD.sub(lambda found: _modified(home, found[1]), text)
    text = _ENV_FIELD.sub(lambda found: _variable(found, variables), text)
    text = _PDM_ROOT.sub(lambda _: project.as_uri(), text)
    left = re.search(r"\$?\{[^}]*\}", text)
    if left:
        return Unresolvable(f"{left[0]} is not a variable that railrel can follow")
    return text


def _modified(folder: Path, modifiers: str) -> str:
    """A folder as Hatch's modifiers have it: https://hatch.pypa.io/latest/config/context/"""
    for _ in range(modifiers.count(":parent")):
        folder = folder.parent
    return folder.as_uri() if ":uri" in modifiers else str(folder)


def _variable(found: re.Match[str], variables: Mapping[str, str]) -> str:
    """A variable's value, or the default; unset without one it stays, to be said by its name."""
    default: str | None = found["default"]
    value = variables.get(found["name"], default)
    return found[0] if value is None else value


def _without_scheme(text: str) -> str:
    """The path of `file:///a`, `file://localhost/a`, `file:a#subdirectory=b`, or of a plain path."""
    plain, _, fragment = text.partition("#")
    if plain.lower().startswith("file:"):
        parts = urlsplit(plain)
        host = "" if parts.netloc in ("", "localhost") else f"//{parts.netloc}"
        plain = host + parts.path
    below = parse_qs(fragment).get("subdirectory", [""])[0]
    return unquote(plain) + (f"/{below}" if below else "")
