"""Sdists: packed again without what tells when and by whom, and unpacked within their folder."""

import contextlib
import gzip
import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from railrel.effects.whole import beside
from railrel.errors import UnfitError


@contextlib.contextmanager
def readable(archive: Path) -> Iterator[tarfile.TarFile]:
    """Open an sdist. UnfitError when it is none, or broken."""
    try:
        with tarfile.open(archive) as opened:
            yield opened
    except (tarfile.TarError, EOFError) as error:
        raise UnfitError(f"{archive.name} cannot be unpacked: {error}", at=str(archive)) from error


def is_settled(archive: Path, seconds: int) -> bool:
    """Whether nothing in the archive tells when or by whom it was made."""
    # RFC 1952: bytes 4 to 8 of the header are the time of making.
    if int.from_bytes(archive.read_bytes()[4:8], "little") > seconds:
        return False
    with tarfile.open(archive) as opened:
        return all(
            member.mtime <= seconds and not (member.uid or member.gid or member.uname)
            for member in opened
        )


def settle(archive: Path, seconds: int) -> None:
    """Pack again, with no time later than `seconds` and no owner."""
    partial = beside(archive)
    try:
        with (
            tarfile.open(archive) as before,
            partial.open("wb") as raw,
            gzip.GzipFile("", "wb", 9, raw, mtime=seconds) as packed,
            tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as after,
        ):
            for member in before:
                member.mtime = int(min(member.mtime, seconds))
                member.uid = member.gid = 0
                member.uname = member.gname = ""
                member.pax_headers = {
                    key: value for key, value in member.pax_headers.items() if "time" not in key
                }
                after.addfile(member, before.extractfile(member) if member.isreg() else None)
        partial.replace(archive)
    finally:
        partial.unlink(missing_ok=True)


def unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> str:
    """Unpack one member and give its top folder. Only plain files and folders are let through.

    `tarfile.data_filter` would do, but the 3.11 of Debian 12 does not have it.
    """
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts or not name.parts:
        raise UnfitError(f"the sdist would write outside its folder: {member.name}")
    place = target.joinpath(*name.parts)
    if member.isdir():
        place.mkdir(parents=True, exist_ok=True)
        return name.parts[0]
    content = archive.extractfile(member) if member.isreg() else None
    if content is None:
        raise UnfitError(
            f"the sdist holds a link or a device: {member.name}",
            hint="replace it with the file that it leads to",
        )
    place.parent.mkdir(parents=True, exist_ok=True)
    with content, place.open("wb") as file:
        shutil.copyfileobj(content, file)
    place.chmod(0o755 if member.mode & 0o111 else 0o644)
    os.utime(place, (member.mtime, member.mtime))
    return name.parts[0]
