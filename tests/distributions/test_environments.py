"""Build environments: one for each set of requirements, as it was installed, or made anew."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from uv import find_uv_bin

from railrel.distributions.environments import build_environment
from tests.waiting import is_held, until_there, wait_for
from tests.workbench import IMPORTABLE, Workbench


@pytest.fixture
def own(bench: Workbench, tmp_path: Path) -> Workbench:
    bench.home.mkdir()
    return replace(bench, cache=tmp_path / "cache")


def made(bench: Workbench, *requires: str) -> Path:
    """The folder of an environment."""
    with build_environment(bench.world(), requires) as python:
        return python.parents[1]


def mark_of(folder: Path) -> tuple[int, int]:
    """It changes when the environment is made anew."""
    status = (folder / ".railrel-note").stat()
    # The number alone may be that of the file which was there before.
    return status.st_ino, status.st_ctime_ns


def test_another_set_has_another_and_the_same_the_same(own: Workbench) -> None:
    first = made(own, "iniconfig", "pluggy")

    assert made(own, "pluggy", "iniconfig") == first
    assert made(own, "iniconfig") != first
    assert made(own.having(UV_PRERELEASE="allow"), "iniconfig") != made(own, "iniconfig")


def packages(folder: Path) -> Path:
    return next(folder.glob("lib/*/site-packages"))


def a_file_gone(folder: Path) -> None:
    (packages(folder) / "iniconfig" / "__init__.py").unlink()


def a_file_changed(folder: Path) -> None:
    (packages(folder) / "iniconfig" / "__init__.py").write_text("x = 1\n")


def a_package_more(folder: Path) -> None:
    (packages(folder) / "sitecustomize.py").touch()


def no_python(folder: Path) -> None:
    (folder / "bin" / "python").unlink()


def another_python(folder: Path) -> None:
    python = folder / "bin" / "python"
    python.unlink()
    shutil.copy("/bin/sh", python)


def other_settings(folder: Path) -> None:
    with (folder / "pyvenv.cfg").open("a") as file:
        file.write("include-system-site-packages = true\n")


def half_made(folder: Path) -> None:
    (folder / ".railrel-note").unlink()


@pytest.mark.parametrize(
    "harm",
    [
        a_file_gone,
        a_file_changed,
        a_package_more,
        no_python,
        another_python,
        other_settings,
        half_made,
    ],
)
def test_one_that_is_not_as_it_was_made_is_made_anew(
    own: Workbench, harm: Callable[[Path], None]
) -> None:
    folder = made(own, "iniconfig")
    good = own.snapshot(folder)
    harm(folder)

    assert made(own, "iniconfig") == folder

    again = own.snapshot(folder)
    assert again.keys() == good.keys()
    assert (packages(folder) / "iniconfig" / "__init__.py").read_bytes() != b"x = 1\n"


def test_one_that_is_sound_is_left_alone(own: Workbench) -> None:
    folder = made(own, "iniconfig")
    before = mark_of(folder)

    made(own, "iniconfig")

    assert mark_of(folder) == before


# As `uv`, but an install begins only once it may.
SLOW = """
import subprocess, sys, uv
from railrel.cli import entry
program = sys.argv.pop(1)
uv.find_uv_bin = lambda: program
entry()
"""


def test_who_was_killed_while_making_one_is_in_nobody_s_way_once_his_installer_has_ended(
    own: Workbench,
) -> None:
    ready, go = own.root / "ready", own.root / "go"
    wait = f"[ $1 = venv ] || {{ touch '{ready}'; {until_there(go)}; }}"
    slow = own.write("slow-uv", f'#!/bin/sh\n{wait}\nexec "{find_uv_bin()}" "$@"\n')
    slow.chmod(0o755)
    own.library()
    own.commit("issue-core", "v0.2.3")
    publish = ["publish", "issue-core"]
    environment = {**own.environment, **IMPORTABLE}
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, str(slow), *publish], cwd=own.root, env=environment
    ) as process:
        wait_for(ready)
        process.kill()

    (lock,) = (own.cache / "railrel" / "build-environments").glob("*.lock")
    assert is_held(lock)
    go.touch()
    result = own.railrel(*publish)

    assert result.code == 0, result.err


def test_several_at_once_make_it_once(own: Workbench) -> None:
    found: list[tuple[Path, tuple[int, int]]] = []

    def make() -> None:
        folder = made(own, "iniconfig")
        found.append((folder, mark_of(folder)))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 4
    assert len(set(found)) == 1
