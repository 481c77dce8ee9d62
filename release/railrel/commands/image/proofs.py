"""The five proofs of `railrel image --prove`, one after the other."""

from collections.abc import Callable, Generator
from pathlib import Path

from packaging.utils import NormalizedName
from packaging.version import Version

from railrel.commands.image.build import Workshop, build, workshop
from railrel.commands.shared.context import Context
from railrel.commands.shared.image_parts import Parts, out_of_reach
from railrel.commands.shared.tools import together, tool_environment
from railrel.errors import Problem
from railrel.images.proofs import context as contexts
from railrel.images.proofs import leaks
from railrel.images.proofs.job import Job, variables_of
from railrel.images.proofs.registry import resolve, resolving, unpublished
from railrel.images.proofs.start import Machine, start
from railrel.registries import Registry
from railrel.registries.versions import versions_of
from railrel.values import dataclass


@dataclass(frozen=True, slots=True)
class ProofReport:
    """One proof."""

    name: str
    """`context`, `registry`, `build`, `start` or `secrets`."""
    passed: bool
    result: str
    """How it went, in words."""
    seconds: float
    findings: tuple[Problem, ...] = ()


def proofs_of(
    context: Context,
    registry: Registry,
    job: Job,
    parts: Parts,
    finish: Callable[[Workshop], None],
    *,
    dry_run: bool,
) -> Generator[ProofReport]:
    """One after the other; what fails otherwise than by findings is raised.

    `finish` is done with the proved image, before it is gone.
    """
    clock = context.world.clock
    begun = clock.monotonic()

    def report(proof: str, outcome: list[Problem] | str) -> ProofReport:
        nonlocal begun
        seconds, begun = clock.monotonic() - begun, clock.monotonic()
        found = () if isinstance(outcome, str) else tuple(outcome)
        many = f"{len(found)} finding{'s' * (len(found) > 1)}"
        text = outcome if isinstance(outcome, str) else many
        return ProofReport(proof, not found, text, round(seconds, 3), found)

    yield report("context", _context(job))
    yield report("registry", _registry(context, registry, job, parts))
    if dry_run:
        return
    with workshop(context, job) as place:
        machine = place.machine
        yield report("build", build(context, registry, job, place))
        archive = place.scratch / "image.tar"
        machine.must(job.builder.save(job.tag, archive), "the image cannot be saved")
        image = leaks.saved(archive)
        yield report("start", _start(machine, job, image, place.scratch))
        yield report("secrets", _secrets(registry, image))
        finish(place)


def _context(job: Job) -> list[Problem] | str:
    found = contexts.findings(job.file, job.context)
    return found or f"all that the Dockerfile takes is among {len(job.context.sent)} files"


def _registry(context: Context, registry: Registry, job: Job, parts: Parts) -> list[Problem] | str:
    names = tuple(dict.fromkeys(name for name, _ in job.pins))
    if names and parts.index is None:
        return [out_of_reach(job.project, names)]

    def held(name: NormalizedName) -> frozenset[Version]:
        return versions_of(registry.held(name))

    found = unpublished(job.pins, held, registry.place)
    if found:
        return found
    environment = tool_environment(context, registry)
    index = parts.index
    if index and index.url.rstrip("/") not in job.project.document.text:
        environment["UV_INDEX"] = together(
            environment.get("UV_INDEX", ""), f"{index.name}={index.url}"
        )
    world = context.world
    with world.files.scratch(world.cache / "images", "image-") as scratch:
        argv, files = resolving(job.project, job.pins, job.target, scratch)
        for path, data in files.items():
            world.files.put(path, data)
        resolved = resolve(world, argv, scratch, environment, registry.simple_url)
    if isinstance(resolved, list):
        return resolved
    ours = ", ".join(f"{name} {version}" for name, version in job.pins) or "nothing of ours"
    target = f"Python {job.target.python}, {job.target.platform}"
    return f"{ours} is held by {registry.place}; {resolved} for {target}"


def _start(machine: Machine, job: Job, image: leaks.Saved, scratch: Path) -> str:
    run = job.run(scratch, image.starts, image.port)
    if run.variables_file:
        # For the image's own user, in a folder that is ours alone.
        given = variables_of(run.variables, machine.world.environment)
        machine.world.files.put(run.variables_file, given)
    return start(machine, job.builder, run, checks=bool(job.healthcheck))


def _secrets(registry: Registry, image: leaks.Saved) -> str:
    credential = registry.credential()
    if credential is None:
        return "no credential was used, so none can be in it"
    return leaks.prove(image, credential)
