"""`railrel announce`: a version's release on its forge, with its notes, files and checksums."""

import click

from railrel.commands.announce.questions import Marked, files_of, marked, notes_of
from railrel.commands.shared.by_tag import is_own
from railrel.commands.shared.context import Context
from railrel.commands.shared.options import (
    dry_run_option,
    json_option,
    project_argument,
    with_context,
)
from railrel.console import Console
from railrel.errors import ExitCode
from railrel.forges import Home, home_of
from railrel.forges.announcement import Announcement, Plan, carry_out, planned, tag_there
from railrel.forges.protocol import NewRelease, Release
from railrel.values import dataclass

SCHEMA = "railrel.announce/1"
_WOULD = "would be uploaded"


@dataclass(frozen=True, slots=True)
class AssetReport:
    """One file of the release."""

    name: str
    sha256: str
    size: int
    """Bytes."""
    outcome: str
    """`uploaded`, `already there` or, with `--dry-run`, `would be uploaded`."""


@dataclass(frozen=True, slots=True)
class AnnounceReport:
    """What `railrel announce --json` prints."""

    project: str
    version: str
    tag: str
    commit: str
    forge: str
    """`gitea`, `forgejo` or `github`."""
    repository: str
    """Its page."""
    release: str
    """The release's page; empty while there is none."""
    title: str
    notes: str
    """What a new release tells; one that is there keeps its own."""
    prerelease: bool
    draft: bool
    dry_run: bool
    outcome: str
    """`announced`, `completed`, `already announced`; with `--dry-run` `would be …`."""
    assets: tuple[AssetReport, ...]


@click.command("announce")
@project_argument
@click.option(
    "--tag", metavar="TAG", help="Announce this tag's version. None: the job's or HEAD's."
)
@click.option("--notes", metavar="FILE", help="Tell this instead of the changelog's section.")
@dry_run_option
@json_option
@with_context
def command(
    context: Context,
    project: str | None,
    *,
    tag: str | None,
    notes: str | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Make the forge's release of a version, with its notes, its files and their checksums.

    The files are those that the registry holds; nothing is built. The tag must be on the forge. What
    is there already is left as it is, so a second run changes nothing. In a job of the forge its own
    token is enough; elsewhere RAILREL_FORGE_TOKEN, with the scope write:repository.
    """
    world, job = context.world, context.console.job
    workspace = context.workspace()
    mark = marked(context, workspace, project, tag)
    registry = context.registry(workspace, mark.project)
    with world.files.scratch(world.cache / "announcements", "announce-") as scratch:
        files = files_of(context, registry, mark, scratch)
        own = job if job and is_own(context, job, mark.state) else None
        home = home_of(mark.state.remote, own, registry.place, world, context.console.hide)
        there = tag_there(home, mark.tag, mark.commit)
        told = notes_of(context, workspace, mark, there, notes)
        prerelease = mark.version.is_prerelease
        new = NewRelease(mark.tag, mark.commit, mark.title, told, prerelease)
        announcement = Announcement(new, files)
        plan = planned(home, announcement, world.clock)
        if dry_run:
            home.forge.check_access(home.repository)
            release = plan.release
        elif plan.is_done:
            release = plan.release
        else:
            release = carry_out(home, plan, announcement, world.clock, context.console.say)
    report = _report(mark, home, announcement, plan, release, dry_run=dry_run)
    _tell(context.console, report)
    if as_json:
        context.console.report(SCHEMA, report)
    return ExitCode.DONE


def _outcome(plan: Plan, *, dry_run: bool) -> str:
    if plan.is_done:
        return "already announced"
    word = "announced" if plan.release is None else "completed"
    return f"would be {word}" if dry_run else word


def _tell(console: Console, report: AnnounceReport) -> None:
    place = report.release or report.repository
    console.result(f"{report.title}: {report.outcome} at {place}")
    for asset in report.assets:
        if asset.outcome == _WOULD:
            console.result(f"  would upload {asset.name}")
    if report.draft:
        console.say("  somebody made it a draft, and it stays one: publish it on that page")


def _report(
    mark: Marked,
    home: Home,
    announcement: Announcement,
    plan: Plan,
    release: Release | None,
    *,
    dry_run: bool,
) -> AnnounceReport:
    new, word = announcement.new, _WOULD if dry_run else "uploaded"
    return AnnounceReport(
        project=mark.project.name,
        version=str(mark.version),
        tag=mark.tag,
        commit=mark.commit,
        forge=home.forge.kind,
        repository=home.repository.page,
        release=release.page if release else "",
        title=new.title,
        notes=new.notes,
        prerelease=new.prerelease,
        draft=bool(release and release.draft),
        dry_run=dry_run,
        outcome=_outcome(plan, dry_run=dry_run),
        assets=tuple(
            AssetReport(
                decision.file.name,
                decision.file.sha256,
                decision.file.size,
                word if decision.send else "already there",
            )
            for decision in plan.decisions
        ),
    )
