"""`railrel image --prove`: build an image from its own folder alone, start it, look for secrets."""

import contextlib
import shlex
from dataclasses import dataclass
from pathlib import Path

import click

from railrel.commands.context import Context, stop_for
from railrel.commands.image_job import Wanted, job_of
from railrel.commands.image_parts import parts_of
from railrel.commands.image_proofs import ProofReport, proofs_of
from railrel.commands.options import (
    chosen,
    dry_run_option,
    json_option,
    project_argument,
    with_context,
)
from railrel.errors import ConfigError, ExitCode
from railrel.images.builders import BUILDERS
from railrel.images.proofs.job import Job
from railrel.registries import Registry

SCHEMA = "railrel.image/1"


@dataclass(frozen=True, slots=True)
class ImageReport:
    """What `railrel image --prove --json` prints."""

    project: str
    builder: str
    dry_run: bool
    image: str
    """The name of the image that was kept; empty for none."""
    proofs: tuple[ProofReport, ...]
    """In their order, up to the first that failed."""
    files: tuple[str, ...]
    """What the build was sent, relative to the project."""
    commands: tuple[str, ...]
    """With `--dry-run`: what would be run, as lines for a shell."""


@click.command("image")
@project_argument
@click.option("--prove", is_flag=True, help="Prove it: what this verb is for.")
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
@click.option("--tag", metavar="TAG", help="Keep the image under this name.")
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
    builder: str | None,
    variables: tuple[str, ...],
    ca: str | None,
    keep_image: bool,
    tag: str | None,
    timeout: int,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Prove that an image builds from its own folder, starts, and holds no secret.

    Five proofs, up to the first that fails: all that the Dockerfile takes is in the build context; the
    registry holds what is locked; a copy of the folder builds with nothing beside it; the image starts
    without a network; the token is nowhere in it. Nothing is left but the builder's cache, and the
    image if it is to be kept.
    """
    if not prove:
        raise ConfigError(
            "what shall be done with the image?", hint=f"railrel image {project or ''} --prove"
        )
    workspace = context.workspace()
    (mine,) = chosen(context, workspace, (project,) if project else ())
    stop_for(workspace, (mine,))
    wanted = Wanted(builder or "", variables, ca, timeout)
    parts = parts_of(context, workspace, mine)
    job = job_of(context, workspace, mine, parts, wanted)
    registry = context.registry(workspace, mine)
    name = tag or (str(mine.name) if keep_image else "")
    reports: list[ProofReport] = []
    proofs = proofs_of(context, registry, job, parts, name, dry_run=dry_run)
    with contextlib.closing(proofs):
        for report in proofs:
            reports.append(report)
            _tell(context, job, report)
            if not report.passed:
                break
    passed = all(report.passed for report in reports)
    commands = _commands(job, registry) if dry_run else ()
    kept = name if passed and not dry_run else ""
    if as_json:
        done = tuple(reports)
        context.console.report(
            SCHEMA,
            ImageReport(mine.name, job.builder.ID, dry_run, kept, done, job.context.sent, commands),
        )
    elif passed:
        _end(context, job, kept, commands)
    return ExitCode.DONE if passed else ExitCode.FOUND


# --- what is told


def _tell(context: Context, job: Job, report: ProofReport) -> None:
    for finding in report.findings:
        context.console.problem(finding, "finding")
    word = "ok" if report.passed else "failed"
    context.console.result(f"{job.project.name}: {report.name} {word}: {report.result}")


def _end(context: Context, job: Job, kept: str, commands: tuple[str, ...]) -> None:
    for line in commands:
        context.console.result(f"{job.project.name}: would run {line}")
    if commands:
        count = len(job.context.sent)
        context.console.result(
            f"{job.project.name}: in a copy of {count} files, and would look for the token in all layers"
        )
    elif kept:
        context.console.say(f"kept as {kept}")


def _commands(job: Job, registry: Registry) -> tuple[str, ...]:
    """What would be run, with SCRATCH for the folder that is made for it."""
    scratch = Path("SCRATCH")
    run = job.run(scratch, ("COMMAND",), "")
    argvs = (
        job.builder.build(job.build(scratch, netrc=bool(registry.credential()))),
        job.builder.save(job.tag, scratch / "image.tar"),
        *job.builder.before(run),
        job.builder.start(run),
    )
    prefix = "".join(f"{name}={value} " for name, value in job.builder.VARIABLES.items())
    return tuple(prefix + shlex.join(argv) for argv in argvs)
