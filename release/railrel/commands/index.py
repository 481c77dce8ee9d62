"""`railrel index`: ours come from our registry alone, everything else from the public index alone."""

from dataclasses import dataclass, replace
from pathlib import Path

import click

from railrel.commands.changes import carry_out, diff_of, show_undone, undone
from railrel.commands.context import Context, stop_for
from railrel.commands.index_plan import Plan, plan_of
from railrel.commands.options import (
    chosen,
    dry_run_option,
    json_option,
    projects_argument,
    with_context,
)
from railrel.commands.tools import ask_of, tool_environment
from railrel.dependencies.locks.beside import Lying, locks_of
from railrel.dependencies.relock import relock
from railrel.dependencies.rewrite import FileRewrite
from railrel.errors import ConfigError, ExitCode, Problem
from railrel.origins.tools import IDS
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project

SCHEMA = "railrel.index/1"


@dataclass(frozen=True, slots=True)
class ProjectReport:
    """What was, or would be, written for one project."""

    name: str
    index: str
    """The URL of our index."""
    tools: tuple[str, ...]
    """Those that are told: `uv`, `poetry`, `pdm`, `pipenv`, `pip`."""
    packages: tuple[str, ...]
    """Names of ours that the project's own files name."""
    further_packages: tuple[str, ...]
    """Names of ours that only those need."""
    files: tuple[str, ...]
    """Those that change."""
    stale_locks: tuple[str, ...]
    """Locks that the change makes stale, and that are not made again."""
    commands: tuple[str, ...]
    """What to type to install with pip."""
    findings: tuple[Problem, ...]
    diff: str


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What `railrel index --json` prints."""

    written: bool
    """False with `--check`, `--diff` and `--dry-run`."""
    projects: tuple[ProjectReport, ...]


@dataclass(frozen=True)
class _Work:
    plan: Plan
    stale: tuple[Lying, ...]


@click.command("index")
@projects_argument
@click.option("--all", "everything", is_flag=True, help="All projects of the workspace.")
@click.option(
    "--for",
    "said",
    metavar="TOOLS",
    default="",
    help="Which tools, with commas: pip,uv,poetry,pdm,pipenv. Else those that the files tell of.",
)
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 if there is work.")
@click.option("--diff", is_flag=True, help="Change nothing; print what would change.")
@click.option("--undo", is_flag=True, help="Take back the last change to the project.")
@click.option("--no-lock", is_flag=True, help="Leave lock files as they are.")
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
    works = [_work(context, workspace, project, tools, offline=offline) for project in wanted]
    if write:
        works = _written(context, workspace, works, lock=not no_lock)
    reports = tuple(_report(workspace, work) for work in works)
    if as_json:
        context.console.report(SCHEMA, IndexReport(write, reports))
    for work, report in zip(works, reports, strict=True):
        _show(context, work, report, write=write, diff=diff, as_json=as_json)
    findings = any(work.plan.findings for work in works)
    return (
        ExitCode.FOUND
        if findings or (check and any(work.plan.changes for work in works))
        else ExitCode.DONE
    )


def _tools(said: str) -> frozenset[str]:
    tools = frozenset(word for word in said.replace(",", " ").split())
    unknown = sorted(tools - set(IDS))
    if unknown:
        known = ",".join(IDS)
        raise ConfigError(f"--for does not know {', '.join(unknown)}", hint=f"--for {known}")
    return tools


def _work(
    context: Context,
    workspace: Workspace,
    project: Project,
    tools: frozenset[str],
    *,
    offline: bool,
) -> _Work:
    plan = plan_of(context, workspace, project, tools, offline=offline)
    changed = [file.path for file in plan.files]
    stale: list[Lying] = []
    for one in locks_of(project.folder, workspace.uv_roots.get(project.folder)):
        # An export is stale when the lock that it is made from is.
        if any(one.is_made_from(path) for path in (*changed, *(s.lock.path for s in stale))):
            stale.append(one)
    return _Work(plan, tuple(stale))


def _written(
    context: Context, workspace: Workspace, works: list[_Work], *, lock: bool
) -> list[_Work]:
    """Make the locks again, and write all of it together."""
    done: set[Path] = set()
    edited = tuple(file for work in works for file in work.plan.files)
    result: list[_Work] = []
    for work in works:
        mine = tuple(one for one in work.stale if lock and one.lock.path not in done)
        done |= {one.lock.path for one in mine}
        for one in mine:
            context.console.say(f"{work.plan.project.name}: making {one.lock.path.name} again")
        result.append(_relocked(context, workspace, work, mine, edited) if mine else work)
    carry_out(
        context,
        workspace,
        {work.plan.project: work.plan.files for work in result},
        tuple(work.plan.pins for work in result if work.plan.pins),
    )
    left = [tuple(one for one in work.stale if one.lock.path not in done) for work in result]
    return [replace(work, stale=stale) for work, stale in zip(result, left, strict=True)]


def _relocked(
    context: Context,
    workspace: Workspace,
    work: _Work,
    stale: tuple[Lying, ...],
    edited: tuple[FileRewrite, ...],
) -> _Work:
    plan = work.plan
    registry = context.registry(workspace, plan.project)
    ask = replace(ask_of(context, registry), names=plan.taken.all)
    made = relock(context.world, stale, edited, ask, tool_environment(context, registry))
    findings = (*plan.findings, *(finding.problem for finding in made.findings))
    return replace(work, plan=replace(plan, files=(*plan.files, *made.files), findings=findings))


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
        reports = tuple(_undone(workspace, project, files) for project, files in found.items())
        context.console.report(SCHEMA, IndexReport(write, reports))
    else:
        show_undone(context, workspace, found, write=write, diff=diff)
    return ExitCode.DONE


def _undone(
    workspace: Workspace, project: Project, files: tuple[FileRewrite, ...]
) -> ProjectReport:
    diffs = "\n".join(diff_of(file, workspace.root) for file in files)
    names = tuple(str(file.path) for file in files)
    return ProjectReport(project.name, "", (), (), (), names, (), (), (), diffs)


def _report(workspace: Workspace, work: _Work) -> ProjectReport:
    plan = work.plan
    files = (*plan.files, *((plan.pins,) if plan.pins else ()))
    return ProjectReport(
        name=plan.project.name,
        index=plan.index.url,
        tools=plan.tools,
        packages=plan.taken.direct,
        further_packages=plan.taken.further,
        files=tuple(str(file.path) for file in files),
        stale_locks=tuple(str(one.lock.path) for one in work.stale),
        commands=plan.commands,
        findings=plan.findings,
        diff="\n".join(diff_of(file, workspace.root) for file in files),
    )


def _show(
    context: Context, work: _Work, report: ProjectReport, *, write: bool, diff: bool, as_json: bool
) -> None:
    console, plan = context.console, work.plan
    packages = ", ".join(plan.taken.all)
    if as_json:
        pass
    elif not packages:
        console.say(f"{report.name}: takes nothing of ours")
    elif diff and report.diff:
        console.diff(report.diff)
    elif plan.changes:
        verb = "now" if write else "would be"
        files = ", ".join(Path(name).name for name in report.files)
        console.result(f"{report.name}: {verb} from {plan.index.name} alone: {packages} ({files})")
    elif plan.tools:
        console.say(f"{report.name}: from {plan.index.name} alone already: {packages}")
    for problem in plan.findings:
        console.problem(problem, "finding")
    if write and plan.changes:
        for lock in report.stale_locks:
            console.say(f"{report.name}: {Path(lock).name} is stale now")
    for line in plan.commands:
        console.say(f"with pip: {line}")
