"""`railrel publish`: build, inspect, upload once, prove that it arrived."""

import os

import click
from packaging.utils import NormalizedName

from railrel.commands.publish.access import Access
from railrel.commands.publish.choice import Wish, choice_for
from railrel.commands.shared.context import Context, stop_for
from railrel.commands.shared.options import (
    dry_run_option,
    json_option,
    projects_argument,
    with_context,
)
from railrel.errors import ExitCode
from railrel.registries import Registry

SCHEMA = "railrel.publish/2"

# A build takes a core; beyond eight a small Gitea becomes the bottleneck. Two even on one core: one
# waits for the network while the other builds.
_JOBS = max(2, min(8, os.cpu_count() or 1))


@click.command("publish")
@projects_argument
@click.option("--with-deps", is_flag=True, help="Before them what they need of the workspace.")
@click.option("--all", "everything", is_flag=True, help="All of the workspace that can be.")
@click.option("--changed-since", metavar="REF", help="Only what has changed since this commit.")
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    default=_JOBS,
    show_default="cores, 2 to 8",
    help="How many at once.",
)
@click.option(
    "--verify",
    type=click.Choice(["index", "install", "import"]),
    default="index",
    show_default=True,
    help="What to prove once it is out: it is listed; installs on each Python here; imports there.",
)
@click.option(
    "--tag",
    metavar="TAG",
    help="Publish this tag's version, if version and commit agree with it. None: the job's.",
)
@click.option("--allow-dirty", is_flag=True, help="Also with changes that no commit holds.")
@click.option("--no-tag", is_flag=True, help="Also where HEAD is not at the version's tag.")
@click.option("--allow-dev", is_flag=True, help="Also development and local versions.")
@click.option(
    "--rebuild",
    is_flag=True,
    help="Build anew, also where nothing has changed since the last build.",
)
@dry_run_option
@json_option
@with_context
def command(
    context: Context,
    projects: tuple[str, ...],
    *,
    with_deps: bool,
    everything: bool,
    changed_since: str | None,
    jobs: int,
    verify: str,
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

    Several go at once, each as soon as the index lists what it needs. A failure stops what needs
    it and nothing else; of several the gravest gives the exit code: 5, 6, 4, 2, 3 in this order.

    --verify=install takes the version from the registry alone, as railrel verify does; one that is out
    and cannot be installed ends in exit code 6, and what needs it is not tried.

    With a tag and no PROJECT it is the project whose tag it is. A job's runner gets the outputs
    project, version, tag, files and published, and a summary.
    """
    workspace = context.workspace() if dry_run else context.recovered()
    wish = Wish(projects, tag, no_tag, with_deps, everything, changed_since)
    choice = choice_for(context, workspace, wish)
    stop_for(workspace, choice.projects)
    access = Access(context.world.clock)
    for project in choice.projects[:1]:
        # The others follow as they come up.
        _begin(context, access, context.registry(workspace, project), project.name)
    # While it answers.
    from railrel.commands.publish.again import as_typed, for_left
    from railrel.commands.publish.end import say_next, say_what_became
    from railrel.commands.publish.plan import Allowed, planned
    from railrel.commands.publish.report import PublishReport, outputs, summary
    from railrel.commands.publish.run import Manner, run
    from railrel.commands.shared.job_files import add_to_summary, give_outputs

    again = as_typed(context, projects)
    allowed = Allowed(allow_dirty, no_tag, allow_dev, rebuild, again)
    plan = planned(context, workspace, choice, allowed)
    ended = run(context, workspace, choice, plan, Manner(jobs, verify, dry_run, access))
    # A tag is that of one project, not of all that are left.
    going_on = again if tag else for_left(context, ended.left)
    registry = context.registry(workspace, *choice.projects[:1])
    report = PublishReport(
        registry=registry.place,
        index=registry.simple_url,
        dry_run=dry_run,
        code=ended.code,
        projects=ended.projects,
        errors=ended.errors,
        skipped=choice.skipped,
        next=going_on if ended.left else "",
    )
    give_outputs(context, outputs(report))
    add_to_summary(context, summary(report))
    say_what_became(context, report)
    if as_json:
        context.console.report(SCHEMA, report)
    elif not dry_run and ended.code == ExitCode.DONE and choice.projects:
        say_next(context, workspace, registry, choice.projects)
    return ended.code


def _begin(context: Context, access: Access, registry: Registry, name: NormalizedName) -> None:
    """Ask a registry that may be far away as soon as can be."""
    if registry.place.startswith("http"):
        # Not by the thread that asks: it would take turns with all that is loaded here meanwhile.
        context.world.http.get_ready(registry.place)
        access.begin(registry, name)
