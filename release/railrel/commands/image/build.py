"""An image built from a copy of what git knows, under a name of its own until it is kept or pushed."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from railrel.commands.shared.context import Context
from railrel.errors import UnfitError
from railrel.images.proofs.job import Job, netrc
from railrel.images.proofs.start import Machine, last_words
from railrel.registries import Registry
from railrel.values import dataclass

_BUILD_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Workshop:
    """Where one image is built: a folder of its own, and a machine to run the builder on."""

    machine: Machine
    scratch: Path


@contextlib.contextmanager
def workshop(context: Context, job: Job) -> Iterator[Workshop]:
    """One at a time for a project. At the end the image has no name of ours any more.

    What a killed run left is removed first and last.
    """
    world = context.world
    environment = {**world.environment, **job.builder.VARIABLES}
    with (
        world.files.locked(world.cache / "images" / f"{job.name}.lock"),
        world.files.scratch(world.cache / "images", "image-") as scratch,
    ):
        machine = Machine(world, scratch, environment)
        try:
            yield Workshop(machine, scratch)
        finally:
            machine.ask(job.builder.remove_image(job.tag))


def build(context: Context, registry: Registry, job: Job, place: Workshop) -> str:
    """Build it, and say so. UnfitError with the builder's last words."""
    context.console.say(f"{job.project.name}: building with {job.builder.ID}")
    files, credential = place.machine.world.files, registry.credential()
    order = job.build(place.scratch, netrc=bool(credential))
    files.shadow(job.project.folder, job.context.sent, order.context)
    if credential:
        host = urlsplit(registry.simple_url).hostname or ""
        files.put(place.scratch / "secrets" / "netrc", netrc(host, credential), 0o600)
    machine = replace(place.machine, folder=order.context)
    code, said = machine.ask(job.builder.build(order), _BUILD_SECONDS)
    if code:
        raise UnfitError(
            f"the image cannot be built; {job.builder.ID}'s last words:\n  {last_words(said)}",
            at=str(job.file.path),
            hint="mend what it names; the build sees the project's folder alone",
            rule="no-build",
        )
    return "builds from its own folder, with nothing beside it"
