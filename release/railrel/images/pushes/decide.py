"""Whether an image has to be pushed, from what its registry holds under the name. Pure."""

from packaging.version import Version

from railrel.errors import ConflictError
from railrel.images.pushes.names import ImageName, moves
from railrel.values import dataclass

DIRTY = "-dirty"
"""Behind a commit: what was built is not what it holds."""


@dataclass(frozen=True, slots=True)
class Held:
    """An image that a registry holds."""

    digest: str
    """Of what its name stands for: the algorithm, a colon, hexadecimal."""
    revision: str
    """The commit that its label org.opencontainers.image.revision names; empty for none."""


@dataclass(frozen=True, slots=True)
class Shipment:
    """What the registry shall hold."""

    name: ImageName
    version: Version
    revision: str
    """The commit; with `-dirty` where the tree differs from it, empty where there is none."""


def already(shipment: Shipment, held: Held | None) -> Held | None:
    """What is held, if it is what shall be. ConflictError if another image has the name for ever."""
    if held is None:
        return None
    if (
        shipment.revision
        and shipment.revision == held.revision
        and not held.revision.endswith(DIRTY)
    ):
        return held
    if moves(shipment.name.tag, shipment.version):
        return None
    theirs = f"from commit {_short(held.revision)}" if held.revision else "and names no commit"
    raise ConflictError(
        f"{shipment.name} is there already, {theirs}; this is {_short(shipment.revision) or 'no commit'}",
        at=f"{shipment.name.host}/{shipment.name.path}@{held.digest}",
        hint="give the project a new version; or push under a name that moves, such as "
        f"--name {shipment.name.host}/{shipment.name.path}:edge; or delete that image first",
        rule="other-image",
    )


def _short(revision: str) -> str:
    commit = revision.removesuffix(DIRTY)
    return commit[:12] + revision[len(commit) :]
