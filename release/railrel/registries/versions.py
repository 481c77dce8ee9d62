"""Which versions a registry holds, by the names of its files."""

from collections.abc import Iterable

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

from railrel.registries.protocol import RemoteFile


def versions_of(files: Iterable[RemoteFile]) -> frozenset[Version]:
    """The versions of these files; files of neither kind are passed over."""
    found: set[Version] = set()
    for file in files:
        try:
            if file.filename.endswith(".whl"):
                found.add(parse_wheel_filename(file.filename)[1])
            else:
                found.add(parse_sdist_filename(file.filename)[1])
        except (InvalidWheelFilename, InvalidSdistFilename):
            continue
    return frozenset(found)
