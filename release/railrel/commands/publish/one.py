"""One project on its way to the registry: asked, built, sent, read back."""

import importlib

from railrel.commands.publish.access import Access
from railrel.commands.publish.report import ProjectReport, file_reports
from railrel.commands.publish.talk import tell, tell_of_files, warn_of_missing
from railrel.commands.shared.context import Context
from railrel.commands.shared.talk import warn_of_plain_http
from railrel.distributions.prepare import Order, prepare
from railrel.distributions.twine_check import modules_needed
from railrel.errands import Errand
from railrel.progress import UNWATCHED, Stopwatch, Watch
from railrel.registries.uploads import Outcome, publish
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.state import own_tags


@dataclass(frozen=True, slots=True)
class Task:
    """One project to be published."""

    order: Order
    tag: str | None
    """The tag that asked for it and was checked."""
    watch: Watch = UNWATCHED


def published(
    context: Context, workspace: Workspace, task: Task, access: Access, *, dry_run: bool
) -> ProjectReport:
    """Build it, send what the registry lacks, and read the index back.

    With `dry_run` nothing is sent. Raises what keeps it from being published.
    """
    world, console, order = context.world, context.console, task.order
    watch = Stopwatch(world.clock, task.watch)
    registry = context.registry(workspace, order.project)
    name = f"{order.project.name} {order.version}"
    warn_of_plain_http(context, registry)
    may = access.begin(registry, order.project.name)
    for replacement in order.rewrite.replacements:
        console.detail(f"{name}: {replacement.was} -> {replacement.name}{replacement.now}")
    with console.group(name), world.files.scratch(world.cache / "builds", "build-") as scratch:
        watch.stage("building")
        prepared = prepare(
            world,
            order,
            scratch,
            go_on=may.check,
            begun=lambda: _begun(context, order, name),
            warm=context.warm,
        )
        tell_of_files(context, name, prepared)
        console.say("  fit to publish: both files opened, no path in them, sdist and wheel agree")
        warn_of_missing(context, registry, order)
        outcomes: tuple[Outcome, ...] = ()
        if dry_run:
            may.result()
        else:
            known = access.held(registry, order.project.name)
            # Where that is not answered yet, the first upload is.
            may.check()
            outcomes = publish(registry, prepared.files, world.clock, watch, known)
    tell(context, registry, name, outcomes)
    if outcomes:
        # Also where nothing was sent: an earlier run may have been killed before this.
        linked = registry.link(order.project.name, order.git.remote if order.git else None)
        if linked:
            console.say(f"  {linked}")
    return ProjectReport(
        name=order.project.name,
        version=str(order.version),
        files=file_reports(prepared, outcomes),
        seconds=watch.seconds(),
        tag=task.tag or _tag_at_head(context, workspace, order),
        page=registry.page(order.project.name, str(order.version)),
    )


def _begun(context: Context, order: Order, name: str) -> None:
    """Say that a build begins, and load what is needed after it while it goes on."""
    context.console.say(f"{name}: building")
    # One after the other, so that no two threads wait for each other's half of a module.
    modules = modules_needed(order.project.document.table("project"))
    Errand(lambda: [importlib.import_module(module) for module in modules])


def _tag_at_head(context: Context, workspace: Workspace, order: Order) -> str:
    pattern = context.settings(workspace.root, order.project).text("tag")
    return next(iter(own_tags(order.project, order.git, pattern)), "")
