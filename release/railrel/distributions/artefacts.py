"""What is in a built file: its metadata, its own `pyproject.toml`, its hash, its members."""

import hashlib
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal, TypeAlias

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    NormalizedName,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from railrel.documents import Document
from railrel.errors import UnfitError

if TYPE_CHECKING:
    from packaging.metadata import RawMetadata

Kind: TypeAlias = Literal["sdist", "wheel"]


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

    @property
    def name(self) -> NormalizedName:
        """The name in the metadata."""
        return canonicalize_name(self.metadata.get("name", ""))

    @property
    def version(self) -> Version | None:
        """The version in the metadata; None when it is none."""
        try:
            return Version(self.metadata.get("version", ""))
        except InvalidVersion:
            return None


def inspect(path: Path) -> Artefact:
    """Open a wheel or sdist. UnfitError when it is neither, or broken."""
    kind: Kind = "wheel" if path.suffix == ".whl" else "sdist"
    try:
        name, version = _named(path.name, kind)
        raw = _read_wheel(path) if kind == "wheel" else _read_sdist(path, "PKG-INFO")
        pyproject = None if kind == "wheel" else _read_sdist(path, "pyproject.toml")
        data = path.read_bytes()
    except (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise UnfitError(f"{path.name} cannot be read: {error}", at=str(path)) from error
    if raw is None:
        raise UnfitError(f"{path.name} holds no metadata", at=str(path))
    # It brings all of email along, which fix-deps and status do without.
    from packaging.metadata import parse_email

    metadata, unknown = parse_email(raw)
    return Artefact(
        path=path,
        kind=kind,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        file_name=name,
        file_version=version,
        metadata=metadata,
        unknown=unknown,
        pyproject=Document(Path(f"{path.name}/pyproject.toml"), pyproject) if pyproject else None,
    )


def _named(filename: str, kind: Kind) -> tuple[NormalizedName, Version]:
    try:
        if kind == "wheel":
            name, version, _, _ = parse_wheel_filename(filename)
            return name, version
        return parse_sdist_filename(filename)
    except (InvalidWheelFilename, InvalidSdistFilename) as error:
        raise UnfitError(f"{filename} is not the name of a {kind}: {error}", at=filename) from error


def _read_wheel(path: Path) -> bytes | None:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        outside = [n for n in names if n.startswith("/") or ".." in PurePosixPath(n).parts]
        if outside:
            raise UnfitError(
                f"{path.name} would install outside of where it is installed: {outside[0]}",
                at=str(path),
                hint="mend the paths that the backend is told to include",
            )
        found = [n for n in names if n.endswith(".dist-info/METADATA") and n.count("/") == 1]
        if len(found) > 1:
            raise UnfitError(
                f"{path.name} holds the metadata of several: {', '.join(found)}",
                at=str(path),
                hint="remove what an earlier build left in the project",
            )
        return archive.read(found[0]) if found else None


def _read_sdist(path: Path, wanted: str) -> bytes | None:
    """A file at the top of the sdist's one folder."""
    with tarfile.open(path) as archive:
        for member in archive:
            if (
                member.isreg()
                and member.name.count("/") == 1
                and member.name.endswith(f"/{wanted}")
            ):
                file = archive.extractfile(member)
                return file.read() if file else None
    return None


def same_contents(mine: bytes, theirs: bytes, kind: Kind) -> tuple[str, ...]:
    """Members that differ between two archives of one name; none when only their wrapping does."""
    read: Callable[[bytes], dict[str, str]] = _zip_members if kind == "wheel" else _tar_members
    try:
        left, right = read(mine), read(theirs)
    except (OSError, EOFError, zipfile.BadZipFile, tarfile.TarError):
        return ("the archive itself cannot be read",)
    return tuple(sorted(n for n in left.keys() | right.keys() if left.get(n) != right.get(n)))


def _zip_members(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {n: hashlib.sha256(archive.read(n)).hexdigest() for n in archive.namelist()}


def _tar_members(data: bytes) -> dict[str, str]:
    members: dict[str, str] = {}
    with tarfile.open(fileobj=BytesIO(data)) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isreg() else None
            members[member.name] = hashlib.sha256(file.read()).hexdigest() if file else ""
    return members
