"""`railrel with-fixed-deps`: run a command where the dependencies are fixed, and leave the tree alone."""

import shlex
from dataclasses import replace
from pathlib import Path

import click

from railrel.commands.shared.context import Context, stop_for
from railrel.commands.shared.options import (
    dry_run_option,
    json_option,
    no_lock_option,
    with_context,
)
from railrel.commands.shared.tools import ask_of, index_of, own_index, tool_environment
from railrel.dependencies.copies import put_edits
from railrel.dependencies.locks.beside import locks_of
from railrel.dependencies.look import Request
from railrel.dependencies.moved import with_moved
from railrel.dependencies.relock import (
    asked,
    lock_notes,
    relock_in,
    stale_locks,
    with_files,
)
from railrel.dependencies.rewrite import Replacement, Rewrite, plan
from railrel.dependencies.staying import Staying
from railrel.edits import FileRewrite
from railrel.errors import ConfigError, ExitCode
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project
from railrel.workspace.source_files import sent_names, source_names
from railrel.workspace.versions import scm_variables
from railrel.world import Command

SCHEMA = "railrel.with-fixed-deps/1"


@dataclass(frozen=True, slots=True)
class WithFixedDepsReport:
    """What `railrel with-fixed-deps --dry-run --json` prints."""

    project: str
    command: tuple[str, ...]
    files: tuple[str, ...]
    """What would be copied, relative to the project."""
    changed: tuple[str, ...]
    """Those that would be other than in the tree; locks are not among them."""
    replacements: tuple[Replacement, ...]


@click.command(
    "with-fixed-deps",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@no_lock_option
@dry_run_option
@json_option
@with_context
@click.argument("project")
@click.argument("argv", nargs=-1, required=True, type=click.UNPROCESSED, metavar="-- COMMAND...")
def command(
    context: Context,
    project: str,
    argv: tuple[str, ...],
    *,
    no_lock: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Run COMMAND in a copy of PROJECT in which the dependencies are fixed: docker build, for one.

    The copy holds what .gitignore and .dockerignore let through. Your tree is never touched, not even
    by the command; the copy is removed when it ends. Signals reach the command, and its exit code is
    ours.
    """
    # What follows the project is the command's; click leaves the dashes between them there.
    argv = argv[1:] if argv[0] == "--" else argv
    if not argv:
        raise ConfigError(
            "which command?", hint=f"railrel with-fixed-deps {project} -- docker build ."
        )
    if as_json and not dry_run:
        raise ConfigError(
            "the output is the command's own",
            hint=f"railrel with-fixed-deps --dry-run --json {project} -- {shlex.join(argv)}",
        )
    workspace = context.workspace()
    (mine,) = workspace.choose((project,), context.start)
    stop_for(workspace, (mine,))
    rewrite = _plan(context, workspace, mine)
    if rewrite.problems:
        raise ConfigError.of(rewrite.problems)
    names = _names(context, mine)
    if dry_run:
        return _tell(context, rewrite, argv, names, as_json=as_json)
    return _run(context, workspace, rewrite, argv, names, lock=not no_lock)


def _plan(context: Context, workspace: Workspace, project: Project) -> Rewrite:
    request = Request(
        index=index_of(context.registry(workspace, project)),
        style=context.style(workspace, project),
        alone=True,
    )
    return plan(project, context.neighbourhood(workspace), request)


def _names(context: Context, project: Project) -> tuple[str, ...]:
    """What is copied: git's files without what the build would not be sent."""
    names = sent_names(project.folder, source_names(context.world.git, project.folder))
    if project.version_from_tag and (project.folder / ".git").is_dir():
        # The version is in the tags; without the repository nothing there could be built.
        names = (*names, ".git")
    return names


def _run(
    context: Context,
    workspace: Workspace,
    rewrite: Rewrite,
    argv: tuple[str, ...],
    names: tuple[str, ...],
    *,
    lock: bool,
) -> int:
    world, project = context.world, rewrite.project
    with world.files.scratch(world.cache / "shadows", "shadow-") as scratch:
        copy = scratch / project.folder.name
        world.files.shadow(project.folder, names, copy)
        put_edits(world, project.folder, copy, _within(rewrite, copy))
        if lock:
            rewrite = _with_locks(context, workspace, rewrite, copy)
        for finding in rewrite.findings:
            if finding.stops:
                context.console.problem(finding.problem, "finding")
        environment = {
            **world.environment,
            **_version(context, workspace, project),
            "PWD": str(copy),
        }
        context.console.detail(f"{project.name}: {shlex.join(argv)} in {copy}")
        return world.processes.attached(Command(argv, copy, environment))


def _with_locks(context: Context, workspace: Workspace, rewrite: Rewrite, copy: Path) -> Rewrite:
    """With the locks that were copied made again there."""
    world, project = context.world, rewrite.project
    registry = context.registry(workspace, project)
    # The copy stands alone.
    neighbourhood = replace(context.neighbourhood(workspace), uv_root=lambda _: None)
    staying = Staying((rewrite,), neighbourhood, own_index(registry))
    there = locks_of(project.folder, None)
    locks = tuple(one for one in there if (copy / _relative(one.lock.path, project)).exists())
    stale = stale_locks(rewrite, locks, staying, "all")
    rewrite = with_moved(rewrite, stale, index_of(registry))
    if rewrite.problems:
        raise ConfigError.of(rewrite.problems)
    put_edits(world, project.folder, copy, _within(rewrite, copy))
    for one in stale:
        context.console.say(f"{project.name}: making {one.lock.path.name} again")
    ask = asked([rewrite], stale, ask_of(context, registry))
    made = relock_in(world, copy, stale, ask, tool_environment(context, registry))
    put_edits(world, project.folder, copy, made.files)
    for note in lock_notes(locks, made.files, staying.own_index):
        context.console.problem(note.problem, "note")
    return with_files(rewrite, made)


def _version(context: Context, workspace: Workspace, project: Project) -> dict[str, str]:
    """For backends that ask git for the version, where the copy has no repository."""
    if not project.version_from_tag or (project.folder / ".git").is_dir():
        return {}
    tagged = context.project_at(workspace, project.folder)
    return scm_variables(tagged.version) if tagged and tagged.version else {}


def _within(rewrite: Rewrite, copy: Path) -> list[FileRewrite]:
    """The edits of files that were copied: what the build is not sent need not be fixed."""
    return [f for f in rewrite.files if (copy / _relative(f.path, rewrite.project)).exists()]


def _relative(path: Path, project: Project) -> str:
    return path.relative_to(project.folder).as_posix()


def _tell(
    context: Context,
    rewrite: Rewrite,
    argv: tuple[str, ...],
    names: tuple[str, ...],
    *,
    as_json: bool,
) -> int:
    project = rewrite.project
    changed = tuple(
        name for file in rewrite.files if (name := _relative(file.path, project)) in names
    )
    if as_json:
        report = WithFixedDepsReport(project.name, argv, names, changed, rewrite.replacements)
        context.console.report(SCHEMA, report)
        return ExitCode.DONE
    for replacement in rewrite.replacements:
        now = f"{replacement.name}{replacement.now}"
        context.console.result(f"{project.name}: in the copy {replacement.was} -> {now}")
    count = len(names)
    context.console.result(f"{project.name}: would copy {count} files and run {shlex.join(argv)}")
    return ExitCode.DONE
