"""`environment.sh`: which Python an environment is of."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.pythons import several
from tests.workbench import REPOSITORY, Workbench

PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "lib"
version = "1"

[tool.hatch.build.targets.wheel]
packages = ["lib"]
"""


@pytest.fixture
def checkout(bench: Workbench) -> Workbench:
    """A checkout of something small."""
    bench.write("pyproject.toml", PROJECT)
    bench.write("lib/__init__.py", "")
    shutil.copyfile(REPOSITORY / "environment.sh", bench.root / "environment.sh")
    return bench


def python_of(folder: Path) -> str:
    argv = [
        str(folder / "bin/python"),
        "-c",
        "import lib, platform; print(platform.python_version())",
    ]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip()


def test_another_python_that_is_named_makes_it_anew_and_none_keeps_it(checkout: Workbench) -> None:
    older, newer = several(2)
    folder = checkout.root / ".venv"

    checkout.call(["sh", "environment.sh"], PYTHON=str(older.path))
    first = python_of(folder)
    checkout.call(["sh", "environment.sh"], PYTHON=str(newer.path))
    second = python_of(folder)
    (folder / "kept").touch()
    checkout.call(["sh", "environment.sh"])
    checkout.call(["sh", "environment.sh"], PYTHON=str(newer.path))

    assert (first, second) == (older.version, newer.version)
    assert (folder / "kept").exists()


def test_a_folder_that_is_no_environment_is_left_alone(checkout: Workbench) -> None:
    checkout.write("work/thesis.txt", "ten years")
    before = checkout.snapshot()

    done = subprocess.run(
        ["sh", "environment.sh"],
        cwd=checkout.root,
        env={**checkout.environment, "VENV": "work"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, checkout.snapshot()) == (2, before)
    assert "error: work is there, and is no virtual environment" in done.stderr
