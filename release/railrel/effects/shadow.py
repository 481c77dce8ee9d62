"""A copy of files that no write can reach the originals through."""

import shutil
from collections.abc import Iterable
from pathlib import Path


def copy_files(source: Path, names: Iterable[str], target: Path) -> None:
    """Copy the named files, with their modes and times."""
    for name in names:
        destination = target / name
        destination.parent.mkdir(parents=True, exist_ok=True)
        if (source / name).is_file():
            shutil.copy2(source / name, destination)
