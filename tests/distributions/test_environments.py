"""Build environments: one for each set of requirements, as it was installed, or made anew."""

import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from railrel.distributions.environments import build_environment
from tests.workbench import Workbench


@pytest.fixture
def own(bench: Workbench, tmp_path: Path) -> Workbench:
    bench.home.mkdir()
    return replace(bench, cache=tmp_path / "cache")


def made(bench: Workbench, *requires: str) -> Path:
    """The folder of an environment."""
    with build_environment(bench.world(), requires) as python:
        return python.parents[1]


def mark_of(folder: Path) -> int:
    """It changes when the environment is made anew."""
    return (folder / ".railrel-note").stat().st_ino


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


def test_several_at_once_make_it_once(own: Workbench) -> None:
    found: list[tuple[Path, int]] = []

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
