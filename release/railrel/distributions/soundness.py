"""Whether a build environment is still what was installed: a note of it, and a cheap second look.

The second look reads no contents: sizes and times of all files that were installed, the names at the
top of what Python searches, where a file more could change any build, and the Python itself.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from railrel.distributions.warm import note_path

_COMPILED = "__pycache__"


def note_of(folder: Path) -> bytes:
    """What is to be noted of an environment that was just made. OSError if it is not whole."""
    return json.dumps(_seen(folder, list(_installed(folder)))).encode()


def is_sound(folder: Path) -> bool:
    """Whether the environment is there and as it was noted."""
    try:
        noted = json.loads(note_path(folder).read_bytes())
        return bool(noted == _seen(folder, list(noted["files"])))
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _seen(folder: Path, names: list[str]) -> dict[str, object]:
    python = os.path.realpath(folder / "bin" / "python")
    return {
        "python": [python, *_looks(python)],
        "settings": (folder / "pyvenv.cfg").read_text(encoding="utf-8"),
        "top": {str(place): _names(folder / place) for place in _places(folder)},
        "files": {name: _looks(f"{folder}/{name}") for name in names},
    }


def _looks(path: str) -> list[int]:
    status = os.stat(path)  # noqa: PTH116 -- thousands of these
    return [status.st_size, status.st_mtime_ns]


def _places(folder: Path) -> list[str]:
    """Where packages and programs are, relative to the environment."""
    found = sorted(p.relative_to(folder).as_posix() for p in folder.glob("lib/*/site-packages"))
    return ["bin", *found]


def _names(place: Path) -> list[str]:
    return sorted(name for name in os.listdir(place) if name != _COMPILED)  # noqa: PTH208


def _installed(folder: Path) -> Iterator[str]:
    for place in _places(folder):
        for at, folders, files in os.walk(folder / place):
            folders[:] = [name for name in folders if name != _COMPILED]
            yield from (os.path.relpath(f"{at}/{name}", folder) for name in files)
