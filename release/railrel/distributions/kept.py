"""Built files that were found fit, kept so that a version is built once.

What is published in two halves is then completed with the other half of the very same build, also
where a second build would give other bytes. They are found by all that goes into a build; what is
found is taken only if its hashes are those that were noted.
"""

import hashlib
import json
import os
import platform
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from railrel import __version__
from railrel.distributions.build import Built
from railrel.distributions.environments import install_environment, steering
from railrel.distributions.own_cache import must_be_own
from railrel.world import World

# To be counted up with every change of how files are staged, built or settled.
_RECIPE = 2
_NOTE = "kept.json"
_SUFFIXES = (".tar.gz", ".whl")
# Variables that people set to have a build do something else. Of the rest, which differs from one
# shell to the next, only those count that the source itself mentions.
_STEERS = re.compile(
    r"(ARCHFLAGS|C|CC|CXX|CFLAGS|CXXFLAGS|CPPFLAGS|LDFLAGS|MAKEFLAGS|LANG|LC_\w+|MACOSX_DEPLOYMENT_TARGET)"
    r"|(CARGO|CIBW|CMAKE|CYTHON|DISTUTILS|FLIT|HATCH|MATURIN|MESON|MYPYC|NINJA|PDM|POETRY|PYO3|RUST"
    r"|SCIKIT_BUILD|SETUPTOOLS|SKBUILD)_?\w*"
)

# Set anew by each shell, and ours.
_NO_MATTER = re.compile(r"_|PWD|OLDPWD|SHLVL|RAILREL_\w+")
# No code that reads a variable is longer.
_LARGEST_TEXT = 1 << 20


def kept_folder(world: World) -> Path:
    """Where they are: `NAME/VERSION/HASH`, each a folder with two files and a note."""
    return world.cache / "artefacts"


def note_in(folder: Path) -> Path:
    """The note of one build; its time is that of the last use."""
    return folder / _NOTE


def place_for(
    world: World, name: str, version: str, source: Path, variables: Mapping[str, str], *more: object
) -> Path:
    """The folder of a build of this staged source, with the variables that the build gets.

    `more` is what else decides whether the files are fit.
    """
    others = [name for name in variables if not _NO_MATTER.fullmatch(name)]
    files, mentioned = _read(source, others)
    steers = {n: v for n, v in sorted(variables.items()) if _STEERS.fullmatch(n) or n in mentioned}
    parts = [
        _RECIPE,
        __version__,
        [sys.version, platform.machine(), sys.platform],
        steering(install_environment(world)),
        steers | {n: variables[n] for n in ("SOURCE_DATE_EPOCH",) if n in variables},
        files,
        [str(one) for one in more],
    ]
    digest = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    return kept_folder(world) / name / version / digest[:32]


def take(world: World, place: Path, target: Path, seconds: int) -> Built | None:
    """Copies of what is kept there; None where nothing is, or not what was noted.

    They get this time, in seconds since 1970. RefusedError where others may write to the cache.
    """
    must_be_own(world)
    try:
        noted = json.loads((place / _NOTE).read_bytes())
    except (OSError, ValueError):
        return None
    hashes: dict[str, object] = noted if isinstance(noted, dict) else {}
    names = [name for suffix in _SUFFIXES for name in hashes if name.endswith(suffix)]
    if len(hashes) != len(_SUFFIXES) or len(names) != len(hashes):
        return None
    if any("/" in name or not (place / name).is_file() for name in names):
        return None
    world.files.copy_tree(place, tuple(names), target, seconds)
    # Who prunes the cache does not wait for us.
    if any(not _is(target / name, hashes[name]) for name in names):
        world.files.remove_tree(target)
        return None
    world.files.touch(place / _NOTE)
    return Built(*(target / name for name in names))


def keep(world: World, place: Path, built: Built) -> bool:
    """Keep these; false where somebody who built the same meanwhile was faster."""
    files = (built.sdist, built.wheel)
    note = json.dumps({file.name: _sha256(file) for file in files}).encode()
    return world.files.store({**{f.name: f for f in files}, _NOTE: note}, place)


def _read(source: Path, names: Iterable[str]) -> tuple[list[tuple[str, bool, str]], set[str]]:
    """Each file's name, whether it may be executed, and its hash; and which of the names they mention."""
    files: list[tuple[str, bool, str]] = []
    left, mentioned = {name.encode("utf-8", "surrogateescape"): name for name in names}, set[str]()
    for path in _files(source):
        data = path.read_bytes()
        executable = bool(path.stat().st_mode & 0o111)
        digest = hashlib.sha256(data).hexdigest()
        files.append((path.relative_to(source).as_posix(), executable, digest))
        if len(data) <= _LARGEST_TEXT:
            for word in [word for word in left if word in data]:
                mentioned.add(left.pop(word))
    return files, mentioned


def _files(source: Path) -> Iterator[Path]:
    for at, folders, names in os.walk(source):
        folders.sort()
        yield from (Path(at) / name for name in sorted(names))


def _is(path: Path, sha256: object) -> bool:
    return path.is_file() and _sha256(path) == sha256


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
