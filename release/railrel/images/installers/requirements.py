"""Requirements files as pip reads them: what they include, and what their lines pin."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from packaging.utils import NormalizedName, canonicalize_name

from railrel.dependencies.lines import PathLine, path_line
from railrel.dependencies.paths import BuiltFile, from_path
from railrel.dependencies.syntaxes.requirement_files import logical_lines
from railrel.images.installers.places import inside
from railrel.images.installers.protocol import Locked
from railrel.images.tree import Tree
from railrel.sources import Source, read_source
from railrel.values import dataclass

_PINNED = re.compile(
    r"\s*(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:\[[^]]*\])?\s*===?\s*(?P<version>[^\s;\\]+)"
)
_URL = re.compile(
    r"(?:(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:\[[^]]*\])?\s*@\s*|(?:-e|--editable)[\s=]\s*)?"
    r"(?P<url>(?!file:)[A-Za-z][\w+.-]+:\S+)"
)
_INCLUDE = re.compile(
    r"(?P<option>-r|--requirement|-c|--constraint)(?:\s+|=|(?<=-[rc]))\s*(?P<value>.+)", re.ASCII
)
_OF_LINE = re.compile(r"\s--(?:hash|config-settings?|global-option)\b")
_HASH = re.compile(r"\s--hash[=\s]")


@dataclass(frozen=True, slots=True)
class Files:
    """A requirements file and those that it includes."""

    installed: tuple[Source, ...]
    """The file itself comes first."""
    constraints: tuple[Source, ...]
    missing: tuple[tuple[Source, str], ...]
    """Lines that include what does not lie beside."""


def files_of(tree: Tree, name: str) -> Files:
    """All that is read when one is: as pip follows it, but only beside it."""
    folder = tree.project.folder
    first = folder / name
    installed: dict[Path, Source] = {}
    constraints: dict[Path, Source] = {}
    missing: list[tuple[Source, str]] = []
    waiting = [(first, installed)]
    while waiting:
        path, among = waiting.pop(0)
        if path in among:
            continue
        among[path] = read_source(path)
        for written, option in _included(among[path]):
            target = path.parent / written
            beside = "/" not in written.removeprefix("./") and "://" not in written
            if beside and tree.has(target.relative_to(folder).as_posix()):
                limits = among is constraints or option in ("-c", "--constraint")
                waiting.append((target, constraints if limits else installed))
            else:
                missing.append((among[path], f"{option} {written}"))
    return Files(tuple(installed.values()), tuple(constraints.values()), tuple(missing))


def _included(source: Source) -> Iterator[tuple[str, str]]:
    for line in logical_lines(source):
        found = _INCLUDE.match(line.text.strip())
        if found:
            yield found["value"].strip().strip("\"'"), found["option"]


def locked_in(source: Source, tree: Tree) -> Iterator[Locked]:
    """What its lines name."""
    for line in logical_lines(source):
        text = line.text.strip()
        if not text or _INCLUDE.match(text):
            continue
        hashed = bool(_HASH.search(text))
        bare = _OF_LINE.split(text)[0]
        # pip reads a path from where it is called, which is the project's folder.
        path = path_line(bare, tree.project.folder)
        pinned, url = _PINNED.match(text), _URL.match(bare)
        if path:
            yield Locked(_name_at(path, tree), place=path.written, hashed=hashed)
        elif url:
            name = _name_in(url["name"], url["url"])
            yield Locked(name, elsewhere=url["url"], hashed=hashed)
        elif pinned:
            name = canonicalize_name(pinned["name"])
            yield Locked(name, pinned["version"], hashed=hashed)
        elif not text.startswith("-"):
            yield Locked(canonicalize_name(re.split(r"[^\w.-]", text)[0] or "x"))


def _name_at(path: PathLine, tree: Tree) -> NormalizedName:
    """What lies there: a line need not say it."""
    if inside(path.written) == ".":
        return tree.project.name
    return path.name or canonicalize_name(Path(path.written).name)


def _name_in(name: str | None, url: str) -> NormalizedName:
    """What a URL holds: as it is said before or behind it, or as its file is called."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return canonicalize_name(name or "x")
    said = name or parse_qs(parts.fragment).get("egg", [""])[0].partition("[")[0]
    file = from_path(parts.path, Path("/"))
    if isinstance(file, BuiltFile) and not said:
        return file.name
    return canonicalize_name(said or Path(parts.path).name)
