"""Pieces that several installers' steps are made of."""

from collections.abc import Iterable

from packaging.utils import NormalizedName, canonicalize_name

from railrel.documents import Document, Table
from railrel.errors import Problem
from railrel.images.installers.protocol import OWN, VENV, Asked, Asking, Locked
from railrel.images.tree import Tree
from railrel.sources import Source

# Files in an image have one time, so that what is built twice is the same twice.
_AGELESS = "-exec touch -h -d @315532800 {} +"


# --- reading locks


def internal_of(locked: Iterable[Locked], asked: Asked) -> tuple[NormalizedName, ...]:
    """Those that come from the team's registry, or ought to."""
    url = asked.index.url.rstrip("/") if asked.index else None
    names = {
        package.name
        for package in locked
        if package.name in asked.siblings or (url and (package.index or "").rstrip("/") == url)
    }
    return tuple(sorted(names - {asked.tree.project.name}))


def pins_of(
    locked: Iterable[Locked], internal: Iterable[NormalizedName]
) -> tuple[tuple[NormalizedName, str], ...]:
    """Each version of these that is locked: a lock may have several, for several platforms."""
    wanted = frozenset(internal)
    return tuple(dict.fromkeys((p.name, p.version) for p in locked if p.name in wanted))


def strangers(lock: Document, locked: Iterable[Locked], asked: Asked, again: str) -> list[Problem]:
    """Siblings that a lock takes from another index, where anybody may publish their names."""
    url = asked.index.url.rstrip("/") if asked.index else None
    return [
        Problem(
            f"{lock.path.name} takes {package.name} from {package.index}, not from {url}",
            str(lock.path),
            again,
            "foreign-index",
        )
        for package in locked
        if package.name in asked.siblings and url and package.index
        if package.index.rstrip("/") != url
    ]


def packages(lock: Document) -> list[Table]:
    """The `[[package]]` tables of a lock."""
    found = lock.values.get("package")
    return [p for p in found if isinstance(p, dict)] if isinstance(found, list) else []


def name_of(package: Table) -> NormalizedName:
    """What a package of a lock is called."""
    return canonicalize_name(str(package.get("name", "")))


def version_of(package: Table) -> str:
    """Which version of it is locked."""
    return str(package.get("version", ""))


def unhashed(lock: Source, locked: Iterable[Locked], asked: Asked, again: str) -> list[Problem]:
    """Siblings that the lock has no hash of, so that a package of the same name would do as well."""
    return [
        Problem(
            f"{lock.path.name} has no hash of {package.name}: a package of that name on another "
            "index would be taken as well",
            str(lock.path),
            again,
            "no-hash",
        )
        for package in locked
        if package.name in asked.siblings and not (package.hashed or package.local)
    ]


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
