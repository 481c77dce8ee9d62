"""`railrel publish`: build, inspect, upload once, prove that it arrived."""

from dataclasses import dataclass

import click

from railrel.commands.by_tag import Asked, Checked, asked, checked, meant
from railrel.commands.context import Context, stop_for
from railrel.commands.job_files import add_to_summary, give_outputs
from railrel.commands.options import (
    dry_run_option,
    json_option,
    projects_argument,
    with_context,
)
from railrel.commands.publish_one import Task, published
from railrel.commands.publish_report import PublishReport, outputs, summary
from railrel.commands.publish_talk import say_next
from railrel.dependencies.neighbours import edges, needs
from railrel.dependencies.rewrite import Request, Rewrite, plan
from railrel.distributions.prepare import Order
from railrel.errors import ConfigError, ExitCode, Problem, RefusedError
from railrel.workspace.discovery import Workspace
from railrel.workspace.graph import cycles, needed_first
from railrel.workspace.projects import Project
from railrel.workspace.state import marked_version

SCHEMA = "railrel.publish/2"


@dataclass(frozen=True, slots=True)
class _Allowed:
    dirty: bool
    no_tag: bool
    dev: bool
    rebuild: bool


@click.command("publish")
@projects_argument
@click.option(
    "--tag",
    metavar="TAG",
    help="Publish this tag's version, if version and commit agree with it. None: the job's.",
)
@click.option("--allow-dirty", is_flag=True, help="Also with changes that no commit holds.")
@click.option("--no-tag", is_flag=True, help="Also where HEAD is not at the version's tag.")
@click.option("--allow-dev", is_flag=True, help="Also development and local versions.")
@click.option("--rebuild", is_flag=True, help="Build also what was built of the very same before.")
@dry_run_option
@json_option
@with_context
def command(
    context: Context,
    projects: tuple[str, ...],
    *,
    tag: str | None,
    allow_dirty: bool,
    no_tag: bool,
    allow_dev: bool,
    rebuild: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Build, inspect, upload what is missing, and read the index back.

    A copy is built, with its path dependencies as ranges; your tree is never touched. The wheel is
    built from the sdist, and both are refused if they could not be installed elsewhere. Publishing
    the same again does nothing; other bytes under a published version end in exit code 5. The files
    of a version are kept, and taken again as long as nothing that goes into them has changed.

    With a tag and no PROJECT it is the project whose tag it is. A job's runner gets the outputs
    project, version, tag, files and published, and a summary.
    """
    workspace = context.workspace() if dry_run else context.recovered()
    by = asked(context, tag, no_tag=no_tag)
    wanted = _in_order(context, workspace, meant(context, workspace, projects, by))
    stop_for(workspace, wanted)
    tasks = _tasks(
        context, workspace, wanted, by, _Allowed(allow_dirty, no_tag, allow_dev, rebuild)
    )
    reports = [published(context, workspace, task, dry_run=dry_run) for task in tasks]
    registry = context.registry(workspace, wanted[0])
    report = PublishReport(registry.place, registry.simple_url, dry_run, tuple(reports))
    give_outputs(context, outputs(report))
    add_to_summary(context, summary(report))
    if as_json:
        context.console.report(SCHEMA, report)
    elif not dry_run:
        say_next(context, workspace, registry, wanted)
    return ExitCode.DONE


def _in_order(
    context: Context, workspace: Workspace, wanted: tuple[Project, ...]
) -> tuple[Project, ...]:
    """What is needed first, first."""
    if len(wanted) == 1:
        return wanted
    graph = edges(needs(workspace, context.neighbourhood(workspace)))
    circles = cycles(graph)
    if circles:
        raise ConfigError.of(
            Problem(
                f"these projects need each other: {' -> '.join(circle)}",
                at=str(workspace.root),
                hint="no order can publish them; move what both need into a third project",
                rule="cycle",
            )
            for circle in circles
        )
    by_name = {project.name: project for project in wanted}
    return tuple(by_name[name] for name in needed_first(graph, by_name))


def _tasks(
    context: Context,
    workspace: Workspace,
    wanted: tuple[Project, ...],
    by: Asked | None,
    allowed: _Allowed,
) -> list[Task]:
    """What there is to do. RefusedError with all that speaks against it."""
    agreed = [checked(context, workspace, project, by) for project in wanted]
    disagreeing = [problem for each in agreed for problem in each.problems]
    if disagreeing:
        raise RefusedError.of(disagreeing)
    tasks = [_task(context, workspace, each, allowed) for each in agreed]
    refused = [
        problem
        for each in agreed
        for problem in each.refusals(
            context, workspace, allow_dirty=allowed.dirty, no_tag=allowed.no_tag
        )
    ]
    if refused:
        raise RefusedError.of(refused)
    return tasks


def _task(context: Context, workspace: Workspace, each: Checked, allowed: _Allowed) -> Task:
    project = each.marked
    order = Order(
        project=project,
        version=marked_version(project),
        rewrite=_rewrite(context, workspace, each.project),
        git=each.state,
        siblings=frozenset(p.name for p in workspace.projects),
        root=workspace.root,
        allow_dev=allowed.dev,
        rebuild=allowed.rebuild,
    )
    return Task(order, each.tag)


def _rewrite(context: Context, workspace: Workspace, project: Project) -> Rewrite:
    """As fix-deps does it, but without an index: an sdist is for others.

    What is not published is rewritten as well where it can be; the gate judges what is left.
    """
    neighbourhood = context.neighbourhood(workspace)
    style = context.style(workspace, project)
    whole = plan(project, neighbourhood, Request(style=style, alone=True))
    if not whole.problems:
        return whole
    return plan(project, neighbourhood, Request(purpose="publish", style=style, alone=True))
