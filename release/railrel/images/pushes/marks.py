"""What an image that is pushed says about where it comes from. Pure.

https://github.com/opencontainers/image-spec/blob/main/annotations.md
"""

from railrel.images.dockerfiles import Dockerfile
from railrel.values import dataclass

_PREFIX = "org.opencontainers.image"
REVISION = f"{_PREFIX}.revision"

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Marks:
    """For the build of an image."""

    labels: Pairs = ()
    arguments: Pairs = ()


NO_MARKS = Marks()


def marks_of(file: Dockerfile, version: str, revision: str) -> Marks:
    """Version and commit, as labels and for those ARGs of the file that generated ones have.

    The label is what tells a later run which commit is held, whatever the Dockerfile itself says.
    """
    known = (("version", version), ("revision", revision))
    declared = {
        word.text.partition("=")[0]
        for instruction in file.instructions
        if instruction.keyword == "ARG" and not instruction.onbuild
        for word in instruction.words
    }
    arguments = tuple((name.upper(), value) for name, value in known)
    return Marks(
        labels=tuple((f"{_PREFIX}.{name}", value) for name, value in known),
        arguments=tuple(pair for pair in arguments if pair[0] in declared),
    )
