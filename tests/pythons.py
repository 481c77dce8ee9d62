"""The real Pythons of this machine, and homes that have them as people do.

`python -m tests.pythons` prints the newest other one that railrel is said to run on, if there is one.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import uv

from railrel.distributions.pythons import finding_pyenvs, listing, pythons
from tests.workbench import REPOSITORY

# What pyenv leaves on PATH for every program of every version; this is of one that is not activated.
_SHIM = """\
#!/bin/sh
cat >&2 <<'END'
pyenv: {name}: command not found

The `{name}' command exists in these Python versions:
  {version}
END
exit 127
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """A Python, and the folder that it is installed in."""

    version: str
    path: Path
    prefix: Path

    @property
    def minor(self) -> str:
        return self.version.rpartition(".")[0]


@cache
def installed() -> tuple[Installed, ...]:
    """The newest of each 3.x from 3.11 on, oldest first."""
    environment = finding_pyenvs(os.environ, Path.home())
    said = subprocess.run(
        listing(uv.find_uv_bin()), env=environment, capture_output=True, text=True, check=True
    )
    found = [one.path.absolute() for one in pythons(said.stdout, ">=3.11").tried]
    return tuple(_of(path) for path in found)


def _of(path: Path) -> Installed:
    code = "import platform, sys; print(platform.python_version(), sys.executable, sys.base_prefix, sep='\\n')"
    argv = [str(path), "-I", "-c", code]
    version, executable, prefix = subprocess.run(
        argv, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return Installed(version, Path(executable), Path(prefix))


def several(count: int) -> tuple[Installed, ...]:
    """The newest of those that are here; the test is skipped where there are fewer.

    In CI too: nobody promises more than the one that the tests run on.
    """
    found = installed()
    if len(found) < count:
        here = ", ".join(one.version for one in found) or sys.version.partition(" ")[0]
        pytest.skip(f"needs {count} Pythons, and here is {here}: uv python install 3.12 3.13")
    return found[-count:]


@dataclass(frozen=True, slots=True)
class Place:
    """A machine of the test's own, as far as Pythons can be found on it."""

    folder: Path

    def __post_init__(self) -> None:
        self._bin.mkdir(parents=True)
        git = shutil.which("git")
        assert git
        (self._bin / "git").symlink_to(git)

    @property
    def _bin(self) -> Path:
        return self.folder / "bin"

    @property
    def variables(self) -> dict[str, str]:
        """What is set there."""
        return {
            "PATH": f"{self.folder}/pyenv/shims:{self._bin}",
            "PYENV_ROOT": f"{self.folder}/pyenv",
            "UV_PYTHON_INSTALL_DIR": f"{self.folder}/uv",
        }

    def on_path(self, python: Installed) -> None:
        """As a distribution has it, and deadsnakes."""
        (self._bin / f"python{python.minor}").symlink_to(python.path)

    def of_pyenv(self, python: Installed) -> None:
        """As `pyenv install` leaves it, without `pyenv global`."""
        versions, shims = self.folder / "pyenv" / "versions", self.folder / "pyenv" / "shims"
        versions.mkdir(parents=True, exist_ok=True)
        (versions / python.version).symlink_to(python.prefix)
        shims.mkdir(exist_ok=True)
        for name in ("python", "python3", f"python{python.minor}"):
            (shims / name).write_text(_SHIM.format(name=name, version=python.version))
            (shims / name).chmod(0o755)

    def of_uv(self, python: Installed) -> None:
        """As `uv python install` leaves it."""
        machine = os.uname().machine
        system = "linux" if sys.platform == "linux" else "macos"
        libc = "gnu" if sys.platform == "linux" else "none"
        folder = self.folder / "uv" / f"cpython-{python.version}-{system}-{machine}-{libc}"
        folder.mkdir(parents=True)
        for part in ("bin", "lib", "include"):
            if (python.prefix / part).is_dir():
                (folder / part).symlink_to(python.prefix / part)


def _supported() -> set[str]:
    """Such as `3.12`, as the classifiers have them."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    return {one.rpartition(" ")[2] for one in project["classifiers"] if ":: Python ::" in one}


if __name__ == "__main__":
    ours = "{}.{}".format(*sys.version_info)
    print(*[one.path for one in installed() if one.minor in _supported() - {ours}][-1:])  # noqa: T201 -- its answer
