"""`railrel image`: build an image from its own folder alone, prove that it is fit, push it."""

from dataclasses import replace

import click

from railrel.commands.image.job import Wanted, job_of
from railrel.commands.image.proofs import ProofReport
from railrel.commands.image.push import Pushing
from railrel.commands.image.run import PUSHED, Done, Errand, carry_out, commands_of
from railrel.commands.image.shipment import AGAIN, Asking, shipment_of
from railrel.commands.shared.by_tag import asked, meant
from railrel.commands.shared.context import Context, stop_for
from railrel.commands.shared.image_parts import parts_of
from railrel.commands.shared.job_files import give_outputs
from railrel.commands.shared.options import (
    dry_run_option,
    json_option,
    project_argument,
    with_context,
)
from railrel.commands.shared.talk import warn_of_plain_http
from railrel.errors import ConfigError, ExitCode
from railrel.images.builders import BUILDERS
from railrel.registries.containers import Containers
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project

SCHEMA = "railrel.image/1"


@dataclass(frozen=True, slots=True)
class ImageReport:
    """What `railrel image --json` prints."""

    project: str
    builder: str
    dry_run: bool
    image: str
    """The name of the image that was kept or is in its registry; empty for none."""
    proofs: tuple[ProofReport, ...]
    """In their order, up to the first that failed."""
    files: tuple[str, ...]
    """What the build was sent, relative to the project."""
    commands: tuple[str, ...]
    """With `--dry-run`: what would be run, as lines for a shell."""
    pushed: str = ""
    """`pushed` or `already pushed`; empty where it was not asked for or did not happen."""
    digest: str = ""
    """Of the image in the registry, read back from there."""
    version: str = ""
    """The version that the pushed image says it is."""


@click.command("image")
@project_argument
@click.option("--prove", is_flag=True, help="Prove it, before it is kept or pushed.")
@click.option("--push", "is_pushed", is_flag=True, help="Push it, unless it is there already.")
@click.option(
    "--builder",
    type=click.Choice([builder.ID for builder in BUILDERS]),
    default=None,
    help="What builds it; the first that is there.",
)
@click.option(
    "--env",
    "variables",
    multiple=True,
    metavar="NAME[=VALUE]",
    help="A variable for the start; without a value it is passed on.",
)
@click.option("--ca", metavar="FILE", help="A CA of the registry's own: the build's secret `ca`.")
@click.option("--keep-image", is_flag=True, help="Keep the image, named as the project.")
@click.option("--name", metavar="NAME", help="Keep or push the image under this name.")
@click.option("--allow-dirty", is_flag=True, help="Push with changes that no commit holds.")
@click.option("--no-tag", is_flag=True, help="Push where HEAD is not at the version's tag.")
@click.option(
    "--timeout",
    type=click.IntRange(min=1),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="How long it may take to start.",
)
@dry_run_option
@json_option
@with_context
def command(
    context: Context,
    project: str | None,
    *,
    prove: bool,
    is_pushed: bool,
    builder: str | None,
    variables: tuple[str, ...],
    ca: str | None,
    keep_image: bool,
    name: str | None,
    allow_dirty: bool,
    no_tag: bool,
    timeout: int,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Build an image from its own folder alone; prove that it is fit, push it, or both.

    --prove gives five proofs, up to the first that fails: all that the Dockerfile takes is in the build
    context; the registry holds what is locked; a copy of the folder builds with nothing beside it; the
    image starts without a network; the token is nowhere in it.

    --push puts it where the packages are, under its version, and reads its digest back. The same commit
    again does nothing, another one under a version's tag ends in exit code 5. In a job that is for a
    tag, tag, version and commit have to agree; its runner gets the outputs project, version, image,
    digest and pushed.

    Nothing is left but the builder's cache, and the image if it is to be kept.
    """
    if not (prove or is_pushed):
        raise ConfigError(
            "what shall be done with the image?",
            hint=f"railrel image {project or ''} --prove, or --push, or both",
        )
    workspace = context.workspace()
    by = asked(context, None, no_tag=no_tag) if is_pushed else None
    (mine,) = meant(context, workspace, (project,) if project else (), by, AGAIN)
    stop_for(workspace, (mine,))
    asking = Asking(name, by, allow_dirty, no_tag)
    pushing = _pushing(context, workspace, mine, asking) if is_pushed else None
    parts = parts_of(context, workspace, mine)
    wanted = Wanted(builder or "", variables, ca, timeout)
    job = job_of(context, workspace, mine, parts, wanted)
    if pushing:
        job = replace(job, marks=pushing.marks(job.file))
    errand = Errand(
        context=context,
        registry=context.registry(workspace, mine),
        job=job,
        parts=parts,
        pushing=pushing,
        kept=name or (str(mine.name) if keep_image else ""),
        keep=keep_image,
        proves=prove,
        dry_run=dry_run,
    )
    done = carry_out(errand)
    commands = commands_of(errand) if dry_run and not done.held else ()
    report = _report(errand, done, commands)
    if pushing:
        give_outputs(context, _outputs(report))
    if as_json:
        context.console.report(SCHEMA, report)
    elif done.passed:
        _end(errand, done, commands)
    return ExitCode.DONE if done.passed else ExitCode.FOUND


def _pushing(context: Context, workspace: Workspace, project: Project, asking: Asking) -> Pushing:
    shipment = shipment_of(context, workspace, project, asking)
    registry = context.registry(workspace, project)
    containers = Containers(shipment.name, registry, context.world, context.console.hide)
    if containers.scheme == "http":
        warn_of_plain_http(context, registry)
    return Pushing(shipment, containers)


def _report(errand: Errand, done: Done, commands: tuple[str, ...]) -> ImageReport:
    return ImageReport(
        project=errand.job.project.name,
        builder=errand.job.builder.ID,
        dry_run=errand.dry_run,
        image=done.image,
        proofs=done.proofs,
        files=errand.job.context.sent,
        commands=commands,
        pushed=done.pushed,
        digest=done.held.digest if done.held else "",
        version=str(errand.pushing.shipment.version) if errand.pushing else "",
    )


def _outputs(report: ImageReport) -> dict[str, str]:
    """The outputs of a job's step."""
    return {
        "project": report.project,
        "version": report.version,
        "image": report.image,
        "digest": report.digest,
        "pushed": str(report.pushed == PUSHED).lower(),
    }


def _end(errand: Errand, done: Done, commands: tuple[str, ...]) -> None:
    console, name = errand.context.console, errand.job.project.name
    for line in commands:
        console.result(f"{name}: would run {line}")
    if commands:
        looking = ", and would look for the token in all layers" if errand.proves else ""
        console.result(f"{name}: in a copy of {len(errand.job.context.sent)} files{looking}")
    elif done.held:
        console.result(f"{name}: {done.pushed}: {done.image}@{done.held.digest}")
    elif done.image:
        console.say(f"kept as {done.image}")
