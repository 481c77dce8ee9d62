"""Isolated build environments, made once for each set of requirements and then used again."""

import contextlib
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from railrel.distributions.own_cache import must_be_own
from railrel.distributions.public_index import for_uv, pip_files, pip_indexes
from railrel.distributions.soundness import is_sound, note_of
from railrel.distributions.variables import seen_by_installers
from railrel.distributions.warm import environments_folder, note_path, used_mark
from railrel.errors import UnfitError
from railrel.world import Command, World

# An unpinned requirement such as "hatchling" shall not stay at one version for ever.
_GENERATION_SECONDS = 7 * 24 * 3600
# What tells uv where packages come from, and which of them.
_STEERING = (
    "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS",
    "UV_INDEX_STRATEGY", "UV_CONSTRAINT", "UV_BUILD_CONSTRAINT", "UV_OVERRIDE", "UV_PRERELEASE",
    "UV_RESOLUTION", "UV_EXCLUDE_NEWER", "UV_CONFIG_FILE",
)  # fmt: skip


@contextlib.contextmanager
def build_environment(world: World, requires: Iterable[str]) -> Iterator[Path]:
    """The Python of an environment with these requirements installed; not removed meanwhile.

    Raises UnfitError when they cannot be installed, RefusedError where others may write to the cache.
    """
    must_be_own(world)
    wanted = sorted(set(requires))
    _check(wanted)
    environment = seen_by_installers(install_environment(world))
    folder = environments_folder(world) / _key(world, wanted, environment)
    with world.files.sharing(used_mark(folder)):
        if not is_sound(folder):
            with world.files.locked(folder.with_name(f"{folder.name}.lock"), by_programs=True):
                if not is_sound(folder):
                    _make_anew(world, folder, wanted, environment)
        yield folder / "bin" / "python"


def _make_anew(
    world: World, folder: Path, wanted: list[str], environment: Mapping[str, str]
) -> None:
    # What a killed run left half made, or something else has changed.
    world.files.remove_tree(folder)
    _make(world, folder, wanted, environment)
    world.files.put(note_path(folder), note_of(folder))


def install_environment(world: World) -> dict[str, str]:
    """The environment for installers: the user's, with the index that pip was told of."""
    added = for_uv(world.environment, pip_files(world.environment, world.home, Path(sys.prefix)))
    dropped = {"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "UV_NO_INDEX", "CONDA_PREFIX"}
    kept = {name: value for name, value in world.environment.items() if name not in dropped}
    return {**kept, **added}


def indexes_of_pip(world: World) -> tuple[str, ...]:
    """The indexes that pip asks on this machine, credentials and all."""
    files = pip_files(world.environment, world.home, Path(sys.prefix))
    return pip_indexes(world.environment, files)


def _check(requires: list[str]) -> None:
    for requirement in requires:
        try:
            Requirement(requirement)
        except InvalidRequirement as error:
            raise UnfitError(
                f"build-system.requires holds {requirement!r}, which is not a requirement",
                hint="write it like hatchling>=1.27",
            ) from error


def steering(environment: Mapping[str, str]) -> dict[str, str]:
    """What says where packages come from, and which."""
    return {name: environment[name] for name in _STEERING if environment.get(name)}


def _key(world: World, requires: list[str], environment: Mapping[str, str]) -> str:
    generation = int(world.clock.now() // _GENERATION_SECONDS)
    parts = [requires, sys.executable, sys.version, steering(environment), generation]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]


def _make(world: World, folder: Path, requires: list[str], environment: Mapping[str, str]) -> None:
    import uv

    tool = uv.find_uv_bin()
    base = ("--no-python-downloads", "--no-project", "--quiet")
    steps: list[tuple[str, ...]] = [(tool, "venv", *base, "--python", sys.executable, str(folder))]
    if requires:
        python = str(folder / "bin" / "python")
        # Compiled now: no build need do it, and those that are told to write none would each time.
        # And copied: what a build does to its files must not reach uv's own through a link.
        options = ("--quiet", "--compile-bytecode", "--link-mode", "copy", "--python", python)
        steps.append((tool, "pip", "install", *options, "--", *requires))
    for argv in steps:
        done = world.processes.run(Command(argv, folder.parent, environment))
        if done.code:
            said = done.output.strip() or f"uv says nothing, and ends with {done.code}"
            asking = (
                f"check that the index is reachable: uv pip install --dry-run {' '.join(requires)}"
            )
            # Without an index that is asked it can only be the disk.
            making = f"check that there is room, and who owns it: df -h {folder.parent}"
            raise UnfitError(
                f"the build environment cannot be made: {said}",
                at=", ".join(requires) or str(folder),
                hint=making if argv is steps[0] else asking,
            )
