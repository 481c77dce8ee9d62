"""`railrel fix-deps`: turn path dependencies into version ranges."""

import difflib
from dataclasses import dataclass

import click

from railrel.commands.context import Context, stop_for
from railrel.commands.options import (
    chosen,
    dry_run_option,
    json_option,
    projects_argument,
    with_context,
)
from railrel.dependencies.references import Index
from railrel.dependencies.rewrite import Replacement, Rewrite, plan
from railrel.errors import ConfigError, ExitCode
from railrel.registries import Registry
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project
from railrel.world import FileChange

SCHEMA = "railrel.fix-deps/1"


@dataclass(frozen=True, slots=True)
class ProjectReport:
    """What was, or would be, done to one project."""

    name: str
    file: str
    changed: bool
    replacements: tuple[Replacement, ...]
    diff: str


@dataclass(frozen=True, slots=True)
class FixDepsReport:
    """What `railrel fix-deps --json` prints."""

    registry: str
    written: bool
    """False with `--check`, `--diff` and `--dry-run`."""
    projects: tuple[ProjectReport, ...]


@click.command("fix-deps")
@projects_argument
@click.option("--all", "everything", is_flag=True, help="All projects of the workspace.")
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 if there is work.")
@click.option("--diff", is_flag=True, help="Change nothing; print what would change.")
@dry_run_option
@json_option
@with_context
def command(
    context: Context,
    projects: tuple[str, ...],
    *,
    everything: bool,
    check: bool,
    diff: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Turn path dependencies such as ../issue-core into version ranges.

    The range comes from the version of the project in that folder: 0.2.3 gives >=0.2,<0.3.
    Everything else in the file stays as it is, to the byte. A second run changes nothing.
    """
    write = not (check or diff or dry_run)
    workspace = context.recovered() if write else context.workspace()
    wanted = chosen(context, workspace, projects, everything=everything)
    stop_for(workspace, wanted)
    plans = [_plan(context, workspace, project) for project in wanted]
    problems = [problem for one in plans for problem in one.problems]
    if problems:
        raise ConfigError.of(problems)
    changes = tuple(
        FileChange(one.project.document.path, one.project.document.data, one.after)
        for one in plans
        if one.changes
    )
    if write and changes:
        context.world.files.change(changes, workspace.root, context.journal(workspace.root))
    registry = context.registry(workspace)
    if as_json:
        reports = tuple(_report(workspace, one) for one in plans)
        context.console.report(SCHEMA, FixDepsReport(registry.place, write, reports))
    else:
        _show(context, workspace, plans, diff=diff, write=write)
        if registry.kind == "folder" and changes:
            context.console.say("registry: none configured, so no index is written into the files")
        if write and changes:
            _next(context, registry, [one.project for one in plans if one.changes])
    return ExitCode.FOUND if check and changes else ExitCode.DONE


def _plan(context: Context, workspace: Workspace, project: Project) -> Rewrite:
    registry = context.registry(workspace, project)
    return plan(
        project,
        workspace.folders,
        lambda folder: context.project_at(workspace, folder),
        index_of(registry),
    )


def index_of(registry: Registry) -> Index | None:
    """The index that projects should name; none for a folder, which would be a path again."""
    if not registry.index_name:
        return None
    return Index(registry.index_name, f"{registry.simple_url}/", registry.publish_url)


def _show(
    context: Context, workspace: Workspace, plans: list[Rewrite], *, diff: bool, write: bool
) -> None:
    for one in plans:
        if not one.changes:
            context.console.say(f"{one.project.name}: no path dependencies")
        elif diff:
            context.console.diff(_diff(workspace, one))
        for replacement in one.replacements if one.changes and not diff else ():
            verb = "" if write else "would change: "
            now = f"{replacement.name}{replacement.now}"
            context.console.result(f"{one.project.name}: {verb}{replacement.was} -> {now}")


def _diff(workspace: Workspace, one: Rewrite) -> str:
    file = one.project.document.path.relative_to(workspace.root).as_posix()
    before, after = (d.decode("utf-8").splitlines() for d in (one.project.document.data, one.after))
    return "\n".join(difflib.unified_diff(before, after, f"a/{file}", f"b/{file}", lineterm=""))


def _report(workspace: Workspace, one: Rewrite) -> ProjectReport:
    return ProjectReport(
        name=one.project.name,
        file=str(one.project.document.path),
        changed=one.changes,
        replacements=one.replacements if one.changes else (),
        diff=_diff(workspace, one) if one.changes else "",
    )


def _next(context: Context, registry: Registry, changed: list[Project]) -> None:
    for project in changed:
        for lock, tool in (("uv.lock", "uv lock"), ("poetry.lock", "poetry lock")):
            if (project.folder / lock).is_file():
                context.console.say(f"{project.name}: {lock} still names the folder; run: {tool}")
    if registry.kind == "folder":
        context.console.say('next: eval "$(railrel env)", so that pip and uv find the local index')
    else:
        context.console.say(f"next: railrel publish {changed[0].name}")
