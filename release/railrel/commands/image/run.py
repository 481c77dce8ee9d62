"""One run of `railrel image`: build, prove, keep, push, as it was asked for."""

import contextlib
import shlex
from dataclasses import replace
from pathlib import Path

from railrel.commands.image.build import Workshop, build, workshop
from railrel.commands.image.proofs import ProofReport, proofs_of
from railrel.commands.image.push import Pushing, push
from railrel.commands.shared.context import Context
from railrel.commands.shared.image_parts import Parts
from railrel.images.builders.protocol import Argv
from railrel.images.proofs.job import Job
from railrel.images.pushes.decide import Held
from railrel.registries import Registry
from railrel.values import dataclass

PUSHED, ALREADY = "pushed", "already pushed"


@dataclass(frozen=True, slots=True)
class Errand:
    """What is asked for, and of whom."""

    context: Context
    registry: Registry
    job: Job
    parts: Parts
    pushing: Pushing | None
    kept: str
    """The name that an image is kept under which is not pushed; empty for none."""
    keep: bool
    """Whether one that is pushed is kept here too."""
    proves: bool
    dry_run: bool


@dataclass(frozen=True, slots=True)
class Done:
    """How it went."""

    proofs: tuple[ProofReport, ...] = ()
    image: str = ""
    """Its name, if it was kept or is in its registry."""
    held: Held | None = None
    """What its registry has of this commit."""
    pushed: str = ""
    """In words; empty if nobody asked, or nothing was."""

    @property
    def passed(self) -> bool:
        """Whether no proof failed."""
        return all(report.passed for report in self.proofs)


def carry_out(errand: Errand) -> Done:
    """Do what is missing. An image of this commit that its registry holds is not built again."""
    pushing = errand.pushing
    there = pushing.look() if pushing else None
    if pushing and there:
        if not errand.dry_run:
            with workshop(errand.context, errand.job):
                # What a run left that was killed after its push is gone at the end of this.
                pass
        return Done(image=str(pushing.shipment.name), held=there, pushed=ALREADY)
    if pushing:
        # Before the build, which takes longer.
        pushing.containers.check_access()
    done = Done(_proved(errand) if errand.proves else ())
    if errand.dry_run or not done.passed:
        return done
    if not errand.proves:
        with workshop(errand.context, errand.job) as place:
            build(errand.context, errand.registry, errand.job, place)
            _finish(errand, place)
    if pushing is None:
        return replace(done, image=errand.kept)
    name = str(pushing.shipment.name)
    return replace(done, image=name, held=pushing.pushed(), pushed=PUSHED)


def _proved(errand: Errand) -> tuple[ProofReport, ...]:
    """The proofs up to the first that failed. What passed all of them is kept or pushed."""
    reports: list[ProofReport] = []
    proofs = proofs_of(
        errand.context,
        errand.registry,
        errand.job,
        errand.parts,
        lambda place: _finish(errand, place),
        dry_run=errand.dry_run,
    )
    with contextlib.closing(proofs):
        for report in proofs:
            reports.append(report)
            _tell(errand, report)
            if not report.passed:
                break
    return tuple(reports)


def _finish(errand: Errand, place: Workshop) -> None:
    if errand.pushing:
        errand.context.console.say(
            f"{errand.job.project.name}: pushing {errand.pushing.shipment.name}"
        )
        push(errand.job, errand.pushing, place, keep=errand.keep)
    elif errand.kept:
        naming = errand.job.builder.rename(errand.job.tag, errand.kept)
        place.machine.must(naming, f"it cannot be named {errand.kept}")


def _tell(errand: Errand, report: ProofReport) -> None:
    console, name = errand.context.console, errand.job.project.name
    for finding in report.findings:
        console.problem(finding, "finding")
    word = "ok" if report.passed else "failed"
    console.result(f"{name}: {report.name} {word}: {report.result}")


def commands_of(errand: Errand) -> tuple[str, ...]:
    """What would be run, with SCRATCH for the folder that is made for it."""
    job, scratch = errand.job, Path("SCRATCH")
    builder = job.builder
    argvs: list[Argv] = [
        builder.build(job.build(scratch, netrc=bool(errand.registry.credential())))
    ]
    if errand.proves:
        start = job.run(scratch, ("COMMAND",), "")
        argvs += [builder.save(job.tag, scratch / "image.tar")]
        argvs += [*builder.before(start), builder.start(start)]
    if errand.pushing:
        order = errand.pushing.order(scratch, job.ca)
        argvs += [builder.rename(job.tag, order.name), builder.push(order)]
    prefix = "".join(f"{name}={value} " for name, value in builder.VARIABLES.items())
    return tuple(prefix + shlex.join(argv) for argv in argvs)
