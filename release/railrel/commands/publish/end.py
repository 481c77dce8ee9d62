"""What a person hears when a publish has come to its end."""

from collections import Counter

from railrel.commands.publish.report import (
    FAILED,
    INTERRUPTED,
    NOT_TRIED,
    ProjectReport,
    PublishReport,
)
from railrel.commands.shared.context import Context
from railrel.dependencies.neighbours import needs
from railrel.registries import Registry
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project


def say_what_became(context: Context, report: PublishReport) -> None:
    """Say what was passed over, and of several projects what became of them and how to go on."""
    for skipped in report.skipped:
        context.console.say(f"passed over {skipped.name}: {skipped.reason}")
    if not report.projects:
        context.console.result("nothing to publish")
    if len(report.projects) > 1:
        for project in report.projects:
            _say_of(context, project)
        counted = Counter(project.outcome for project in report.projects)
        context.console.say(", ".join(f"{count} {outcome}" for outcome, count in counted.items()))
        if report.next:
            context.console.say(f"to go on: {report.next}")


def _say_of(context: Context, project: ProjectReport) -> None:
    """Say what of a project was not said before."""
    named = f"{project.name} {project.version}"
    if project.outcome in (FAILED, INTERRUPTED):
        context.console.result(f"{named}: {project.outcome}")
    elif project.outcome == NOT_TRIED:
        why = f", it needs {' and '.join(project.stopped_by)}" if project.stopped_by else ""
        context.console.result(f"{named}: not tried{why}")


def say_next(
    context: Context, workspace: Workspace, registry: Registry, done: tuple[Project, ...]
) -> None:
    """Say what to type after this, if anything."""
    published = {project.name for project in done}
    for need in needs(workspace, context.neighbourhood(workspace)):
        if any(dependency.name in published for dependency in need.by_path):
            context.console.say(f"next: railrel fix-deps {need.project.name}")
            return
    if registry.kind == "folder":
        context.console.say('next: eval "$(railrel env)", then pip or uv pip install')
