"""Making locks again after a rewrite: in a copy, by the lock's own tool, before anything is changed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from railrel.dependencies.copies import at_home, put_edits
from railrel.dependencies.index_urls import without_credentials
from railrel.dependencies.locks import made_here, that_it_leads
from railrel.dependencies.locks.beside import Lying, stale_by
from railrel.dependencies.locks.protocol import Ask, Refresh
from railrel.dependencies.references import Finding, Purpose, concerns
from railrel.dependencies.rewrite import Rewrite
from railrel.dependencies.staying import Staying
from railrel.edits import FileRewrite
from railrel.errors import Problem, UnfitError
from railrel.sources import Source
from railrel.values import dataclass
from railrel.workspace.source_files import source_names
from railrel.world import Command, World

_SECONDS = 900.0
_LAST_LINES = 12


@dataclass(frozen=True)
class Made:
    """What came of it."""

    files: tuple[FileRewrite, ...]
    findings: tuple[Finding, ...]
    """Locks that could not be made because their tool is not here, or nobody knows how."""


def stale_locks(
    rewrite: Rewrite, locks: Iterable[Lying], staying: Staying, purpose: Purpose
) -> tuple[Lying, ...]:
    """Those of a project's locks that its rewrite makes stale, or that lead away for no reason.

    The latter are no work when only a publish shall succeed: it takes no lock along.
    """
    return stale_by(
        locks,
        (file.path for file in rewrite.files),
        lambda one: concerns(purpose, "image") and bool(staying.away(one)),
    )


def lock_findings(
    stale: Iterable[Lying], staying: Staying, purpose: Purpose
) -> tuple[Finding, ...]:
    """Locks that lead away for no reason, each at its first such place."""
    if not concerns(purpose, "image"):
        return ()
    hint = "railrel fix-deps makes it again without --no-lock"
    found = ((one, staying.away(one)) for one in stale)
    return tuple(that_it_leads(one.lock, local, hint) for one, local in found if local)


def lock_notes(
    locks: Iterable[Lying], made: Iterable[FileRewrite], own_index: Path | None
) -> tuple[Finding, ...]:
    """Locks, as they lie there or were made now, that no other machine can use."""
    now = {file.path: file.after for file in made}
    sources = ((one, Source(one.lock.path, now.get(one.lock.path, one.lock.data))) for one in locks)
    notes = (made_here(one.kind, source, own_index) for one, source in sources)
    return tuple(note for note in notes if note)


def relock(
    world: World,
    stale: tuple[Lying, ...],
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
    stale: tuple[Lying, ...],
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
        unreached = one.kind.unreached(one.lock, replace(ask, root=one.root)) if ask.comes else ""
        if unreached:
            findings.append(Finding(_unknown(one, refresh, ask, unreached), "image"))
            continue
        program = _program(world, refresh, environment)
        if not program:
            findings.append(Finding(_missing(one, refresh), "image"))
            continue
        done = world.processes.run(_command(copy, refresh, program, environment))
        if done.code:
            raise _failed(one, copy, refresh, done.output)
        path = copy / one.lock.path.relative_to(one.root)
        home = at_home(Source(one.lock.path, path.read_bytes()), one.kind, one.root, copy)
        after = one.kind.settled(one.lock, home.data)
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


def _failed(one: Lying, copy: Path, refresh: Refresh, output: str) -> UnfitError:
    said = [line for line in without_credentials(output).splitlines() if line.strip()]
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


def _unknown(one: Lying, refresh: Refresh, ask: Ask, hint: str) -> Problem:
    """Without this its tool would take a stranger's package of that name, or find none."""
    return Problem(
        f"{one.lock.path.name} is stale, and {refresh.program} does not know the registry "
        f"{ask.registry}",
        str(one.lock.path),
        hint,
        "registry-unknown",
    )


def _missing(one: Lying, refresh: Refresh) -> Problem:
    command = " ".join((refresh.program, *refresh.arguments))
    return Problem(
        f"{one.lock.path.name} is stale, and {refresh.program} is not here to make it again",
        str(one.lock.path),
        f"{refresh.install}, then in {one.root}: {command}",
        "stale-lock",
    )


def asked(rewrites: Iterable[Rewrite], stale: Iterable[Lying], ask: Ask) -> Ask:
    """What rewrites mean for these locks: those of the projects within the locks' folders."""
    roots = {one.root for one in stale}
    mine = [
        rewrite
        for rewrite in rewrites
        if any(rewrite.project.folder.is_relative_to(root) for root in roots)
    ]
    staying = {found.at for rewrite in mine for found in rewrite.stays}
    names = {r.name: None for one in mine for r in one.replacements if r.at not in staying}
    kept = dict.fromkeys(name for rewrite in mine for name in rewrite.kept)
    folders = dict.fromkeys(folder for rewrite in mine for folder in rewrite.folders)
    # Without an edit a lock is stale because of what it takes from a folder.
    comes = bool(names) or not any(rewrite.files for rewrite in mine)
    return replace(
        ask,
        names=tuple(names),
        folders=tuple(folders),
        without_sources=tuple(kept),
        comes=comes,
    )


def with_files(rewrite: Rewrite, made: Made) -> Rewrite:
    """The rewrite with the locks that belong to it."""
    return replace(
        rewrite,
        files=(*rewrite.files, *made.files),
        findings=(*rewrite.findings, *made.findings),
    )
