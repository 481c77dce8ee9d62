"""Reading a local path out of what stands behind `@`, or out of a `path =` key. Pure."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # two letters at least: C: is a drive
_ROOT_FIELD = re.compile(r"\{root((?::(?:parent|uri|real))*)\}")
_PDM_ROOT = re.compile(r"(?:file://)?/?\$\{PROJECT_ROOT\}")
_ARCHIVES = (".whl", ".tar.gz", ".zip")


@dataclass(frozen=True, slots=True)
class LocalPath:
    """A folder, absolute, with `..` taken out of it but no link followed."""

    folder: Path


@dataclass(frozen=True, slots=True)
class Unresolvable:
    """A local path that cannot be followed, and why."""

    reason: str


def from_url(url: str, project: Path) -> LocalPath | Unresolvable | None:
    """The folder that a direct reference names; None when it is not a local path.

    Understands `file:` URLs, plain paths relative to the project, Hatch's `{root}` with its
    modifiers and PDM's `${PROJECT_ROOT}`.
    """
    expanded = _expanded(url, project)
    if isinstance(expanded, Unresolvable):
        return expanded
    if _SCHEME.match(expanded) and not expanded.lower().startswith("file:"):
        return None
    try:
        return from_path(_without_scheme(expanded), project)
    except ValueError:
        return Unresolvable(f"{url} is not a URL")


def from_path(path: str, project: Path) -> LocalPath | Unresolvable:
    """The folder that a `path = "…"` names, relative to the project."""
    if path.endswith(_ARCHIVES):
        return Unresolvable(f"{path} is a built file, not a project's folder")
    joined = project / Path(path.replace("\\", "/"))
    parts: list[str] = []
    for part in joined.parts:
        if part == "..":
            parts = parts[:-1] if len(parts) > 1 else parts
        elif part != ".":
            parts.append(part)
    return LocalPath(Path(*parts))


def _expanded(url: str, project: Path) -> str | Unresolvable:
    def root(found: re.Match[str]) -> str:
        folder = project
        for _ in range(found[1].count(":parent")):
            folder = folder.parent
        return folder.as_uri() if ":uri" in found[1] else str(folder)

    text = _PDM_ROOT.sub(lambda _: project.as_uri(), _ROOT_FIELD.sub(root, url))
    left = re.search(r"\$?\{[^}]*\}", text)
    if left:
        return Unresolvable(f"{left[0]} is not a variable that railrel can follow")
    return text


def _without_scheme(text: str) -> str:
    """The path of `file:///a`, `file://localhost/a`, `file:a#subdirectory=b`, or of a plain path."""
    plain, _, fragment = text.partition("#")
    if plain.lower().startswith("file:"):
        parts = urlsplit(plain)
        host = "" if parts.netloc in ("", "localhost") else f"//{parts.netloc}"
        plain = host + parts.path
    below = parse_qs(fragment).get("subdirectory", [""])[0]
    return unquote(plain) + (f"/{below}" if below else "")
