"""What archives hold, as their readers tell it: `zips` of wheels, `tars` of sdists."""

import hashlib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import IO, Final, Literal, TypeAlias

from railrel.errors import Problem, UnfitError
from railrel.values import dataclass

Sort: TypeAlias = Literal["file", "folder", "link", "other"]

_CHUNK = 1 << 20

_METADATA = frozenset({"METADATA", "WHEEL", "RECORD", "entry_points.txt", "top_level.txt"})
_PROJECT = frozenset({"PKG-INFO", "pyproject.toml"})
_KEY_SUFFIXES = (".pem", ".key", ".ppk")
KEY_NAMES: Final = frozenset({"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"})
_LARGEST_KEY = 100_000
_LARGEST_TEXT = 64 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of an archive."""

    name: str
    """As the archive spells it, without the slash that ends a folder's."""
    sort: Sort
    size: int
    """Bytes, unpacked."""
    sha256: str
    """Hexadecimal, of what stands in the archive; empty where nothing does or it cannot be read."""
    target: str = ""
    """Where a link leads."""


@dataclass(frozen=True, slots=True)
class Contents:
    """A whole archive."""

    members: tuple[Member, ...]
    """In the archive's own order."""
    texts: Mapping[str, bytes]
    """The contents of those members that are read for what they say."""
    tricks: tuple[Problem, ...]
    """What of the wrapping two readers could take for two things."""


def named(name: str) -> str:
    """What to call a member: without the slash that ends a folder's name, and never by nothing."""
    short = name.rstrip("/")
    return short if PurePosixPath(short).parts else "(no name)"


def is_read(name: str, size: int) -> bool:
    """Whether somebody looks at what a member says: metadata, and what may be a private key."""
    path = PurePosixPath(name)
    if size > _LARGEST_TEXT:
        return False
    if len(path.parts) == 2 and path.name in _PROJECT:
        return True
    if len(path.parts) == 2 and path.parts[0].endswith(".dist-info"):
        return path.name in _METADATA
    return size <= _LARGEST_KEY and (path.suffix in _KEY_SUFFIXES or path.name in KEY_NAMES)


def digested(opened: IO[bytes], *, kept: bool) -> tuple[str, bytes]:
    """The sha256 of what is read, hexadecimal, and with `kept` the whole of it."""
    digest = hashlib.sha256()
    parts: list[bytes] = []
    while chunk := opened.read(_CHUNK):
        digest.update(chunk)
        if kept:
            parts.append(chunk)
    return digest.hexdigest(), b"".join(parts)


def most(packed: int) -> int:
    """How many bytes an archive of `packed` bytes may hold before it is taken for a bomb.

    Code shrinks to a fifth, rows of zeros to a thousandth.
    """
    return max(256 << 20, 100 * packed)


def bomb(name: str, packed: int) -> UnfitError:
    """The refusal of an archive that holds more than `most`."""
    return UnfitError(
        f"{name} unpacks to more than {most(packed) >> 20} MiB, which nobody's machine waits for",
        at=name,
        hint="leave out what is mostly zeros; data belongs elsewhere",
        rule="too-large-unpacked",
    )
