"""`railrel index`: ours come from our registry alone, everything else from the public index alone."""

from dataclasses import replace
from pathlib import Path

import click

from railrel.commands.index.report import IndexReport, report_of, show, undone_of
from railrel.commands.shared.changes import carry_out, show_undone, undone
from railrel.commands.shared.context import Context, stop_for
from railrel.commands.shared.index_plan import Plan, plan_of
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
from railrel.commands.shared.tools import ask_of, tool_environment
from railrel.dependencies.locks.beside import Lying
from railrel.dependencies.relock import relock
from railrel.edits import FileRewrite
from railrel.errors import ConfigError, ExitCode
from railrel.origins.tools import IDS
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project

SCHEMA = "railrel.index/1"


@click.command("index")
@projects_argument
@all_option
@click.option(
    "--for",
    "said",
    metavar="TOOLS",
    default="",
    help="Which tools, with commas: pip,uv,poetry,pdm,pipenv. Else those that the files tell of.",
)
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 if there is work.")
@diff_option
@undo_option
@no_lock_option
@click.option(
    "--offline",
    is_flag=True,
    help="Do not ask the registry what its packages need, nor for the versions that pip is to take.",
)
@dry_run_option
@json_option
@with_context
def command(
    context: Context,
    projects: tuple[str, ...],
    *,
    everything: bool,
    said: str,
    check: bool,
    diff: bool,
    undo: bool,
    no_lock: bool,
    offline: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Have our packages come from our registry alone, and all others from the public index alone.

    uv, Poetry, PDM and Pipenv are told so in their own tables, also for packages that only our other
    packages need. pip knows no such rule: it gets constraints and two commands. Locks are made again.
    """
    write = not (check or diff or dry_run)
    tools = _tools(said)
    workspace = context.recovered() if write else context.workspace()
    wanted = chosen(context, workspace, projects, everything=everything)
    stop_for(workspace, wanted)
    if undo:
        return _undo(context, workspace, wanted, write=write, diff=diff, as_json=as_json)
    plans = [plan_of(context, workspace, one, tools, offline=offline) for one in wanted]
    if write:
        plans = _written(context, workspace, plans, lock=not no_lock)
    reports = tuple(report_of(workspace, plan) for plan in plans)
    if as_json:
        context.console.report(SCHEMA, IndexReport(write, reports))
    for plan, report in zip(plans, reports, strict=True):
        show(context, plan, report, write=write, diff=diff, as_json=as_json)
    findings = any(plan.findings for plan in plans)
    work = check and any(plan.changes for plan in plans)
    return ExitCode.FOUND if findings or work else ExitCode.DONE


def _tools(said: str) -> frozenset[str]:
    tools = frozenset(word for word in said.replace(",", " ").split())
    unknown = sorted(tools - set(IDS))
    if unknown:
        known = ",".join(IDS)
        raise ConfigError(f"--for does not know {', '.join(unknown)}", hint=f"--for {known}")
    return tools


def _written(
    context: Context, workspace: Workspace, plans: list[Plan], *, lock: bool
) -> list[Plan]:
    """Make the locks again, and write all of it together."""
    made: set[Path] = set()
    edited = tuple(file for plan in plans for file in plan.files)
    result: list[Plan] = []
    for plan in plans:
        mine = tuple(one for one in plan.stale if lock and one.lock.path not in made)
        made |= {one.lock.path for one in mine}
        for one in mine:
            context.console.say(f"{plan.project.name}: making {one.lock.path.name} again")
        result.append(_relocked(context, workspace, plan, mine, edited) if mine else plan)
    carry_out(
        context,
        workspace,
        {plan.project: (*plan.files, *((plan.pins,) if plan.pins else ())) for plan in result},
    )
    left = [tuple(one for one in plan.stale if one.lock.path not in made) for plan in result]
    return [replace(plan, stale=stale) for plan, stale in zip(result, left, strict=True)]


def _relocked(
    context: Context,
    workspace: Workspace,
    plan: Plan,
    stale: tuple[Lying, ...],
    edited: tuple[FileRewrite, ...],
) -> Plan:
    registry = context.registry(workspace, plan.project)
    ask = replace(ask_of(context, registry), names=plan.taken.all)
    made = relock(context.world, stale, edited, ask, tool_environment(context, registry))
    findings = (*plan.findings, *(finding.problem for finding in made.findings))
    return replace(plan, files=(*plan.files, *made.files), findings=findings)


def _undo(
    context: Context,
    workspace: Workspace,
    projects: tuple[Project, ...],
    *,
    write: bool,
    diff: bool,
    as_json: bool,
) -> int:
    found = undone(context, workspace, projects, write=write)
    if as_json:
        reports = tuple(undone_of(workspace, project, files) for project, files in found.items())
        context.console.report(SCHEMA, IndexReport(write, reports))
    else:
        show_undone(context, workspace, found, write=write, diff=diff)
    return ExitCode.DONE
