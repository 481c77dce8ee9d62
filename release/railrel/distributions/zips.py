"""Reading a wheel's archive: every member once, and no trick of the wrapping unseen.

What one reader finds by the directory at the end and another by the headers before each member must be
the same. PyPI, uv and pip differ in what they let through: https://blog.pypi.org/posts/2025-08-07-wheel-archive-confusion-attacks/
"""

import stat
import struct
import zipfile
from collections.abc import Iterator
from typing import BinaryIO

from railrel.distributions.members import Contents, Member, bomb, digested, is_read, most, named
from railrel.errors import Problem

# APPNOTE.TXT 4.3.7 and 4.3.16
_LOCAL = struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")
_LONGEST_COMMENT = 0xFFFF
_IN_ZIP64 = 0xFFFFFFFF
_HAS_DESCRIPTOR, _ENCRYPTED = 8, 1
_DESCRIPTORS = (12, 16, 20, 24)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def read_zip(file: BinaryIO, name: str) -> Contents:
    """Read it all. Raises UnfitError for a bomb, BadZipFile and its kin for what is broken."""
    size = file.seek(0, 2)
    with zipfile.ZipFile(file) as archive:
        infos = archive.infolist()
        # By what the directory says, before anything is unpacked; no more than that is read then.
        if sum(info.file_size for info in infos) > most(size):
            raise bomb(name, size)
        tricks = [*_around(file, size, name), *_between(file, archive, infos, name)]
        odd = {problem.at for problem in tricks}
        texts: dict[str, bytes] = {}
        members = tuple(
            _member(archive, info, texts, is_odd=f"{name}: {info.filename}" in odd)
            for info in infos
        )
    return Contents(members, texts, tuple(tricks))


def _member(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, texts: dict[str, bytes], *, is_odd: bool
) -> Member:
    name = named(info.filename)
    if info.filename.endswith("/"):
        return Member(name, "folder", 0, "")
    mode = info.external_attr >> 16
    is_link = stat.S_ISLNK(mode)
    if stat.S_IFMT(mode) and not (stat.S_ISREG(mode) or is_link):
        return Member(name, "other", info.file_size, "")
    try:
        opened = archive.open(info)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
        if is_odd:
            return Member(name, "other", info.file_size, "")
        raise
    kept = is_link or is_read(name, info.file_size)
    with opened:
        sha256, text = digested(opened, kept=kept)
    if is_link:
        return Member(name, "link", info.file_size, sha256, text.decode("utf-8", "replace"))
    if kept:
        texts[name] = text
    return Member(name, "file", info.file_size, sha256)


def _around(file: BinaryIO, size: int, name: str) -> Iterator[Problem]:
    """What stands before the first member and after the directory."""
    start = max(0, size - _END.size - _LONGEST_COMMENT)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + _END.size:
        return
    fields = _END.unpack_from(tail, at)
    length, offset, comment = fields[5], fields[6], fields[7]
    behind = size - (start + at + _END.size)
    if comment or behind:
        yield _trick(f"{behind} bytes follow the archive", name, "nothing-after-archive")
    if _IN_ZIP64 not in (length, offset) and start + at != offset + length:
        yield _trick("something stands before the archive", name, "nothing-before-archive")


def _between(
    file: BinaryIO, archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], name: str
) -> Iterator[Problem]:
    """Where the header before a member and the directory differ, and what no directory lists."""
    end, was_described = 0, False
    for info in sorted(infos, key=lambda each: each.header_offset):
        at = f"{name}: {info.filename}"
        file.seek(info.header_offset)
        raw = file.read(_LOCAL.size)
        if len(raw) < _LOCAL.size or raw[:4] != b"PK\x03\x04":
            yield _trick(f"{info.filename} is not where the directory says", at)
            continue
        _, _, flags, method, _, _, _, packed, size, name_length, extra = _LOCAL.unpack(raw)
        own = file.read(name_length)
        described = bool(flags & _HAS_DESCRIPTOR)
        plain = _IN_ZIP64 not in (packed, size) and not described
        sizes = not plain or (packed, size) == (info.compress_size, info.file_size)
        if own.decode("utf-8" if flags & 0x800 else "cp437", "replace") != info.orig_filename:
            yield _trick(f"{info.filename} has another name in its own header", at)
        elif method != info.compress_type or not sizes:
            yield _trick(f"{info.filename} has another size or method in its own header", at)
        elif "\0" in info.orig_filename:
            yield _trick(f"{info.filename} has a name that goes on behind a zero", at)
        elif info.flag_bits & _ENCRYPTED or info.compress_type not in _METHODS:
            yield _trick(
                f"{info.filename} is packed in a way that not every installer unpacks", at,
                "unusual-compression",
            )  # fmt: skip
        gap = info.header_offset - end
        if gap and end and not (was_described and gap in _DESCRIPTORS):
            yield _trick(
                f"{abs(gap)} bytes {'before' if gap > 0 else 'of'} {info.filename} "
                f"{'are in no directory' if gap > 0 else 'belong to another member too'}",
                at,
            )
        end = info.header_offset + _LOCAL.size + name_length + extra + info.compress_size
        was_described = described
    gap = archive.start_dir - end
    if gap and end and not (was_described and gap in _DESCRIPTORS):
        yield _trick(f"{gap} bytes before the directory are in no directory", name)


def _trick(message: str, at: str, rule: str = "two-readings") -> Problem:
    return Problem(
        message, at, "build it anew with a plain backend; installers read it in two ways", rule
    )
