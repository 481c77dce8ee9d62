"""What jobs find on the machine that runs them: Python, uv, git, the package index, an empty home."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import uv

from tests.inherited import inherited


def environment_of_jobs(
    folder: Path, cache: Path | None, more: Mapping[str, str]
) -> dict[str, str]:
    """Make the folders, and give what jobs find in their environment."""
    home, programs = folder / "home", folder / "bin"
    for made in (home, programs):
        made.mkdir(parents=True)
    # Not the tests' own environment: a job would find the railrel of this checkout in it.
    python = Path(sys.executable).resolve()
    links = {"python": python, "python3": python, "uv": Path(uv.find_uv_bin())}
    for name, target in links.items():
        (programs / name).symlink_to(target)
    own = Path(sys.prefix).resolve()
    path = {**os.environ, **more}["PATH"].split(os.pathsep)
    others = [each for each in path if not _is_in(each, own)]
    return {
        **inherited(),
        **more,
        "PATH": os.pathsep.join([str(programs), *others]),
        "HOME": str(home),
        "XDG_CACHE_HOME": str(cache or folder / "cache"),
        "GIT_CONFIG_NOSYSTEM": "1",
        # A job must not install into the Python of the machine.
        "PIP_REQUIRE_VIRTUALENV": "1",
    }


def _is_in(folder: str, other: Path) -> bool:
    return Path(folder).resolve().is_relative_to(other)
