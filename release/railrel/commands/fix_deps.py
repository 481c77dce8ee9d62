"""`railrel fix-deps`: turn path dependencies into version ranges."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import click

from railrel.commands.changes import carry_out, diff_of, show_undone, undone
from railrel.commands.context import Context, stop_for
from railrel.commands.index_plan import with_further
from railrel.commands.options import (
    chosen,
    dry_run_option,
    json_option,
    projects_argument,
    with_context,
)
from railrel.commands.tools import ask_of, index_of, own_index, tool_environment
from railrel.dependencies.locks.beside import Lying, locks_of
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
from railrel.dependencies.rewrite import FileRewrite, Replacement, Request, Rewrite, plan
from railrel.dependencies.staged import findings as findings_of
from railrel.dependencies.staged import next_commit
from railrel.dependencies.staying import Staying
from railrel.errors import ConfigError, ExitCode, Problem, RailrelError
from railrel.registries import Registry
from railrel.registries.versions import versions_of
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project

SCHEMA = "railrel.fix-deps/1"


_BREAKS = {"publish": "a publish", "image": "an image", "development": "nothing"}


@dataclass(frozen=True, slots=True)
class FindingReport:
    """A place that only a person can change."""

    message: str
    at: str
    """`file:line:column`."""
    hint: str
    rule: str
    breaks: str
    """`publish`, `image` or `development`."""
    blocks: bool
    """Whether the exit code speaks of it."""


@dataclass(frozen=True, slots=True)
class ProjectReport:
    """What was, or would be, done to one project."""

    name: str
    file: str
    """Its `pyproject.toml`."""
    files: tuple[str, ...]
    """Those that change."""
    changed: bool
    replacements: tuple[Replacement, ...]
    findings: tuple[FindingReport, ...]
    diff: str


@dataclass(frozen=True, slots=True)
class FixDepsReport:
    """What `railrel fix-deps --json` prints."""

    registry: str
    written: bool
    """False with `--check`, `--diff` and `--dry-run`."""
    projects: tuple[ProjectReport, ...]


@dataclass(frozen=True, slots=True)
class _Options:
    purpose: Purpose
    scripts: bool
    keep_source: bool
    offline: bool
    lock: bool
    check: bool
    diff: bool
    write: bool


@click.command("fix-deps")
@projects_argument
@click.option("--all", "everything", is_flag=True, help="All projects of the workspace.")
@click.option("--check", is_flag=True, help="Change nothing; exit code 1 if there is work.")
@click.option(
    "--staged",
    is_flag=True,
    help="With --check: look at what the next commit holds, in every project that it touches.",
)
@click.option("--diff", is_flag=True, help="Change nothing; print what would change.")
@click.option(
    "--for",
    "purpose",
    type=click.Choice(["publish", "image", "all"]),
    default="all",
    help="What shall work: publish looks at published metadata alone, image also at groups, "
    "requirements files and locks.",
)
@click.option("--undo", is_flag=True, help="Take back the last change to the project.")
@click.option("--keep-source", is_flag=True, help="Write the range and leave the path beside it.")
@click.option("--scripts", is_flag=True, help="Change scripts with their own requirements too.")
@click.option("--no-lock", is_flag=True, help="Leave lock files as they are.")
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
    options = _Options(purpose, scripts, keep_source, offline, not no_lock, check, diff, write)
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
    neighbourhood = context.neighbourhood(workspace)
    folders = frozenset(project.folder for project in wanted)
    requests = ((p, _request(context, workspace, p, options, folders)) for p in wanted)
    plans = [plan(project, neighbourhood, request) for project, request in requests]
    problems = [problem for one in plans for problem in one.problems]
    if problems:
        raise ConfigError.of(problems)
    if not options.keep_source:
        plans = [with_further(context, workspace, one) for one in plans]
    if not options.offline:
        plans = [with_unpublished(context, workspace, one) for one in plans]
    if options.lock:
        plans = _with_locks(context, workspace, plans, options)
    if options.write:
        carry_out(context, workspace, {one.project: one.files for one in plans})
    registry = context.registry(workspace)
    changes = any(one.changes for one in plans)
    if as_json:
        reports = tuple(_report(workspace, one) for one in plans)
        context.console.report(SCHEMA, FixDepsReport(registry.place, options.write, reports))
    else:
        _show(context, workspace, plans, options)
        if registry.kind == "folder" and changes:
            named = context.settings(workspace.root).text("registry")
            what = f"the folder {registry.place}" if named else "none configured"
            context.console.say(f"registry: {what}, so no index is written into the files")
        if options.write and changes:
            _next(context, registry, [one.project for one in plans if one.changes])
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
        keep_source = _keeps_source(context, workspace, project, options)
        findings = tuple(
            findings_of(
                commit,
                neighbourhood,
                options.purpose,
                keep_source=keep_source,
                own_index=own_index(context.registry(workspace, project)),
            )
        )
        found.append(Rewrite(project, (), (), findings, ()))
    if as_json:
        place = context.registry(workspace).place
        reports = tuple(_report(workspace, one) for one in found)
        context.console.report(SCHEMA, FixDepsReport(place, written=False, projects=reports))
    else:
        _show(context, workspace, [one for one in found if one.findings], options)
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
        rewrites = (Rewrite(project, files, (), (), ()) for project, files in found.items())
        reports = tuple(_report(workspace, one) for one in rewrites)
        context.console.report(SCHEMA, FixDepsReport(place, options.write, reports))
    else:
        show_undone(context, workspace, found, write=options.write, diff=options.diff)
    return ExitCode.DONE


def _request(
    context: Context,
    workspace: Workspace,
    project: Project,
    options: _Options,
    together: frozenset[Path],
) -> Request:
    registry = context.registry(workspace, project)
    return Request(
        index=index_of(registry),
        purpose=options.purpose,
        style=context.style(workspace, project),
        keep_source=_keeps_source(context, workspace, project, options),
        scripts=options.scripts,
        together=together,
    )


def _keeps_source(
    context: Context, workspace: Workspace, project: Project, options: _Options
) -> bool:
    setting = context.settings(workspace.root, project).text("keep-source")
    return options.keep_source or setting == "yes"


def _with_locks(
    context: Context, workspace: Workspace, plans: list[Rewrite], options: _Options
) -> list[Rewrite]:
    """With the locks made again; where nothing is to be written, with findings about them."""
    works = [_locks(context, workspace, plans, one, options.purpose) for one in plans]
    problems = [problem for work in works for problem in work.plan.problems]
    if problems:
        raise ConfigError.of(problems)
    plans = [work.plan for work in works]
    if not options.write:
        return [
            _with(
                work.plan,
                (*lock_findings(work.stale, work.staying, options.purpose), *work.notes()),
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


def with_unpublished(context: Context, workspace: Workspace, one: Rewrite) -> Rewrite:
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


def _show(context: Context, workspace: Workspace, plans: list[Rewrite], options: _Options) -> None:
    console = context.console
    idle = [one.project.name for one in plans if not one.changes and not one.findings]
    if idle:
        several = f"{len(idle)} projects" if len(idle) > 3 else ", ".join(idle)
        console.say(f"{several}: no path dependencies")
    for one in plans:
        if options.diff:
            for file in one.files:
                console.diff(diff_of(file, workspace.root))
        for replacement in one.replacements if not options.diff else ():
            console.result(_line(one, replacement, write=options.write))
        for finding in one.findings:
            if finding.blocks:
                console.problem(finding.problem, "finding")
            elif not (console.quiet or options.diff):
                console.problem(finding.problem, "note")


def _line(one: Rewrite, replacement: Replacement, *, write: bool) -> str:
    """What became of one path; where files or what they break differ, with those."""
    where = Path(replacement.file).relative_to(one.project.folder).as_posix()
    shown = one.project.name if where == "pyproject.toml" else f"{one.project.name}/{where}"
    verb = "" if write else "would change: "
    several = len({r.breaks for r in one.replacements}) > 1
    stops = f"  (breaks {_BREAKS[replacement.breaks]})" if several else ""
    return f"{shown}: {verb}{replacement.was} -> {replacement.name}{replacement.now}{stops}"


def _report(workspace: Workspace, one: Rewrite) -> ProjectReport:
    return ProjectReport(
        name=one.project.name,
        file=str(one.project.document.path),
        files=tuple(str(file.path) for file in one.files),
        changed=one.changes,
        replacements=one.replacements,
        findings=tuple(
            FindingReport(
                f.problem.message, f.problem.at, f.problem.hint, f.problem.rule, f.breaks, f.blocks
            )
            for f in one.findings
        ),
        diff="\n".join(diff_of(file, workspace.root) for file in one.files),
    )


def _next(context: Context, registry: Registry, changed: list[Project]) -> None:
    if registry.kind == "folder":
        context.console.say('next: eval "$(railrel env)", so that pip and uv find the local index')
    else:
        context.console.say(f"next: railrel publish {changed[0].name}")
