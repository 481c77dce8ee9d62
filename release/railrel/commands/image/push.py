"""What `railrel image --push` looks at before, does, and looks at after."""

from pathlib import Path

from railrel.commands.image.build import Workshop
from railrel.errors import UnreachableError
from railrel.images.builders.protocol import Push
from railrel.images.dockerfiles import Dockerfile
from railrel.images.proofs.job import Job
from railrel.images.proofs.start import last_words
from railrel.images.pushes.decide import Held, Shipment, already
from railrel.images.pushes.login import FILE, login
from railrel.images.pushes.marks import Marks, marks_of
from railrel.images.pushes.said import explained
from railrel.registries.containers import Containers
from railrel.values import dataclass
from railrel.workspace.hosts import is_loopback

_PUSH_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Pushing:
    """An image that shall be in its registry."""

    shipment: Shipment
    containers: Containers

    def look(self) -> Held | None:
        """What is there of this commit. ConflictError if the name is another image's for ever."""
        return already(self.shipment, self.containers.held())

    def pushed(self) -> Held:
        """What is there after a push. UnreachableError if it is not what was pushed."""
        held = self.containers.held()
        if held is None or held.revision != self.shipment.revision:
            raise UnreachableError(
                f"{self.shipment.name} was pushed, and its registry shows "
                + ("no image of that name" if held is None else "another one"),
                at=self.shipment.name.host,
                hint="somebody else may have pushed; run the same command again",
            )
        return held

    def marks(self, file: Dockerfile) -> Marks:
        """What the image says about where it comes from."""
        return marks_of(file, str(self.shipment.version), self.shipment.revision)

    def order(self, scratch: Path, ca: Path | None) -> Push:
        """What the builder is told."""
        name = self.shipment.name
        return Push(
            name=str(name),
            login=scratch / "login",
            plain=self.containers.scheme == "http" and is_loopback(name.host),
            certificates=scratch / "certificates" if ca else None,
        )


def push(job: Job, pushing: Pushing, place: Workshop, *, keep: bool) -> None:
    """Send the image that was built, if it is still not there.

    The builder's own store has it under the same name afterwards only if it shall, or if it had one
    before.
    """
    if pushing.look():
        return
    builder, machine = job.builder, place.machine
    order = pushing.order(place.scratch, job.ca)
    _lay(place, pushing, order, job.ca)
    is_new, _ = machine.ask(builder.has(order.name))
    machine.must(builder.rename(job.tag, order.name), f"it cannot be named {order.name}")
    try:
        code, said = machine.ask(builder.push(order), _PUSH_SECONDS)
    finally:
        if is_new and not keep:
            machine.ask(builder.remove_image(order.name))
    if code:
        raise explained(builder.ID, last_words(said), pushing.shipment.name)


def _lay(place: Workshop, pushing: Pushing, order: Push, ca: Path | None) -> None:
    """Lay out what the builder reads, in the scratch folder that is ours alone."""
    world = place.machine.world
    own = Path(world.environment.get("DOCKER_CONFIG") or world.home / ".docker")
    for path in _entries(own):
        # Its contexts and certificates say which daemon is asked, and how.
        if path.name != FILE:
            world.files.link(path.absolute(), order.login / path.name)
    credential = pushing.containers.credential
    if credential:
        data = login(_content(own / FILE), pushing.shipment.name.host, credential)
        world.files.put(order.login / FILE, data, 0o600)
    if ca and order.certificates:
        world.files.copy(ca, order.certificates / "ca.crt")


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        # Not there, or somebody else's, as after sudo: then it is no use to the builder either.
        return []


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
