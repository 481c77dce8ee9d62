"""Reading an sdist's archive: every member once, as a stream, with an end to how much it may hold."""

import gzip
import tarfile
from typing import BinaryIO

from railrel.distributions.members import Contents, Member, bomb, digested, is_read, most, named


def read_tar(file: BinaryIO, name: str) -> Contents:
    """Read it all. Raises UnfitError for a bomb, TarError and its kin for what is broken."""
    size = file.seek(0, 2)
    file.seek(0)
    texts: dict[str, bytes] = {}
    with (
        _Bounded(file, size, name) as unpacked,
        tarfile.open(fileobj=unpacked, mode="r|") as archive,
    ):
        members = tuple(_member(archive, member, texts) for member in archive)
    return Contents(members, texts, ())


class _Bounded(gzip.GzipFile):
    """Gives up where an honest archive would have ended."""

    def __init__(self, file: BinaryIO, packed: int, name: str) -> None:
        super().__init__(fileobj=file)
        self._packed, self._of = packed, name
        self._left = most(packed)

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self._left -= len(data)
        if self._left < 0:
            raise bomb(self._of, self._packed)
        return data


def _member(archive: tarfile.TarFile, info: tarfile.TarInfo, texts: dict[str, bytes]) -> Member:
    name = named(info.name)
    if info.isdir():
        return Member(name, "folder", 0, "")
    if info.issym() or info.islnk():
        return Member(name, "link", 0, "", info.linkname)
    # A sparse file can claim any size.
    opened = archive.extractfile(info) if info.isreg() and not info.issparse() else None
    if opened is None:
        return Member(name, "other", info.size, "")
    kept = is_read(name, info.size)
    sha256, text = digested(opened, kept=kept)
    if kept:
        texts[name] = text
    return Member(name, "file", info.size, sha256)
