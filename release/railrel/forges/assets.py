"""Which files a release lacks, and which of its own it has twice or cut. Pure."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from railrel.errors import ConflictError, Problem
from railrel.forges.protocol import Asset
from railrel.values import dataclass

SUMS: Final = "SHA256SUMS"
"""As `sha256sum --check` reads it."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that the release shall have."""

    name: str
    sha256: str
    """Hexadecimal."""
    size: int
    """Bytes."""
    path: Path


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one file. Removals come first."""

    file: File
    send: bool
    remove: tuple[Asset, ...]
    """Assets of its name that were cut, or are there twice, or are lists that have grown since."""


Fetch = Callable[[Asset], bytes]


def checksums(files: Iterable[File]) -> bytes:
    """The content of `SHA256SUMS`."""
    listed = sorted(files, key=lambda file: file.name)
    return "".join(f"{file.sha256}  {file.name}\n" for file in listed).encode()


def decide(files: tuple[File, ...], there: tuple[Asset, ...], fetch: Fetch) -> tuple[Decision, ...]:
    """Compare the files with the assets. ConflictError, naming all, where one has other bytes."""
    decisions: list[Decision] = []
    problems: list[Problem] = []
    for file in files:
        decided = _decide(file, [asset for asset in there if asset.name == file.name], fetch)
        if isinstance(decided, Problem):
            problems.append(decided)
        else:
            decisions.append(decided)
    if problems:
        raise ConflictError.of(problems)
    return tuple(decisions)


def is_cut(asset: Asset, file: File) -> bool:
    """Whether this is what an upload of ours left that was cut on its way."""
    return not asset.whole or (asset.size == 0 and file.size > 0)


def _decide(file: File, named: list[Asset], fetch: Fetch) -> Decision | Problem:
    cut = [asset for asset in named if is_cut(asset, file)]
    whole = sorted((a for a in named if a not in cut), key=lambda asset: asset.id)
    different = [asset for asset in whole if not _is_same(asset, file, fetch)]
    if any(not _is_outgrown(asset, file, fetch) for asset in different):
        return _conflict(file, different[0], fetch)
    same = [asset for asset in whole if asset not in different]
    # Whoever cleans up at the same time keeps the same one.
    return Decision(file, send=not same, remove=(*cut, *different, *same[1:]))


def _is_same(asset: Asset, file: File, fetch: Fetch) -> bool:
    return asset.size == file.size and _sha256(asset, fetch) == file.sha256


def _sha256(asset: Asset, fetch: Fetch) -> str:
    return asset.sha256 or hashlib.sha256(fetch(asset)).hexdigest()


def _is_outgrown(asset: Asset, file: File, fetch: Fetch) -> bool:
    """Whether it is a list of ours all of which still holds, from before more was published."""
    if file.name != SUMS:
        return False
    before = fetch(asset).splitlines()
    return bool(before) and set(before) < set(file.path.read_bytes().splitlines())


def _conflict(file: File, asset: Asset, fetch: Fetch) -> Problem:
    return Problem(
        f"the release has a {file.name} with other bytes\n"
        f"  published sha256 {file.sha256}, {file.size} bytes\n"
        f"  release   sha256 {_sha256(asset, fetch)}, {asset.size} bytes",
        at=asset.url,
        hint="what is published is what people install: delete the release's file if it is wrong, "
        "then the same command again",
        rule="other-bytes",
    )
