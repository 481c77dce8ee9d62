"""Making locks again after a rewrite: in a copy, by the lock's own tool, before anything is changed."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from railrel.dependencies.copies import put_edits
from railrel.dependencies.file_names import matches
from railrel.dependencies.locks import LOCKS, leading_away
from railrel.dependencies.locks.protocol import Ask, LockKind, Refresh
from railrel.dependencies.references import Finding, Index
from railrel.dependencies.rewrite import FileRewrite, Rewrite
from railrel.documents import Document
from railrel.errors import Problem, UnfitError
from railrel.sources import Source, read_source
from railrel.workspace.source_files import source_names
from railrel.world import Command, World

_SECONDS = 900.0
_LAST_LINES = 12
_USERINFO = re.compile(r"(?<=://)[^/@\s]+@")
_NAMES = re.compile(
    r"(?:uv|poetry|pdm|Pipfile)\.lock|pylock.*\.toml|.*(?:requirements|constraints).*\.txt"
)


@dataclass(frozen=True)
class Stale:
    """A lock that has to be made again."""

    root: Path
    """The folder that its tool runs in."""
    kind: LockKind
    lock: Source


@dataclass(frozen=True)
class Made:
    """What came of it."""

    files: tuple[FileRewrite, ...]
    findings: tuple[Finding, ...]
    """Locks that could not be made because their tool is not here, or nobody knows how."""


def stale_locks(rewrite: Rewrite, uv_root: Document | None) -> tuple[Stale, ...]:
    """The locks of a project that its rewrite makes stale, or that lead to a folder already."""
    changed = {file.path for file in rewrite.files}
    found: list[Stale] = []
    for root, kind, lock in _locks(rewrite.project.folder, uv_root):
        # An export is stale when the lock that it is made from is.
        touched = changed | {stale.lock.path for stale in found}
        is_touched = any(_is_input(kind, lock, root, path) for path in touched)
        if is_touched or any(kind.local(lock)):
            found.append(Stale(root, kind, lock))
    return tuple(found)


def lock_findings(stale: Iterable[Stale]) -> tuple[Finding, ...]:
    """Locks that lead out of their folder, each at its first place."""
    hint = "railrel fix-deps makes it again without --no-lock"
    found = (leading_away(one.kind, one.lock, hint) for one in stale)
    return tuple(finding for finding in found if finding)


def relock(
    world: World,
    stale: tuple[Stale, ...],
    edited: tuple[FileRewrite, ...],
    ask: Ask,
    environment: Mapping[str, str],
) -> Made:
    """Make the locks again in a copy of their folder with the edits in it.

    Raises UnfitError when a tool cannot make one; then nothing was changed.
    """
    files: list[FileRewrite] = []
    findings: list[Finding] = []
    for root in dict.fromkeys(one.root for one in stale):
        mine = tuple(one for one in stale if one.root == root)
        with world.files.scratch(world.cache / "locks", "lock-") as scratch:
            hidden = ask.folders if any(one.kind.HOLDS_ON for one in mine) else ()
            copy = _with_neighbours(world, root, scratch, hidden)
            _copy_source(world, root, copy, [one.lock.path for one in mine])
            put_edits(world, root, copy, edited)
            made = relock_in(world, copy, mine, ask, environment)
        files += made.files
        findings += made.findings
    return Made(tuple(files), tuple(findings))


def _with_neighbours(world: World, root: Path, scratch: Path, hidden: tuple[Path, ...]) -> Path:
    """Where the copy is to be, with links to the real neighbours beside it and one folder up.

    A path that stays, for development or in another member, must lead somewhere for the tool.
    """
    copy = scratch / root.parent.name / root.name
    for folder, place in ((root.parent, copy.parent), (root.parent.parent, copy.parent.parent)):
        own = {root.name, root.parent.name}
        for neighbour in _folders(folder):
            if neighbour.name not in own and neighbour not in hidden:
                world.files.link(neighbour, place / neighbour.name)
    return copy


def _folders(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_dir() and path.name[:1] != "."]
    except OSError:
        return []


def relock_in(
    world: World,
    copy: Path,
    stale: tuple[Stale, ...],
    ask: Ask,
    environment: Mapping[str, str],
) -> Made:
    """Make the locks of one folder again in a copy of it. UnfitError when a tool cannot."""
    made: list[FileRewrite] = []
    findings: list[Finding] = []
    for one in stale:
        refresh = one.kind.refresh(one.lock, replace(ask, root=one.root))
        if isinstance(refresh, Problem):
            findings.append(Finding(refresh, "image"))
            continue
        program = _program(world, refresh, environment)
        if not program:
            findings.append(Finding(_missing(one, refresh), "image"))
            continue
        done = world.processes.run(_command(copy, refresh, program, environment))
        if done.code:
            raise _failed(one, copy, refresh, done.output)
        path = copy / one.lock.path.relative_to(one.root)
        after = one.kind.settled(one.lock, path.read_bytes())
        if after != one.lock.data:
            made.append(FileRewrite(one.lock.path, one.lock.data, after))
    return Made(tuple(made), tuple(findings))


def _copy_source(world: World, root: Path, copy: Path, locks: Iterable[Path]) -> None:
    """Copy a folder's source, and its locks, which git may not know."""
    extra = (path.relative_to(root).as_posix() for path in locks)
    names = (*source_names(world.git, root), *extra)
    world.files.shadow(root, tuple(dict.fromkeys(names)), copy)


def _command(copy: Path, refresh: Refresh, program: str, environment: Mapping[str, str]) -> Command:
    added = {**environment, **refresh.environment}
    if "UV_INDEX" in environment and "UV_INDEX" in refresh.environment:
        added["UV_INDEX"] = f"{refresh.environment['UV_INDEX']} {environment['UV_INDEX']}"
    return Command((program, *refresh.arguments), copy, added, _SECONDS)


def _failed(one: Stale, copy: Path, refresh: Refresh, output: str) -> UnfitError:
    said = [line for line in _USERINFO.sub("", output).splitlines() if line.strip()]
    lines = "\n  ".join(said[-_LAST_LINES:]).replace(str(copy), str(one.root))
    command = " ".join((refresh.program, *refresh.arguments))
    return UnfitError(
        f"{one.lock.path.name} cannot be made again, so nothing was changed:\n  {lines}",
        at=str(one.lock.path),
        hint=f"publish what is missing, or use --no-lock and run yourself: {command}",
        rule="lock-failed",
    )


def _program(world: World, refresh: Refresh, environment: Mapping[str, str]) -> str:
    """The user's own tool; for uv, without one, that which comes with railrel."""
    found = world.processes.find(refresh.program, environment)
    if found:
        return str(found)
    if refresh.program == "uv":
        import uv

        return uv.find_uv_bin()
    return ""


def _missing(one: Stale, refresh: Refresh) -> Problem:
    command = " ".join((refresh.program, *refresh.arguments))
    return Problem(
        f"{one.lock.path.name} is stale, and {refresh.program} is not here to make it again",
        str(one.lock.path),
        f"{refresh.install}, then in {one.root}: {command}",
        "stale-lock",
    )


def _locks(folder: Path, uv_root: Document | None) -> Iterator[tuple[Path, LockKind, Source]]:
    """Every lock of a project; that of its uv workspace lies at the workspace's root."""
    candidates = [(folder, path) for path in _candidates(folder)]
    if uv_root and uv_root.path.parent != folder:
        shared = uv_root.path.with_name("uv.lock")
        candidates += [(shared.parent, shared)] if shared.is_file() else []
    read = [(root, read_source(path)) for root, path in candidates]
    for kind in LOCKS:
        yield from ((root, kind, lock) for root, lock in read if kind.claims(lock))


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


def _is_input(kind: LockKind, lock: Source, root: Path, changed: Path) -> bool:
    if not changed.is_relative_to(root) or changed == lock.path:
        return False
    relative = changed.relative_to(root).as_posix()
    inputs = kind.inputs(lock)
    if "*/pyproject.toml" in inputs and changed.name == "pyproject.toml":
        return True
    return matches(inputs, relative)


def asked(rewrites: Iterable[Rewrite], stale: Iterable[Stale], index: Index | None) -> Ask:
    """What rewrites mean for these locks: those of the projects within the locks' folders."""
    roots = {one.root for one in stale}
    mine = [
        rewrite
        for rewrite in rewrites
        if any(rewrite.project.folder.is_relative_to(root) for root in roots)
    ]
    names = dict.fromkeys(r.name for rewrite in mine for r in rewrite.replacements)
    kept = dict.fromkeys(name for rewrite in mine for name in rewrite.kept)
    folders = dict.fromkeys(folder for rewrite in mine for folder in rewrite.folders)
    return Ask(tuple(names), tuple(folders), tuple(kept), index)


def with_files(rewrite: Rewrite, made: Made) -> Rewrite:
    """The rewrite with the locks that belong to it."""
    return replace(
        rewrite,
        files=(*rewrite.files, *made.files),
        findings=(*rewrite.findings, *made.findings),
    )
