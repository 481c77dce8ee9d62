"""Pieces that several installers' steps are made of."""

from collections.abc import Iterable, Iterator

from packaging.utils import NormalizedName

from railrel.documents import Document
from railrel.errors import Problem
from railrel.images.installers.places import brought, copies, inside
from railrel.images.installers.protocol import OWN, VENV, Asked, Asking, Locked
from railrel.images.installers.trust import foreign_builds, siblings, unknown_index
from railrel.images.tree import Tree
from railrel.sources import Source
from railrel.values import dataclass

# Files in an image have one time, so that what is built twice is the same twice.
_AGELESS = "-exec touch -h -d @315532800 {} +"


# --- what a lock says


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock as one installer read it."""

    source: Source
    locked: tuple[Locked, ...]
    taken: tuple[Locked, ...]
    """Those that the image gets."""
    wanted: tuple[NormalizedName, ...]
    """Names without which it is older than the project's file."""
    again: str
    """The command that makes it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a lock comes to."""

    internal: tuple[NormalizedName, ...]
    pins: tuple[tuple[NormalizedName, str], ...]
    copies: tuple[str, ...]
    """Instructions that bring what it takes from the project's folder."""
    unfit: tuple[Problem, ...]


def judged(lock: Lock, asked: Asked, *more: Problem, by_uv: bool = False) -> Judged:
    """What an image takes by it from where, and what keeps it from that."""
    internal = tuple(sorted({p.name for p in ours(lock.taken, asked)}))
    local = brought(lock.source, lock.taken, asked)
    builds = foreign_builds(
        _built(local.names, asked.tree), asked, by_uv=by_uv, told=bool(internal)
    )
    return Judged(
        internal=internal,
        pins=tuple(dict.fromkeys((p.name, p.version) for p in ours(lock.locked, asked))),
        copies=copies(local.names),
        unfit=(
            *more,
            *unknown_index(lock.source, lock.taken, asked),
            *_stale(lock),
            *local.problems,
            *builds,
        ),
    )


def ours(locked: Iterable[Locked], asked: Asked) -> Iterator[Locked]:
    """Those that come from the team's registry, or ought to."""
    url = asked.index.url.rstrip("/") if asked.index else None
    by_name = {package.name for package in siblings(locked, asked)}
    for package in locked:
        if package.place is not None and inside(package.place):
            continue
        listed = bool(url) and (package.index or "").rstrip("/") == url
        if package.name in by_name or (listed and package.name != asked.tree.project.name):
            yield package


def stale(lock: Source, name: str, asks: str, again: str) -> Problem:
    """That a lock does not hold what it must."""
    message = f"{lock.path.name} does not hold {name}, {asks}"
    return Problem(message, str(lock.path), again, "stale-lock")


def _stale(lock: Lock) -> Iterator[Problem]:
    held = {package.name for package in lock.locked}
    for name in lock.wanted:
        if name not in held:
            yield stale(lock.source, name, "which pyproject.toml asks for", lock.again)


def _built(places: Iterable[str], tree: Tree) -> Iterator[Document]:
    """The files that say how what the image builds is built."""
    folders = ["", *(f"{place}/" for place in places)]
    for folder in folders if tree.packaged else folders[1:]:
        for name in (f"{folder}pyproject.toml", f"{folder}hatch.toml"):
            if tree.has(name):
                yield tree.document(name)


# --- shell commands and variables


def environment() -> tuple[str, ...]:
    """How pip behaves in an image."""
    return ("PIP_DISABLE_PIP_VERSION_CHECK=1", "PIP_ROOT_USER_ACTION=ignore", "PIP_NO_INPUT=1")


def venv() -> str:
    """An environment that others install into: nothing is in it that would have to be kept up."""
    return f"python -m venv --without-pip {VENV}"


def build_with_pip(tree: Tree) -> Asking:
    """The project alone: what it needs is there already."""
    build = f"pip install --no-compile --no-deps --target {OWN} ."
    return Asking(build, after=compiled(OWN)) if tree.packaged else copied()


def compiled(folder: str) -> tuple[str, ...]:
    """Byte code that does not ask for times, and files without them: the same at every build."""
    return (
        f"python -m compileall -q -j 0 --invalidation-mode unchecked-hash {folder}",
        ageless(folder),
    )


def ageless(folder: str) -> str:
    """One time for all files of a folder."""
    return f"find {folder} {_AGELESS}"


def copied() -> Asking:
    """What is no package runs from a copy of its folder."""
    return Asking(before=(f"mkdir -p /app && cp -R /src {OWN}", *compiled(OWN)))
