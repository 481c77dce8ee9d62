"""`railrel status`: what is here, what depends on what, what is published."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import click

from railrel.commands.shared.context import Context
from railrel.commands.shared.options import json_option, projects_argument, with_context
from railrel.commands.status.security_report import SecurityReport
from railrel.dependencies.neighbours import Needs, edges, needs
from railrel.errors import ExitCode, Problem, RailrelError, UnreachableError
from railrel.registries.protocol import Registry, RemoteFile
from railrel.registries.versions import versions_of
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.graph import as_dot, as_mermaid, cycles
from railrel.workspace.projects import Project
from railrel.workspace.state import own_tags, short
from railrel.world import GitState

SCHEMA = "railrel.status/1"


@dataclass(frozen=True, slots=True)
class Need:
    """A neighbour that a project takes by its folder."""

    name: str
    path: str
    """As written."""
    at: str
    """`file:line:column`."""
    syntax: str


@dataclass(frozen=True, slots=True)
class GitReport:
    """How the project's checkout stands."""

    branch: str | None
    commit: str | None
    changed: int
    """Changed, staged and untracked files below the project."""
    ahead: int | None
    behind: int | None
    tags: tuple[str, ...]
    """At HEAD, those that mark the project's present version."""


@dataclass(frozen=True, slots=True)
class ProjectReport:
    """One row."""

    name: str
    version: str | None
    folder: str
    git: GitReport | None
    needs_by_path: tuple[Need, ...]
    needs_by_name: tuple[str, ...]
    published: bool | None
    """Whether the registry holds this version; null when it was not asked or did not answer."""
    newest_published: str | None


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What `railrel status --json` prints."""

    workspace: str
    registry: str
    projects: tuple[ProjectReport, ...]
    cycles: tuple[tuple[str, ...], ...]
    problems: tuple[Problem, ...]
    security: SecurityReport | None
    """With `--security`."""


@dataclass(frozen=True)
class _Row:
    need: Needs
    git: GitState | None
    report: ProjectReport


@click.command("status")
@projects_argument
@json_option
@click.option(
    "--graph", type=click.Choice(["mermaid", "dot"]), help="Print who needs whom as a graph."
)
@click.option("--offline", is_flag=True, help="Do not ask the registry, nor the public index.")
@click.option(
    "--security",
    is_flag=True,
    help="Look for what lets a stranger's package in; exit code 1 if there is something.",
)
@with_context
def command(
    context: Context,
    projects: tuple[str, ...],
    *,
    as_json: bool,
    graph: Literal["mermaid", "dot"] | None,
    offline: bool,
    security: bool,
) -> int:
    """What is here, what depends on what, what is published.

    Exit code 1 when something is wrong with a project or, with --security, lets strangers in; 3 or 4
    when the registry did not answer or refused to.
    """
    workspace = context.workspace()
    wanted = set(workspace.choose(projects, context.start))
    all_needs = needs(workspace, context.neighbourhood(workspace))
    graph_edges = edges(all_needs)
    if graph:
        context.console.result(
            as_mermaid(graph_edges) if graph == "mermaid" else as_dot(graph_edges)
        )
        return ExitCode.DONE
    circles = cycles(graph_edges)
    registry = context.registry(workspace)
    shown = [need for need in all_needs if need.project in wanted]
    states = {need.project.folder: _git(context, need.project) for need in shown}
    held = _held(context, workspace, [n.project for n in shown]) if not offline else {}
    rows = [_row(context, workspace, need, states, held) for need in shown]
    problems = (
        *workspace.problems,
        *(problem for need in all_needs for problem in need.problems),
        *(_circular(circle, all_needs) for circle in circles),
    )
    failures = [answer for answer in held.values() if isinstance(answer, RailrelError)]
    unasked = dict.fromkeys(failure.problems[0] for failure in failures)
    found = None
    if security:
        from railrel.commands.status.security import examined

        found = examined(
            context, workspace, (n.project for n in shown), states, held, offline=offline
        )
        failures += [UnreachableError.of([problem]) for problem in found.unknown]
    report = StatusReport(
        workspace=str(workspace.root),
        registry=registry.place,
        projects=tuple(row.report for row in rows),
        cycles=circles,
        problems=(*problems, *unasked),
        security=found,
    )
    if as_json:
        context.console.report(SCHEMA, report)
    else:
        _show(context, registry, rows)
    for problem in (*problems, *(found.findings if found else ())):
        context.console.problem(problem, "finding")
    for problem in found.notes if found else ():
        context.console.problem(problem, "note")
    for problem in (*unasked, *(found.unknown if found else ())):
        context.console.problem(problem, "unknown")
    if problems or (found and found.findings):
        return ExitCode.FOUND
    return failures[0].code if failures else ExitCode.DONE


_Held = dict[Path, tuple[RemoteFile, ...] | RailrelError]


def _git(context: Context, project: Project) -> GitState | None:
    return context.world.git.state(project.folder)


def _held(context: Context, workspace: Workspace, projects: list[Project]) -> _Held:
    """What the registry holds of each. One that does not answer once is not asked again."""
    found: _Held = {}
    registries = {p.folder: context.registry(workspace, p) for p in projects}
    places: dict[str, list[Project]] = {}
    for project in projects:
        places.setdefault(registries[project.folder].place, []).append(project)
    for first, *others in places.values():
        answer = _ask(registries[first.folder], first)
        found[first.folder] = answer
        if isinstance(answer, RailrelError):
            found.update({project.folder: answer for project in others})
            continue
        with ThreadPoolExecutor(max_workers=8) as pool:
            answers = pool.map(lambda p: _ask(registries[p.folder], p), others)
            found.update(zip((p.folder for p in others), answers, strict=True))
    return found


def _ask(registry: Registry, project: Project) -> tuple[RemoteFile, ...] | RailrelError:
    try:
        return registry.held(project.name)
    except RailrelError as error:
        return error


def _row(
    context: Context,
    workspace: Workspace,
    need: Needs,
    states: dict[Path, GitState | None],
    held: _Held,
) -> _Row:
    git = states[need.project.folder]
    project = need.project.tagged(git.tags if git else ())
    pattern = context.settings(workspace.root, project).text("tag")
    files = held.get(project.folder)
    versions = None if files is None or isinstance(files, RailrelError) else versions_of(files)
    report = ProjectReport(
        name=project.name,
        version=str(project.version) if project.version else None,
        folder=str(project.folder),
        git=None
        if git is None
        else GitReport(
            branch=git.branch,
            commit=git.commit,
            changed=len(git.dirty),
            ahead=git.ahead,
            behind=git.behind,
            tags=own_tags(project, git, pattern),
        ),
        needs_by_path=tuple(Need(d.shown, d.written, d.at, d.syntax) for d in need.by_path),
        needs_by_name=need.by_name,
        published=None if versions is None else project.version in versions,
        newest_published=str(max(versions)) if versions else None,
    )
    return _Row(need, git, report)


def _circular(circle: tuple[str, ...], all_needs: tuple[Needs, ...]) -> Problem:
    first = next(need.project for need in all_needs if need.project.name == circle[0])
    return Problem(
        f"these projects need each other: {' -> '.join(circle)}",
        at=str(first.document.path),
        hint="no order can publish them; move what both need into a third project",
        rule="cycle",
    )


def _show(context: Context, registry: Registry, rows: list[_Row]) -> None:
    headings = ("project", "version", "git", "needs by path", "published")
    context.console.table(headings, map(_cells, rows))
    if registry.kind == "folder":
        context.console.say(f"registry: the folder {registry.place} (set registry to use a server)")
    else:
        context.console.say(f"registry: {registry.place}")
    waiting = next((row.report.name for row in rows if row.report.needs_by_path), None)
    if waiting:
        context.console.say(f"next: railrel fix-deps {waiting} --diff")


def _cells(row: _Row) -> tuple[str, ...]:
    report = row.report
    seen = dict.fromkeys(f"{need.name} ({need.path})" for need in report.needs_by_path)
    published = {True: "yes", False: "no", None: "?"}[report.published]
    if report.published is False and report.newest_published:
        published += f", {report.newest_published} is"
    tags = report.git.tags if report.git else ()
    return (
        report.name,
        report.version or "?",
        short(row.git, tags),
        "\n".join(seen) or "-",
        published,
    )
