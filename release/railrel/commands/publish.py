"""`railrel publish`: build, inspect, upload once, prove that it arrived."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import click

from railrel.commands.context import Context, stop_for
from railrel.commands.options import (
    chosen,
    dry_run_option,
    json_option,
    projects_argument,
    with_context,
)
from railrel.dependencies.neighbours import edges, needs
from railrel.dependencies.ranges import admits
from railrel.dependencies.rewrite import Request, Rewrite, plan
from railrel.distributions.prepare import Order, Prepared, prepare
from railrel.errors import ConfigError, ExitCode, Problem, RefusedError
from railrel.registries import Registry
from railrel.registries.uploads import Outcome, publish
from railrel.registries.versions import versions_of
from railrel.workspace.discovery import Workspace
from railrel.workspace.graph import cycles, needed_first
from railrel.workspace.projects import Project
from railrel.workspace.state import not_releasable

SCHEMA = "railrel.publish/1"


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file."""

    filename: str
    sha256: str
    size: int
    """Bytes."""
    outcome: str
    """`uploaded`, `already published` or, with `--dry-run`, `built`."""


@dataclass(frozen=True, slots=True)
class ProjectReport:
    """One project that is published now."""

    name: str
    version: str
    files: tuple[FileReport, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class PublishReport:
    """What `railrel publish --json` prints."""

    registry: str
    index: str
    """Where installers find it."""
    dry_run: bool
    projects: tuple[ProjectReport, ...]


@dataclass(frozen=True, slots=True)
class _Allowed:
    dirty: bool
    no_tag: bool
    dev: bool


@click.command("publish")
@projects_argument
@click.option("--allow-dirty", is_flag=True, help="Also with changes that no commit holds.")
@click.option("--no-tag", is_flag=True, help="Also where HEAD is not at the version's tag.")
@click.option("--allow-dev", is_flag=True, help="Also development and local versions.")
@dry_run_option
@json_option
@with_context
def command(
    context: Context,
    projects: tuple[str, ...],
    *,
    allow_dirty: bool,
    no_tag: bool,
    allow_dev: bool,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Build, inspect, upload what is missing, and read the index back.

    A copy is built, with its path dependencies as ranges; your tree is never touched. The wheel is
    built from the sdist, and both are refused if they could not be installed elsewhere. Publishing
    the same again does nothing; other bytes under a published version end in exit code 5.
    """
    workspace = context.workspace() if dry_run else context.recovered()
    wanted = _in_order(context, workspace, chosen(context, workspace, projects))
    stop_for(workspace, wanted)
    allowed = _Allowed(allow_dirty, no_tag, allow_dev)
    orders = [_order(context, workspace, project, allowed) for project in wanted]
    refused = [p for o in orders for p in _refusals(context, workspace, o, allowed)]
    if refused:
        raise RefusedError.of(refused)
    reports = [_publish(context, workspace, order, dry_run=dry_run) for order in orders]
    registry = context.registry(workspace, wanted[0])
    if as_json:
        report = PublishReport(registry.place, registry.simple_url, dry_run, tuple(reports))
        context.console.report(SCHEMA, report)
    elif not dry_run:
        _next(context, workspace, registry, wanted)
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


def _order(context: Context, workspace: Workspace, project: Project, allowed: _Allowed) -> Order:
    git = context.world.git.state(project.folder)
    tagged = project.tagged(git.tags if git else ())
    if tagged.version is None:
        raise RefusedError(
            f"{project.name} takes its version from the tag, and HEAD carries none",
            at=str(project.folder),
            hint="tag the release, for example: git tag v0.1.0",
        )
    return Order(
        project=tagged,
        version=tagged.version,
        rewrite=_rewrite(context, workspace, project),
        git=git,
        siblings=frozenset(p.name for p in workspace.projects),
        root=workspace.root,
        allow_dev=allowed.dev,
    )


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


def _refusals(
    context: Context, workspace: Workspace, order: Order, allowed: _Allowed
) -> list[Problem]:
    pattern = context.settings(workspace.root, order.project).text("tag")
    hidden = () if allowed.dirty else context.world.git.hidden(order.project.folder)
    problems = [
        Problem(
            f"git was told not to look for changes of {name}, so nobody knows what would be published",
            at=str(order.project.folder / name),
            hint=f"git update-index --no-assume-unchanged --no-skip-worktree {name}",
            rule="hidden-from-git",
        )
        for name in hidden
    ]
    return problems + not_releasable(
        order.project,
        order.git,
        pattern,
        allow_dirty=allowed.dirty,
        no_tag=allowed.no_tag,
    )


def _publish(
    context: Context, workspace: Workspace, order: Order, *, dry_run: bool
) -> ProjectReport:
    world, console = context.world, context.console
    started = world.clock.monotonic()
    registry = context.registry(workspace, order.project)
    name = f"{order.project.name} {order.version}"
    # Before the build, which takes longer: a token that is refused is better known at once.
    _warn_of_plain_http(context, registry)
    registry.check_access()
    for replacement in order.rewrite.replacements:
        console.detail(f"{name}: {replacement.was} -> {replacement.name}{replacement.now}")
    with world.files.scratch(world.cache / "builds", "build-") as scratch:
        console.say(f"{name}: building")
        prepared = prepare(world, order, scratch)
        for file in prepared.files:
            console.say(f"  built {file.path.name}, {_size(file.size)}")
        console.say("  fit to publish: both files opened, no path in them, sdist and wheel agree")
        _warn_of_missing(context, registry, order)
        outcomes = () if dry_run else publish(registry, prepared.files, world.clock)
    _tell(context, registry, name, outcomes)
    if any(outcome.sent for outcome in outcomes):
        linked = registry.link(order.project.name, order.git.remote if order.git else None)
        if linked:
            console.say(f"  {linked}")
    return _report(order, prepared, outcomes, world.clock.monotonic() - started)


def _warn_of_plain_http(context: Context, registry: Registry) -> None:
    parts = urlsplit(registry.publish_url)
    if parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        context.console.problem(
            Problem(
                "the credential goes over the network in the clear",
                at=registry.place,
                hint="name the registry with https://",
            ),
            "note",
        )


def _warn_of_missing(context: Context, registry: Registry, order: Order) -> None:
    """A range that nothing published fulfils is no reason to stop, but one to know."""
    for replacement in order.rewrite.replacements:
        if not replacement.published:
            continue
        versions = versions_of(registry.held(replacement.name))
        if not any(admits(replacement.now, version) for version in versions):
            context.console.problem(
                Problem(
                    f"{order.project.name} needs {replacement.name}{replacement.now}, "
                    "and the registry holds no such version yet",
                    at=registry.place,
                    hint=f"railrel publish {replacement.name}",
                ),
                "note",
            )


def _tell(context: Context, registry: Registry, name: str, outcomes: tuple[Outcome, ...]) -> None:
    for outcome in outcomes:
        word = "uploaded" if outcome.sent else "already published"
        context.console.say(f"  {word} {outcome.artefact.path.name}")
    if not outcomes:
        context.console.result(f"{name}: would be published to {registry.place}")
    elif any(outcome.sent for outcome in outcomes):
        context.console.say("  the index lists both with our hashes")
        context.console.result(f"{name}: published to {registry.place}")
    else:
        context.console.result(f"{name}: already published to {registry.place}")


def _report(
    order: Order, prepared: Prepared, outcomes: tuple[Outcome, ...], seconds: float
) -> ProjectReport:
    sent = {outcome.artefact.path.name: outcome.sent for outcome in outcomes}
    words = {True: "uploaded", False: "already published", None: "built"}
    return ProjectReport(
        name=order.project.name,
        version=str(order.version),
        files=tuple(
            FileReport(f.path.name, f.sha256, f.size, words[sent.get(f.path.name)])
            for f in prepared.files
        ),
        seconds=round(seconds, 3),
    )


def _next(
    context: Context, workspace: Workspace, registry: Registry, done: tuple[Project, ...]
) -> None:
    published = {project.name for project in done}
    for need in needs(workspace, context.neighbourhood(workspace)):
        if any(dependency.name in published for dependency in need.by_path):
            context.console.say(f"next: railrel fix-deps {need.project.name}")
            return
    if registry.kind == "folder":
        context.console.say('next: eval "$(railrel env)", then pip or uv pip install')


def _size(size: int) -> str:
    return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
