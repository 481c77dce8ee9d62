"""The files of a version that is published, brought here."""

import hashlib
from pathlib import Path

from packaging.utils import NormalizedName
from packaging.version import Version

from railrel.commands.shared.context import Context
from railrel.errors import ConflictError, RefusedError
from railrel.registries import Registry
from railrel.registries.protocol import RemoteFile
from railrel.registries.versions import meant, versions_of
from railrel.values import dataclass


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file of the registry, as it arrived."""

    path: Path
    sha256: str
    """Hexadecimal."""
    size: int
    """Bytes."""


def files_of(registry: Registry, name: NormalizedName, version: Version) -> tuple[RemoteFile, ...]:
    """What the registry holds of a version, wheels first. RefusedError where it is nothing."""
    held = registry.held(name)
    # A page may list what belongs to another.
    asked = (name, version)
    mine = [f for f in held if (m := meant(f.filename)) and (m.name, m.version) == asked]
    if not mine:
        others = ", ".join(str(v) for v in sorted(versions_of(held), reverse=True)[:5])
        raise RefusedError(
            f"{name} {version} is not published; there is {others or 'no version of it'}",
            at=registry.place,
            hint=f"railrel publish {name}",
            rule="not-published",
        )
    return tuple(sorted(mine, key=lambda file: (not file.filename.endswith(".whl"), file.filename)))


def download(context: Context, registry: Registry, file: RemoteFile, folder: Path) -> Downloaded:
    """Bring a file into the folder. ConflictError when it is not what the index says."""
    data = registry.download(file)
    sha256 = hashlib.sha256(data).hexdigest()
    if file.sha256 not in (None, sha256):
        raise ConflictError(
            f"the index lists {file.filename} with the sha256 {file.sha256}, and gives {sha256}",
            at=file.url,
            hint="run the same command again; something between here and there may keep old files",
            rule="other-hash",
        )
    # What a file is called is the registry's word, and that of an sdist may lead to another folder.
    path = folder / Path(file.filename).name
    context.world.files.put(path, data)
    return Downloaded(path, sha256, len(data))
