"""What a publish proves of a version once the index lists it: that it can be installed, or imported."""

from dataclasses import replace

from railrel.commands.publish.one import Task
from railrel.commands.publish.report import ProjectReport
from railrel.commands.shared.context import Context
from railrel.errors import RailrelError, UnfitError
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace


@dataclass(frozen=True, slots=True)
class Unproved:
    """A version that is out, and that nobody could install."""

    report: ProjectReport
    error: RailrelError


def proved(
    context: Context,
    workspace: Workspace,
    task: Task,
    report: ProjectReport,
    how: str,
) -> ProjectReport | Unproved:
    """The report with what was proved; Unproved where that failed. `index` asks for no more."""
    if how == "index":
        return report
    # It brings along what only this needs.
    from railrel.commands.shared.proof import how_of, prove_installed

    clock, project = context.world.clock, task.order.project
    task.watch.stage("verifying")
    begun = clock.monotonic()
    registry = context.registry(workspace, project)
    try:
        found = prove_installed(context, registry, project.name, task.order.version, how_of(how))
    except RailrelError as error:
        return Unproved(report, error)
    for line in found.said:
        context.console.say(f"  {project.name} {task.order.version} {line}")
    told = replace(report, installs=found.installs, pythons_left_out=found.left_out)
    if found.problems:
        return Unproved(told, UnfitError.of(found.problems))
    seconds = report.seconds and report.seconds.verified(clock.monotonic() - begun)
    return replace(told, seconds=seconds)
