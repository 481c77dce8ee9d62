"""What is in a built file: its metadata, its own `pyproject.toml`, its hash, its members."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, TypeAlias

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    NormalizedName,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

from railrel.distributions.members import Contents
from railrel.documents import Document
from railrel.errors import UnfitError
from railrel.values import dataclass

if TYPE_CHECKING:
    from packaging.metadata import RawMetadata

Kind: TypeAlias = Literal["sdist", "wheel"]

# boto3-stubs has 1,400. Each requirement is read several times, by twine too.
_MOST_FIELDS = 10_000
# The standards know thirty. `parse_email` looks at all fields anew for each kind.
_MOST_KINDS_OF_FIELDS = 100
_FIELD = re.compile(rb"(?:\A|[\r\n])([^\s:]+):")
_EMPTY_LINE = re.compile(rb"\n\n|\r\n\r\n|\r\r")


@dataclass(frozen=True)
class Artefact:
    """One built file, opened."""

    path: Path
    kind: Kind
    sha256: str
    """Hexadecimal, of the whole file."""
    size: int
    """Bytes."""
    file_name: NormalizedName
    """The name that the file's name gives."""
    file_version: Version
    metadata: "RawMetadata"
    """METADATA or PKG-INFO."""
    unknown: Mapping[str, list[str]]
    """Metadata fields that no standard knows."""
    pyproject: Document | None
    """Of an sdist."""
    contents: Contents = field(default_factory=lambda: Contents((), {}, ()))

    @property
    def name(self) -> NormalizedName:
        """The name in the metadata."""
        return canonicalize_name(self.metadata.get("name", ""))

    @property
    def version(self) -> Version | None:
        """The version in the metadata; None when it is none."""
        try:
            return Version(self.metadata.get("version", ""))
        except ValueError:  # InvalidVersion is one; so is a number of five thousand digits
            return None


def inspect(path: Path) -> Artefact:
    """Open a wheel or sdist, and read it once. UnfitError when it is neither, broken, or a bomb."""
    kind: Kind = "wheel" if path.suffix == ".whl" else "sdist"
    try:
        name, version = _named(path.name, kind)
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
            contents = _contents(file, kind, path.name)
    except OSError as error:
        raise _unreadable(path.name, error) from error
    raw = _metadata_of(path, kind, contents)
    _check_fields(path.name, raw)
    # It brings all of email along, which fix-deps and status do without.
    from packaging.metadata import parse_email

    metadata, unknown = parse_email(raw)
    pyproject = None if kind == "wheel" else _at_top(contents, "pyproject.toml")
    return Artefact(
        path=path,
        kind=kind,
        sha256=sha256,
        size=size,
        file_name=name,
        file_version=version,
        metadata=metadata,
        unknown=unknown,
        pyproject=Document(Path(f"{path.name}/pyproject.toml"), pyproject) if pyproject else None,
        contents=contents,
    )


def _contents(file: BinaryIO, kind: Kind, name: str) -> Contents:
    # Most of railrel opens no archive.
    import struct
    import tarfile
    import zipfile
    import zlib

    from railrel.distributions.tars import read_tar
    from railrel.distributions.zips import read_zip

    try:
        return read_zip(file, name) if kind == "wheel" else read_tar(file, name)
    except (
        EOFError, ValueError, RuntimeError, LookupError, ArithmeticError, struct.error, zlib.error,
        zipfile.BadZipFile, tarfile.TarError,
    ) as error:  # fmt: skip
        raise _unreadable(name, error) from error


def _unreadable(name: str, error: Exception) -> UnfitError:
    return UnfitError(
        f"{name} cannot be read: {error}",
        at=name,
        hint="build or download it again",
        rule="unreadable",
    )


def _named(filename: str, kind: Kind) -> tuple[NormalizedName, Version]:
    try:
        if kind == "wheel":
            name, version, _, _ = parse_wheel_filename(filename)
            return name, version
        return parse_sdist_filename(filename)
    except (InvalidWheelFilename, InvalidSdistFilename) as error:
        raise UnfitError(f"{filename} is not the name of a {kind}: {error}", at=filename) from error


def _metadata_of(path: Path, kind: Kind, contents: Contents) -> bytes:
    if kind == "sdist":
        raw = _at_top(contents, "PKG-INFO")
    else:
        found = [name for name in contents.texts if name.endswith(".dist-info/METADATA")]
        if len(found) > 1:
            raise UnfitError(
                f"{path.name} holds the metadata of several: {', '.join(found)}",
                at=str(path),
                hint="remove what an earlier build left in the project",
                rule="several-metadata",
            )
        raw = contents.texts[found[0]] if found else None
    if raw is None:
        where = (
            "PKG-INFO in one top folder" if kind == "sdist" else "METADATA in a .dist-info folder"
        )
        raise UnfitError(
            f"{path.name} holds no metadata: {where}",
            at=str(path),
            hint="build it with a backend (PEP 517), not by hand",
            rule="no-metadata",
        )
    return raw


def _check_fields(name: str, raw: bytes) -> None:
    """UnfitError for metadata whose readers would be busy for minutes."""
    fields = [field[1].lower() for field in _FIELD.finditer(_EMPTY_LINE.split(raw, 1)[0])]
    for count, most, what, hint in (
        (len(fields), _MOST_FIELDS, "fields", "require fewer packages, which may require the rest"),
        (
            len(set(fields)),
            _MOST_KINDS_OF_FIELDS,
            "kinds of fields",
            "leave out what is no standard",
        ),
    ):
        if count > most:
            raise UnfitError(
                f"the metadata of {name} has {count:,} {what}, and no more than {most:,} are read",
                at=name,
                hint=hint,
                rule="too-much-metadata",
            )


def _at_top(contents: Contents, wanted: str) -> bytes | None:
    """A file at the top of the sdist's one folder."""
    return next(
        (text for name, text in contents.texts.items() if name.endswith(f"/{wanted}")), None
    )


def same_contents(mine: bytes, theirs: bytes, kind: Kind) -> tuple[str, ...]:
    """Members that differ between two archives of one name; none when only their wrapping does."""
    try:
        left, right = (
            {
                m.name: (m.sort, m.sha256, m.target)
                for m in _contents(BytesIO(data), kind, "").members
            }
            for data in (mine, theirs)
        )
    except (OSError, UnfitError):
        return ("the archive itself cannot be read",)
    names = sorted(n for n in left.keys() | right.keys() if left.get(n) != right.get(n))
    # RECORD tells of whatever else differs.
    return tuple(n for n in names if not n.endswith(".dist-info/RECORD")) or tuple(names)
