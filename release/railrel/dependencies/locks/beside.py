"""Which locks lie beside a project's files, and whose tables their tools read."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from railrel.dependencies.file_names import matches
from railrel.dependencies.locks import LOCKS
from railrel.dependencies.locks.protocol import LockKind
from railrel.dependencies.references import PathDependency
from railrel.documents import Document
from railrel.sources import Source, read_source
from railrel.values import dataclass

_NAMES = re.compile(
    r"(?:uv|poetry|pdm|Pipfile)\.lock|pylock.*\.toml|.*(?:requirements|constraints).*\.txt"
)


@dataclass(frozen=True)
class Lying:
    """A lock as it lies there."""

    root: Path
    """The folder that its tool runs in."""
    kind: LockKind
    lock: Source

    def is_made_from(self, path: Path) -> bool:
        """Whether a file, when it changes, makes the lock stale."""
        if not path.is_relative_to(self.root) or path == self.lock.path:
            return False
        inputs = self.kind.inputs(self.lock)
        if "*/pyproject.toml" in inputs and path.name == "pyproject.toml":
            return True
        return matches(inputs, path.relative_to(self.root).as_posix())

    def reads(self, found: PathDependency) -> bool:
        """Whether its tool meets a path; compiled files are made from files that include others."""
        included = self.kind.ID == "compiled" and found.syntax == "requirements-file"
        return included or self.is_made_from(found.file)


def locks_of(folder: Path, uv_root: Document | None) -> tuple[Lying, ...]:
    """Every lock of a project; that of its uv workspace lies at the workspace's root."""
    candidates = [(folder, path) for path in _candidates(folder)]
    if uv_root and uv_root.path.parent != folder:
        shared = uv_root.path.with_name("uv.lock")
        candidates += [(shared.parent, shared)] if shared.is_file() else []
    read = [(root, read_source(path)) for root, path in candidates]
    return tuple(
        Lying(root, kind, lock) for kind in LOCKS for root, lock in read if kind.claims(lock)
    )


def stale_by(
    locks: Iterable[Lying],
    changed: Iterable[Path],
    also: Callable[[Lying], bool] = lambda _: False,
) -> tuple[Lying, ...]:
    """The locks that a change of these files makes stale, and those that are so anyhow."""
    files = tuple(changed)
    found: list[Lying] = []
    for one in locks:
        # An export is stale when the lock that it is made from is.
        touched = (*files, *(stale.lock.path for stale in found))
        if any(one.is_made_from(path) for path in touched) or also(one):
            found.append(one)
    return tuple(found)


def lockers(folder: Path, uv_root: Document | None) -> Iterator[str]:
    """The tools that lock a project by what its `pyproject.toml` says: `uv`, `poetry`, `pdm`."""
    for one in locks_of(folder, uv_root):
        tool = one.kind.locker(one.lock)
        if tool:
            yield tool


def _candidates(root: Path) -> list[Path]:
    try:
        names = sorted(os.listdir(root))  # noqa: PTH208 -- half the time, a thousand times
    except OSError:
        # Whoever reads the project's files says so.
        return []
    found = [root / name for name in names if _NAMES.fullmatch(name)]
    if "requirements" in names:
        found += sorted((root / "requirements").glob("*.txt"))
    return [path for path in found if path.is_file()]
