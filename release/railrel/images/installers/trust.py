"""Whether what is ours comes from the team's registry and from nowhere else."""

import re
from collections.abc import Iterable, Iterator

from railrel.errors import Problem
from railrel.images.installers.protocol import Asked, Locked
from railrel.sources import Source

PUBLIC = "the public index"
_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")


def is_server(index: str) -> bool:
    """Whether an index is no folder of this machine."""
    return index == PUBLIC or ("://" in index and not index.startswith("file:"))


def siblings(locked: Iterable[Locked], asked: Asked) -> Iterator[Locked]:
    """Those that anybody could publish under the same name somewhere else."""
    own = asked.tree.project.name
    return (p for p in locked if p.name in asked.siblings and p.name != own)


def foreign(lock: Source, taken: Iterable[Locked], asked: Asked, again: str) -> list[Problem]:
    """Siblings that a lock takes from a repository, a file on a server, or another index."""
    url = asked.index.url.rstrip("/") if asked.index else ""
    found: list[Problem] = []
    for package in siblings(taken, asked):
        other = bool(url) and package.index and package.index.rstrip("/") != url
        source = package.index if other else package.elsewhere
        if source is not None:
            message = f"{lock.path.name} takes {package.name} from {_shown(source)}, not from {url or 'a registry'}"
            found.append(Problem(message, str(lock.path), again, "foreign-index"))
    return found


def unknown_index(lock: Source, taken: Iterable[Locked], asked: Asked) -> list[Problem]:
    """Siblings from a server of which nobody said that it is the team's."""
    return [
        Problem(
            f"{lock.path.name} takes {package.name} from {_shown(package.index)}, and no server is "
            "set as the registry",
            str(lock.path),
            'set it: registry = "https://…" in railrel.toml; then the lock must name that one',
            "no-registry",
        )
        for package in siblings(taken, asked)
        if asked.index is None and package.index and is_server(package.index)
    ]


def unhashed(lock: Source, taken: Iterable[Locked], asked: Asked, again: str) -> list[Problem]:
    """Siblings that the lock has no hash of, so that a package of the same name would do as well."""
    return [
        Problem(
            f"{lock.path.name} has no hash of {package.name}: a package of that name on another "
            "index would be taken as well",
            str(lock.path),
            again,
            "no-hash",
        )
        for package in siblings(taken, asked)
        if not (package.hashed or package.place)
    ]


def _shown(source: str | None) -> str:
    """Without a password."""
    return _USERINFO.sub("", source or "")
