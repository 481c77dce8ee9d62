"""Changing files of the user's as fix-deps and link do, and taking it back.

Each run records its changes in one file, `.railrel/undo/000001-….json` and so on.
"""

import difflib
import hashlib
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from shlex import quote
from typing import TypeAlias

from railrel.commands.shared.context import Context
from railrel.dependencies.undo import Record, read, record, taken_back, written
from railrel.edits import FileRewrite
from railrel.errors import ConfigError, ConflictError, Problem
from railrel.sources import read_bytes
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project
from railrel.world import FileChange, FileRemoval

TakenBack: TypeAlias = tuple[FileRewrite | FileRemoval, ...]

_KEPT = 50
_NAME = re.compile(r"[0-9]{6,}-[0-9a-f]{8}\.json")


class NothingRecordedError(ConfigError):
    """There is nothing to take back."""


def carry_out(
    context: Context,
    workspace: Workspace,
    changed: Mapping[Project, tuple[FileRewrite | FileChange, ...]],
) -> None:
    """Change the files of these projects and record how to take it back, all together."""
    changes = [FileChange(f.path, f.before, f.after) for files in changed.values() for f in files]
    if changes:
        changes.append(_remembered(context, workspace, changed))
        journal = context.journal(workspace.root)
        context.world.files.change(tuple(changes), workspace.root, journal)
        _forget_oldest(context, workspace)


def diff_of(file: FileRewrite | FileChange | FileRemoval, root: Path) -> str:
    """A unified diff of one file."""
    name = file.path.relative_to(root).as_posix()
    after = None if isinstance(file, FileRemoval) else file.after
    old = "/dev/null" if file.before is None else f"a/{name}"
    new = "/dev/null" if after is None else f"b/{name}"
    was, now = (
        (data or b"").decode("utf-8", "replace").splitlines() for data in (file.before, after)
    )
    return "\n".join(difflib.unified_diff(was, now, old, new, lineterm=""))


def diffs_of(files: Iterable[FileRewrite | FileChange | FileRemoval], root: Path) -> str:
    """Those of several files, one after another."""
    return "\n".join(diff_of(file, root) for file in files)


def show_written(
    context: Context,
    name: str,
    folder: Path,
    files: tuple[FileChange, ...],
    diffs: str,
    *,
    well: str,
    write: bool,
) -> None:
    """Say which files of a folder were or would be written, or their `diffs` where there are any.

    `well` is what there is to say when none differs.
    """
    if not files:
        context.console.say(f"{name}: {well}")
    elif diffs:
        context.console.diff(diffs)
    else:
        verb = "wrote" if write else "would write"
        for file in files:
            context.console.result(f"{name}: {verb} {file.path.relative_to(folder).as_posix()}")


def _remembered(
    context: Context,
    workspace: Workspace,
    changed: Mapping[Project, tuple[FileRewrite | FileChange, ...]],
) -> FileChange:
    """The change that records these, to be made together with them."""
    runs = _runs(context, workspace)
    number = int(runs[-1].stem.partition("-")[0]) + 1 if runs else 1
    run = {
        _key(workspace, project): record(files, workspace.root)
        for project, files in changed.items()
        if files
    }
    data = written(run)
    # Two runs at once may take one number; what they did tells them apart.
    name = f"{number:06}-{hashlib.sha256(data).hexdigest()[:8]}.json"
    return FileChange(_folder(context, workspace) / name, None, data)


def _forget_oldest(context: Context, workspace: Workspace) -> None:
    """Let go of what nobody takes back any more."""
    for path in _runs(context, workspace)[:-_KEPT]:
        context.world.files.discard(path)


def undone(
    context: Context, workspace: Workspace, projects: Iterable[Project], *, write: bool
) -> dict[Project, TakenBack]:
    """The files of these projects as they were before the last change to each; written, if asked.

    Of several projects those without a record are left out. Raises NothingRecordedError for one alone,
    or ConflictError with all that was changed since.
    """
    wanted = tuple(projects)
    found: dict[Project, TakenBack] = {}
    runs: dict[Path, list[Project]] = {}
    for project in wanted:
        try:
            found[project], run = _backwards(context, workspace, project)
        except NothingRecordedError:
            if len(wanted) > 1:
                continue
            raise
        runs.setdefault(run, []).append(project)
    if write and found:
        changes = [_again(file) for files in found.values() for file in files]
        changes += [_forgotten(workspace, run, tuple(those)) for run, those in runs.items()]
        context.world.files.change(tuple(changes), workspace.root, context.journal(workspace.root))
    return found


def _again(file: FileRewrite | FileRemoval) -> FileChange | FileRemoval:
    if isinstance(file, FileRemoval):
        return file
    return FileChange(file.path, file.before, file.after)


def show_undone(
    context: Context,
    workspace: Workspace,
    found: Mapping[Project, TakenBack],
    *,
    write: bool,
    diff: bool,
) -> None:
    """Say which files are, or would be, as they were; or how they differ."""
    if not found:
        context.console.say("nothing that railrel changed is recorded here")
    for project, files in found.items():
        for file in files:
            if diff:
                context.console.diff(diff_of(file, workspace.root))
            else:
                name = file.path.relative_to(workspace.root).as_posix()
                how = "gone again" if isinstance(file, FileRemoval) else "as it was before"
                verb = how if write else f"would be {how}"
                context.console.result(f"{project.name}: {name} {verb}")


def _backwards(context: Context, workspace: Workspace, project: Project) -> tuple[TakenBack, Path]:
    """The files as they were before the last change, and the run that it was part of.

    Raises NothingRecordedError, or ConflictError with all that was changed since.
    """
    key = _key(workspace, project)
    for path in reversed(_runs(context, workspace)):
        kept = _read(path)
        if key in kept:
            return _files(workspace, kept[key]), path
    raise NothingRecordedError(
        f"nothing that railrel changed in {project.name} is recorded here",
        at=str(project.folder),
        hint="git log and git diff know what was changed elsewhere",
    )


def _forgotten(workspace: Workspace, path: Path, projects: tuple[Project, ...]) -> FileChange:
    """The change that takes these projects out of a run's record."""
    data = read_bytes(path)
    gone = {_key(workspace, project) for project in projects}
    left = {key: one for key, one in read(data).items() if key not in gone}
    return FileChange(path, data, written(left))


def _files(workspace: Workspace, kept: Record) -> TakenBack:
    files: list[FileRewrite | FileRemoval] = []
    problems: list[Problem] = []
    for one in kept.files:
        place = Path(os.path.normpath(workspace.root / one.path))
        if not place.is_relative_to(workspace.root):
            problems.append(Problem(f"the record names {place}, outside the workspace", str(place)))
            continue
        if not place.is_file():
            # Removed since, by somebody who did not want it; the others can still be taken back.
            continue
        present = read_bytes(place)
        before = taken_back(one, present, place)
        if isinstance(before, list):
            problems += before
        elif before is None:
            files.append(FileRemoval(place, present))
        elif before != present:
            files.append(FileRewrite(place, present, before))
    if problems:
        raise ConflictError.of(problems)
    return tuple(files)


def _read(path: Path) -> dict[str, Record]:
    try:
        return read(read_bytes(path))
    except ValueError as error:
        raise ConfigError(
            "the record of a change cannot be understood",
            at=str(path),
            hint=f"rm {quote(str(path))}",
        ) from error


def _runs(context: Context, workspace: Workspace) -> list[Path]:
    folder = _folder(context, workspace)
    try:
        return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ConfigError(
            f"the records of changes cannot be listed: {error.strerror}",
            at=str(folder),
            hint=f"check its permissions: ls -ld {quote(str(folder))}",
        ) from error


def _folder(context: Context, workspace: Workspace) -> Path:
    return context.journal(workspace.root).parent / "undo"


def _key(workspace: Workspace, project: Project) -> str:
    if project.folder.is_relative_to(workspace.root):
        return project.folder.relative_to(workspace.root).as_posix()
    return project.folder.as_posix()
