"""Proof that a registry holds what an image will install, for its platform and its Python."""

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from packaging.utils import NormalizedName
from packaging.version import InvalidVersion, Version

from railrel.errors import Problem
from railrel.images.dockerfiles import Dockerfile
from railrel.uv_output import trouble_with_index
from railrel.values import dataclass
from railrel.workspace.projects import Project
from railrel.world import Command, World

_PYTHON = re.compile(r"(?:^|/)python:(3\.\d+)")
_MUST_BUILD = re.compile(r"building source distributions .*disabled|no-build", re.IGNORECASE)
_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Target:
    """What an image's packages must fit."""

    python: str
    """Such as `3.12`."""
    platform: str
    """As uv calls it."""


def target_of(file: Dockerfile, python: str, machine: str) -> Target:
    """The Python and the C library of the last stage's image, where its name tells."""
    stage = file.stages[-1] if file.stages else None
    while stage is not None and (parent := file.parent(stage)):
        stage = parent
    image = stage.image if stage else ""
    named = _PYTHON.search(image)
    library = "musl" if "alpine" in image else "gnu"
    processor = {"arm64": "aarch64", "amd64": "x86_64"}.get(machine.lower(), machine.lower())
    return Target(named[1] if named else python, f"{processor}-unknown-linux-{library}")


def unpublished(
    pins: Iterable[tuple[NormalizedName, str]],
    held: Callable[[NormalizedName], frozenset[Version]],
    place: str,
) -> list[Problem]:
    """Locked packages that the registry does not hold. Raises what keeps it from answering."""
    return [
        Problem(
            f"{name} {version} is not published",
            place,
            f"railrel publish {name}",
            "not-published",
        )
        for name, version in pins
        if _version(version) not in held(name)
    ]


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def resolving(
    project: Project,
    pins: Iterable[tuple[NormalizedName, str]],
    target: Target,
    scratch: Path,
) -> tuple[tuple[str, ...], Mapping[Path, bytes]]:
    """The command that resolves what the image installs, and the files that it reads.

    What the lock pins of ours stays pinned.
    """
    import uv

    pinned = scratch / "pins.txt"
    lines = "".join(f"{name}=={version}\n" for name, version in pins if version)
    files = {pinned: lines.encode()}
    asked: tuple[str, ...] = (str(pinned),)
    document = project.document
    dynamic = document.table("project").get("dynamic")
    if document.table("project") and not (isinstance(dynamic, list) and "dependencies" in dynamic):
        # uv would ask the backend for what is dynamic; all else stands there.
        asked = (str(scratch / "pyproject.toml"), "--constraint", str(pinned))
        files[scratch / "pyproject.toml"] = document.data
    argv = (
        uv.find_uv_bin(), "pip", "compile", "--quiet", "--no-python-downloads", "--no-build",
        "--no-header", "--python", sys.executable, "--python-version", target.python,
        "--python-platform", target.platform, *asked,
    )  # fmt: skip
    return argv, files


def resolve(
    world: World, argv: tuple[str, ...], folder: Path, environment: Mapping[str, str], at: str
) -> list[Problem] | str:
    """What cannot be had, or in words how it went. Raises what keeps anybody from telling."""
    done = world.processes.run(Command(argv, folder, environment, _SECONDS))
    if not done.code:
        return f"{sum('==' in line for line in done.output.splitlines())} packages can be had"
    said = done.output.strip()
    if _MUST_BUILD.search(said):
        return "some must be built from source, which only the build itself can tell"
    trouble = trouble_with_index(said)
    if trouble:
        raise trouble(f"the indexes do not answer as they should: {said}", at=at)
    hint = "publish what is missing, or make the ranges and the lock agree"
    return [Problem(f"nothing fulfils all requirements: {said}", at, hint, "unresolvable")]
