"""`railrel fix-deps`: turn path dependencies into version ranges."""

import click

from railrel.commands.fix_deps.plan import Wish, keeps_source, planned
from railrel.commands.fix_deps.report import FixDepsReport, report_of, say_next, show, undone_of
from railrel.commands.shared.changes import carry_out, show_undone, undone
from railrel.commands.shared.context import Context, stop_for
from railrel.commands.shared.options import (
    all_option,
    chosen,
    diff_option,
    dry_run_option,
    json_option,
    no_lock_option,
    projects_argument,
    undo_option,
    with_context,
)
from railrel.commands.shared.tools import own_index
from railrel.dependencies.references import Purpose
from railrel.dependencies.rewrite import Rewrite
from railrel.dependencies.staged import findings as findings_of
from railrel.dependencies.staged import next_commit
from railrel.errors import ConfigError, ExitCode
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project

SCHEMA = "railrel.fix-deps/1"


@dataclass(frozen=True, slots=True)
class _Options:
    wish: Wish
    check: bool
    diff: bool

    @property
    def write(self) -> bool:
        return self.wish.write


@click.command("fix-deps")
@projects_argument
@all_option
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 if there is work.")
@click.option(
    "--staged",
    is_flag=True,
    help="With --check: look at what the next commit holds, in every project that it touches.",
)
@diff_option
@click.option(
    "--for",
    "purpose",
    type=click.Choice(["publish", "image", "all"]),
    default="all",
    help="What shall work: publish looks at published metadata alone, image also at groups, "
    "requirements files and locks.",
)
@undo_option
@click.option("--keep-source", is_flag=True, help="Write the range and leave the path beside it.")
@click.option("--scripts", is_flag=True, help="Change scripts with their own requirements too.")
@no_lock_option
@click.option("--offline", is_flag=True, help="Do not ask the registry for the versions it has.")
@dry_run_option
@json_option
@with_context
def command(
    context: Context,
    projects: tuple[str, ...],
    *,
    everything: bool,
    check: bool,
    staged: bool,
    diff: bool,
    purpose: Purpose,
    undo: bool,
    keep_source: bool,
    scripts: bool,
    no_lock: bool,
    offline: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Turn path dependencies such as ../issue-core into version ranges.

    The range comes from the version of the project in that folder: 0.2.3 gives >=0.2,<0.3.
    Everything else in the file stays as it is, to the byte. A second run changes nothing. What only
    a person can change is named with its place; exit code 1 if it stands in the way.
    """
    write = not (check or diff or dry_run)
    wish = Wish(purpose, scripts, keep_source, offline, not no_lock, write)
    options = _Options(wish, check, diff)
    if staged and not check:
        raise ConfigError("--staged is for --check", hint="railrel fix-deps --check --staged")
    workspace = context.recovered() if options.write else context.workspace()
    if staged:
        return _check_staged(context, workspace, projects, options, as_json=as_json)
    wanted = chosen(context, workspace, projects, everything=everything)
    stop_for(workspace, wanted)
    if undo:
        return _undo(context, workspace, wanted, options, as_json=as_json)
    return _fix(context, workspace, wanted, options, as_json=as_json)


def _fix(
    context: Context,
    workspace: Workspace,
    wanted: tuple[Project, ...],
    options: _Options,
    *,
    as_json: bool,
) -> int:
    plans = planned(context, workspace, wanted, options.wish)
    if options.write:
        carry_out(context, workspace, {one.project: one.files for one in plans})
    registry = context.registry(workspace)
    changes = any(one.changes for one in plans)
    if as_json:
        reports = tuple(report_of(workspace, one) for one in plans)
        context.console.report(SCHEMA, FixDepsReport(registry.place, options.write, reports))
    else:
        show(context, workspace, plans, diff=options.diff, write=options.write)
        if registry.kind == "folder" and changes:
            named = context.settings(workspace.root).text("registry")
            what = f"the folder {registry.place}" if named else "none configured"
            context.console.say(f"registry: {what}, so no index is written into the files")
        if options.write and changes:
            say_next(context, registry, [one.project for one in plans if one.changes])
    return ExitCode.FOUND if options.check and changes else _code(plans)


def _check_staged(
    context: Context,
    workspace: Workspace,
    words: tuple[str, ...],
    options: _Options,
    *,
    as_json: bool,
) -> int:
    found: list[Rewrite] = []
    neighbourhood = context.neighbourhood(workspace)
    git = context.world.git.state(context.start)
    here = [p for p in workspace.problems if git and p.at.startswith(f"{git.root}/")]
    if here:
        # A file that cannot be read is no file without paths.
        raise ConfigError.of(here)
    for project in workspace.choose(words, context.start):
        commit = next_commit(context.world.git, project)
        if commit is None:
            continue
        stop_for(workspace, (project,))
        keep_source = keeps_source(context, workspace, project, options.wish)
        findings = tuple(
            findings_of(
                commit,
                neighbourhood,
                options.wish.purpose,
                keep_source=keep_source,
                own_index=own_index(context.registry(workspace, project)),
            )
        )
        found.append(Rewrite(project, (), (), findings, ()))
    if as_json:
        place = context.registry(workspace).place
        reports = tuple(report_of(workspace, one) for one in found)
        context.console.report(SCHEMA, FixDepsReport(place, written=False, projects=reports))
    else:
        show(
            context,
            workspace,
            [one for one in found if one.findings],
            diff=options.diff,
            write=options.write,
        )
    return _code(found)


def _code(plans: list[Rewrite]) -> ExitCode:
    left = any(finding.stops for one in plans for finding in one.findings)
    return ExitCode.FOUND if left else ExitCode.DONE


def _undo(
    context: Context,
    workspace: Workspace,
    projects: tuple[Project, ...],
    options: _Options,
    *,
    as_json: bool,
) -> int:
    found = undone(context, workspace, projects, write=options.write)
    if as_json:
        place = context.registry(workspace).place
        reports = tuple(undone_of(workspace, project, files) for project, files in found.items())
        context.console.report(SCHEMA, FixDepsReport(place, options.write, reports))
    else:
        show_undone(context, workspace, found, write=options.write, diff=options.diff)
    return ExitCode.DONE
