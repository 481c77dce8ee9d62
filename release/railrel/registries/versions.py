"""What the names of a registry's files say: which versions it holds, and of what each one is."""

from collections.abc import Iterable

from packaging.tags import Tag
from packaging.utils import (
    BuildTag,
    NormalizedName,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

from railrel.registries.protocol import RemoteFile
from railrel.values import dataclass

# No disk holds a longer name, and a few kilobytes of tags can stand for a thousand million.
_LONGEST = 255


@dataclass(frozen=True, slots=True)
class Meant:
    """What an installer takes a file for. One version has at most one file of each."""

    name: NormalizedName
    version: Version
    """0.2 and 0.2.0 are one version (PEP 440)."""
    build: BuildTag = ()
    tags: frozenset[Tag] = frozenset()
    """Of a wheel; none for an sdist."""


def meant(filename: str) -> Meant | None:
    """What a file of this name is to installers; None for what they pass over."""
    if len(filename) > _LONGEST:
        return None
    try:
        if filename.endswith(".whl"):
            return Meant(*parse_wheel_filename(filename))
        return Meant(*parse_sdist_filename(filename))
    except ValueError:  # what packaging raises; so is a number of five thousand digits
        return None


def versions_of(files: Iterable[RemoteFile]) -> frozenset[Version]:
    """The versions of these files; files of neither kind are passed over."""
    return frozenset(each.version for file in files if (each := meant(file.filename)))
