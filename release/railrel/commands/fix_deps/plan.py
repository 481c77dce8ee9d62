"""What `railrel fix-deps` does to each project: the rewrite, what the registry lacks, the locks."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from railrel.commands.shared.context import Context
from railrel.commands.shared.index_plan import with_further
from railrel.commands.shared.tools import ask_of, index_of, own_index, tool_environment
from railrel.dependencies.locks.beside import Lying, locks_of
from railrel.dependencies.look import Request
from railrel.dependencies.moved import with_moved
from railrel.dependencies.ranges import admits
from railrel.dependencies.references import Finding, Purpose
from railrel.dependencies.relock import (
    Made,
    asked,
    lock_findings,
    lock_notes,
    relock,
    stale_locks,
    with_files,
)
from railrel.dependencies.rewrite import Rewrite, plan
from railrel.dependencies.staying import Staying
from railrel.edits import FileRewrite
from railrel.errors import ConfigError, Problem, RailrelError
from railrel.registries.versions import versions_of
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line says of the work."""

    purpose: Purpose
    scripts: bool
    keep_source: bool
    offline: bool
    lock: bool
    write: bool
    """Without it locks are not made again, only told of."""


def planned(
    context: Context, workspace: Workspace, projects: tuple[Project, ...], wish: Wish
) -> list[Rewrite]:
    """The plan for each. ConfigError with all that keeps any of them from being changed."""
    neighbourhood = context.neighbourhood(workspace)
    folders = frozenset(project.folder for project in projects)
    requests = ((p, _request(context, workspace, p, wish, folders)) for p in projects)
    plans = [plan(project, neighbourhood, request) for project, request in requests]
    problems = [problem for one in plans for problem in one.problems]
    if problems:
        raise ConfigError.of(problems)
    if not wish.keep_source:
        plans = [with_further(context, workspace, one) for one in plans]
    if not wish.offline:
        plans = [_with_unpublished(context, workspace, one) for one in plans]
    return _with_locks(context, workspace, plans, wish) if wish.lock else plans


def _request(
    context: Context,
    workspace: Workspace,
    project: Project,
    wish: Wish,
    together: frozenset[Path],
) -> Request:
    registry = context.registry(workspace, project)
    return Request(
        index=index_of(registry),
        purpose=wish.purpose,
        style=context.style(workspace, project),
        keep_source=keeps_source(context, workspace, project, wish),
        scripts=wish.scripts,
        together=together,
    )


def keeps_source(context: Context, workspace: Workspace, project: Project, wish: Wish) -> bool:
    """Whether the paths of a project stay for development."""
    setting = context.settings(workspace.root, project).text("keep-source")
    return wish.keep_source or setting == "yes"


def _with_unpublished(context: Context, workspace: Workspace, one: Rewrite) -> Rewrite:
    """With a finding for each new range that nothing published fulfils."""
    registry = context.registry(workspace, one.project)
    findings: list[Finding] = []
    for name, now, kept in dict.fromkeys((r.name, r.now, r.kept) for r in one.replacements):
        try:
            versions = versions_of(registry.held(name))
        except RailrelError as error:
            for problem in error.problems:
                context.console.problem(problem, "unknown")
            break
        if not any(admits(now, version) for version in versions):
            newest = f"; the newest is {max(versions)}" if versions else ""
            problem = Problem(
                f"no published version of {name} is in {now}{newest}",
                registry.place,
                f"railrel publish {name}",
                "not-published",
            )
            # What a workspace brings along is missed only by those who install what is published.
            findings.append(Finding(problem, "image", blocks=not kept))
    return _with(one, tuple(findings))


def _with_locks(
    context: Context, workspace: Workspace, plans: list[Rewrite], wish: Wish
) -> list[Rewrite]:
    """With the locks made again; where nothing is to be written, with findings about them."""
    works = [_locks(context, workspace, plans, one, wish.purpose) for one in plans]
    problems = [problem for work in works for problem in work.plan.problems]
    if problems:
        raise ConfigError.of(problems)
    plans = [work.plan for work in works]
    if not wish.write:
        return [
            _with(
                work.plan,
                (*lock_findings(work.stale, work.staying, wish.purpose), *work.notes()),
            )
            for work in works
        ]
    done: set[Path] = set()
    made: list[FileRewrite] = []
    result: list[Rewrite] = []
    for work in works:
        # Members of one uv workspace share a lock, which is made once, with the edits of all.
        mine = tuple(s for s in work.stale if s.lock.path not in done)
        done |= {s.lock.path for s in mine}
        for lock in mine:
            context.console.say(f"{work.plan.project.name}: making {lock.lock.path.name} again")
        now = _made(context, workspace, plans, work.plan, mine) if mine else Made((), ())
        made += now.files
        result.append(_with(with_files(work.plan, now), work.notes(made)))
    return result


def _made(
    context: Context,
    workspace: Workspace,
    plans: list[Rewrite],
    one: Rewrite,
    stale: tuple[Lying, ...],
) -> Made:
    registry = context.registry(workspace, one.project)
    ask = asked(plans, stale, ask_of(context, registry))
    edited = tuple(file for plan in plans for file in plan.files)
    return relock(context.world, stale, edited, ask, tool_environment(context, registry))


@dataclass(frozen=True, slots=True)
class _Locks:
    """A project's locks, and those of them that are work."""

    plan: Rewrite
    locks: tuple[Lying, ...]
    staying: Staying
    stale: tuple[Lying, ...]

    def notes(self, made: Iterable[FileRewrite] = ()) -> tuple[Finding, ...]:
        return lock_notes(self.locks, made, self.staying.own_index)


def _locks(
    context: Context, workspace: Workspace, plans: list[Rewrite], one: Rewrite, purpose: Purpose
) -> _Locks:
    folder = one.project.folder
    locks = locks_of(folder, workspace.uv_roots.get(folder))
    registry = context.registry(workspace, one.project)
    staying = Staying(tuple(plans), context.neighbourhood(workspace), own_index(registry))
    stale = stale_locks(one, locks, staying, purpose)
    return _Locks(with_moved(one, stale, index_of(registry)), locks, staying, stale)


def _with(one: Rewrite, findings: tuple[Finding, ...]) -> Rewrite:
    return replace(one, findings=(*one.findings, *findings))
