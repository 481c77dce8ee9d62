"""Folders and files that a lock takes packages from: an image gets those of the project, no others."""

import re
from collections.abc import Iterable
from posixpath import normpath

from railrel.assets import text_of
from railrel.errors import Problem
from railrel.images.installers.protocol import FIX_DEPS_FIRST, SOURCE, Asked, Locked
from railrel.images.installers.trust import is_server
from railrel.images.tree import Tree
from railrel.sources import Source
from railrel.values import dataclass
from railrel.workspace.dockerignore import dockerignore

# What neither a Dockerfile nor a shell reads as anything else.
_PLAIN = re.compile(r"[\w.+!~@/-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Brought:
    """What an image needs of the project before the lock is installed."""

    names: tuple[str, ...]
    """Files and folders, relative to the project."""
    problems: tuple[Problem, ...]


def place_of(package: Locked, asked: Asked) -> str | None:
    """The folder or file that it is taken from.

    A folder may be an index, too; where that is the team's registry, more is to be said of it.
    """
    if package.place is None and package.name not in asked.siblings:
        return package.index if package.index and not is_server(package.index) else None
    return package.place


def inside(place: str) -> str | None:
    """A place relative to the project; None for one that leads out of it."""
    plain = place.removeprefix("file:").replace("\\", "/")
    path = normpath(plain)
    # A path from the top of this machine is another one in the image, wherever it leads here.
    out = plain.startswith("/") or re.match(r"[A-Za-z]:", plain) or path.split("/")[0] == ".."
    return None if out else path


def brought(lock: Source, taken: Iterable[Locked], asked: Asked) -> Brought:
    """What is within the project and can be copied, and what is wrong with the rest."""
    names: list[str] = []
    problems: list[Problem] = []
    for package in taken:
        place = place_of(package, asked)
        if place is None or package.name == asked.tree.project.name:
            continue
        found = _brought(lock, package, place, asked)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            names.append(found)
    return Brought(tuple(sorted(set(names))), tuple(problems))


def copies(names: Iterable[str]) -> tuple[str, ...]:
    """Instructions that put each where the lock looks for it."""
    return tuple(f"COPY {name} {SOURCE}/{name}" for name in names)


def _brought(lock: Source, package: Locked, place: str, asked: Asked) -> str | Problem:
    tree = asked.tree
    said = f"{lock.path.name} takes {package.name} from {place}"
    folder = tree.project.folder
    path = inside(place)
    if path is None or not (folder / path).resolve().is_relative_to(folder.resolve()):
        return Problem(
            f"{said}, which no image of {tree.project.name} alone has",
            str(lock.path),
            f"railrel fix-deps {tree.project.name}",
            FIX_DEPS_FIRST if package.name in asked.siblings else "path-in-lock",
        )
    names = [name for name in tree.names if name == path or name.startswith(f"{path}/")]
    if not names:
        there = (folder / path).exists()
        return Problem(
            f"{said}, which git ignores" if there else f"{said}, where nothing is",
            str(lock.path),
            f"git add --force {path}" if there else "bring it back, or make the lock again",
            "path-in-lock",
        )
    if not _PLAIN.fullmatch(path):
        hint = "rename it, with letters, digits and . _ + - alone, and make the lock again"
        return Problem(
            f"{said}, which no Dockerfile can name", str(lock.path), hint, "path-in-lock"
        )
    if not dockerignore(_ignored(tree)).kept(names):
        hint = "put it into another folder, such as vendor, and make the lock again"
        return Problem(
            f"{said}, which .dockerignore leaves out", str(lock.path), hint, "path-in-lock"
        )
    return path


def _ignored(tree: Tree) -> str:
    if tree.has(".dockerignore"):
        return tree.text(".dockerignore")
    return text_of("images/dockerignore")
