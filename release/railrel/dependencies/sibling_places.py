"""Places in a line of any file that lead to a sibling: by their path, or by its name in a command."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from packaging.utils import NormalizedName, canonicalize_name

from railrel.dependencies.paths import Folder, from_path, from_url
from railrel.dependencies.references import Around
from railrel.dependencies.shell_lines import Word, commands
from railrel.values import dataclass

# What stands for the project's folder in these files, and between folders.
_SEPARATOR = r"(?:[/\\]|\{/\})"
_HERE = (
    r"(?:\{toxinidir\}|\{tox_root\}|\{project\}|\{package\}|\{root\}|"
    r"\$\{?(?:PWD|GITHUB_WORKSPACE|CI_PROJECT_DIR)\}?|\$\(CURDIR\)|\.)"
)
_NAME = r"[\w.@+~-]+"
_OUTSIDE = re.compile(
    rf"(?P<above>(?:{_HERE}{_SEPARATOR})*(?P<path>\.\.(?:{_SEPARATOR}{_NAME})+))"
    rf"|(?P<field>\{{root(?::(?:parent|uri|real))+\}}(?:/{_NAME})+)"
    rf"|(?<![\w.)}}~$:/-])(?P<file>file://(?:localhost)?)?(?P<root>/(?:[\w.@+~%-]+/)*[\w.@+~%-]+)"
)
_FROM = re.compile(r"(?:--from=|[=,]from=)[\"']?(?P<name>[\w.-]+)(?=[\s,\"']|$)")
_BASE = re.compile(r"(?i)\s*FROM\s+(?:--\S+\s+)*(?P<name>[\w.-]+)(?=\s|$)")
_CONTEXT = re.compile(r"--build-context[=\s]+[\"']?(?P<name>[\w.-]+)=(?P<place>[^\s\"']+)")
_KEYED = re.compile(
    r"^\s*(?:-\s+)?[\"']?(?P<name>[\w.-]+)[\"']?(?:\s*=|:\s)\s*[\"']?(?P<place>(?:\$\{?\w+\}?|~)/[^\s\"']*)"
)
_URL = re.compile(r"[\w+.-]+://(?<!file://)|git@")
_AT_FILE = re.compile(r"(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*@\s*file:[^\s\"']+")
_ADDS = frozenset({"pip", "pip3", "uv", "poetry", "pdm", "pipenv", "rye", "pixi", "pipx"})
_PATH = re.compile(r"(?:-e|--editable=)?(?P<place>(?:file:)?[./~$][^\[#]*)")


@dataclass(frozen=True, slots=True)
class Place:
    """Characters of a line, and the sibling that they lead to."""

    start: int
    end: int
    name: NormalizedName


def siblings_in(text: str, around: Around, *bases: Path) -> Iterator[Place]:
    """Each path of a text that leads out of the project into a sibling.

    Relative paths begin at the first of the `bases` from which they do; the project's folder if none
    is given.
    """
    for found in _OUTSIDE.finditer(text):
        if found["root"] and not _is_near(found["root"], around.folder):
            continue
        targets = (_target(found, base) for base in dict.fromkeys(bases or (around.folder,)))
        name = next((name for target in targets if (name := _sibling_at(target, around))), None)
        if name:
            yield Place(*found.span(), name)


def _is_near(written: str, folder: Path) -> bool:
    """Whether a path begins as the project's does: most in a Dockerfile are of another machine."""
    # In a container the siblings may lie in the root itself.
    return len(folder.parts) < 3 or written.startswith(f"/{folder.parts[1]}/") or "%" in written


def _target(found: re.Match[str], base: Path) -> Path | None:
    if found["field"]:
        target = from_url(found["field"], base)
    elif found["root"]:
        target = from_path(unquote(found["root"]) if found["file"] else found["root"], base)
    else:
        target = from_path(found["path"].replace("{/}", "/"), base)
    return target.folder if isinstance(target, Folder) else None


def _sibling_at(folder: Path | None, around: Around) -> NormalizedName | None:
    for place in (folder, *folder.parents) if folder else ():
        if place == around.folder:
            return None
        if place in around.siblings:
            return around.siblings[place]
    return None


def contexts_in(text: str, around: Around, *, keyed: bool) -> Iterator[Place]:
    """Build contexts that have a sibling's name and are folders; `keyed` is how compose has them."""
    for found in (*_CONTEXT.finditer(text), *(_KEYED.finditer(text) if keyed else ())):
        name = canonicalize_name(found["name"])
        if name in around.members and not _URL.match(found["place"]):
            yield Place(found.start("name"), found.end(), name)


def files_in(text: str) -> Iterator[Place]:
    """Requirements that are taken from a `file:` URL."""
    for found in _AT_FILE.finditer(text):
        yield Place(*found.span(), canonicalize_name(found["name"]))


def of_docker(text: str, around: Around, stages: frozenset[str]) -> Iterator[Place]:
    """Named contexts and installed folders that have a sibling's name."""
    for found in (*_FROM.finditer(text), *([base] if (base := _BASE.match(text)) else [])):
        name = canonicalize_name(found["name"])
        if name in around.members and found["name"].lower() not in stages:
            yield Place(*(found.span("name") if found.re is _BASE else found.span()), name)


def installed_in(text: str, around: Around, *, anywhere: bool) -> Iterator[Place]:
    """Folders of a sibling's name that a command installs.

    Only those that begin with a variable or the home folder, unless they may lie `anywhere`.
    """
    for words in commands(text):
        for word in _operands(words):
            found = _PATH.fullmatch(word.text.partition("[")[0])
            place = found["place"].rstrip("/") if found else ""
            name = canonicalize_name(place.rpartition("/")[2])
            if name in around.members and (anywhere or place.startswith(("$", "~"))):
                yield Place(word.start, word.end, name)


def _operands(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """What a command that installs is given."""
    texts = [word.text.rpartition("/")[2] for word in words]
    program = next((i for i, text in enumerate(texts) if text in _ADDS), len(texts))
    verb = next((i for i in range(program, len(texts)) if texts[i] in ("install", "add")), None)
    return words[verb + 1 :] if verb is not None else ()
