"""Isolated build environments, made once for each set of requirements and then used again."""

import hashlib
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from railrel.distributions.public_index import for_uv, pip_files, pip_indexes
from railrel.errors import UnfitError
from railrel.world import Command, World

# An unpinned requirement such as "hatchling" shall not stay at one version for ever.
_GENERATION_SECONDS = 7 * 24 * 3600
_READY = ".railrel-ready"


def build_python(world: World, requires: Iterable[str]) -> Path:
    """The Python of an environment with these requirements installed.

    Raises UnfitError when they cannot be installed.
    """
    wanted = sorted(set(requires))
    _check(wanted)
    environment = install_environment(world)
    folder = world.cache / "build-environments" / _key(world, wanted, environment)
    python = folder / "bin" / "python"
    if (folder / _READY).exists():
        return python
    with world.files.locked(folder.with_name(f"{folder.name}.lock")):
        if (folder / _READY).exists():
            return python
        # What a killed run left half made.
        world.files.remove_tree(folder)
        _make(world, folder, wanted, environment)
        world.files.put(folder / _READY, json.dumps(wanted).encode())
    return python


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


def _key(world: World, requires: list[str], environment: Mapping[str, str]) -> str:
    indexes = {
        name: environment.get(name) for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX")
    }
    generation = int(world.clock.now() // _GENERATION_SECONDS)
    parts = [requires, sys.executable, sys.version, indexes, generation]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]


def _make(world: World, folder: Path, requires: list[str], environment: Mapping[str, str]) -> None:
    import uv

    tool = uv.find_uv_bin()
    base = ("--no-python-downloads", "--no-project", "--quiet")
    steps: list[tuple[str, ...]] = [(tool, "venv", *base, "--python", sys.executable, str(folder))]
    if requires:
        python = str(folder / "bin" / "python")
        steps.append((tool, "pip", "install", "--quiet", "--python", python, "--", *requires))
    for argv in steps:
        done = world.processes.run(Command(argv, folder.parent, environment))
        if done.code:
            raise UnfitError(
                f"the build environment cannot be made: {done.output.strip()}",
                at=", ".join(requires),
                hint="check that the index is reachable: uv pip install --dry-run "
                + " ".join(requires),
            )
