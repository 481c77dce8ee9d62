"""Which Pythons of a machine a version is tried on."""

import json
from pathlib import Path

import pytest

from railrel.distributions.pythons import Interpreter, finding_pyenvs, pythons


def listed(version: str, path: str, variant: str = "default") -> dict[str, str]:
    return {
        "version": version, "path": path, "implementation": "cpython", "variant": variant,
    }  # fmt: skip


def test_of_each_minor_version_that_is_admitted_the_newest_is_taken() -> None:
    entries = [
        listed("3.11.2", "/usr/bin/python3.11"),
        listed("3.11.7", "/opt/python3.11"),
        listed("3.13.1", "/opt/python3.13t", "freethreaded"),
        listed("3.12.4", "/opt/python3.12"),
        listed("3.9.18", "/opt/python3.9"),
    ]
    said = f"warning: Failed to inspect [stderr]\n  pyenv: not found\n{json.dumps(entries)}\n"

    found = pythons(said, ">=3.10")

    assert [(str(i.version), i.path) for i in found.tried] == [
        ("3.11.7", Path("/opt/python3.11")),
        ("3.12.4", Path("/opt/python3.12")),
    ]
    assert versions(found.left_out) == ["3.9.18"]
    assert versions(pythons("no JSON at all", "").tried) == []


@pytest.mark.parametrize(
    ("requires", "tried", "left_out"),
    [
        (">=3.8", ["3.8.18", "3.12.1", "3.13.0"], ["3.6.15"]),
        # Nobody said that it should run there.
        ("", ["3.12.1", "3.13.0"], ["3.6.15", "3.8.18"]),
        # An older release of a minor version that fits is not worth a word.
        (">=3.12,!=3.12.1", ["3.12.0", "3.13.0"], ["3.6.15", "3.8.18"]),
        (">=3.14", [], ["3.6.15", "3.8.18", "3.12.1", "3.13.0"]),
    ],
)
def test_what_is_not_tried_is_known_too(
    requires: str, tried: list[str], left_out: list[str]
) -> None:
    here = ("3.6.15", "3.8.18", "3.12.0", "3.12.1", "3.13.0")
    said = json.dumps([listed(version, f"/opt/{version}") for version in here])

    found = pythons(said, requires)

    assert (versions(found.tried), versions(found.left_out)) == (tried, left_out)


def versions(found: tuple[Interpreter, ...]) -> list[str]:
    return [str(one.version) for one in found]


def test_versions_of_pyenv_are_looked_for_where_it_is_said_to_be_and_in_the_home(
    tmp_path: Path,
) -> None:
    for name in (
        ".pyenv/versions/3.12.1/bin",
        "other/versions/3.13.0/bin",
        "other/versions/shop/bin",
    ):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "other/versions/shop/pyvenv.cfg").touch()

    at_home = finding_pyenvs({"PATH": "/bin"}, tmp_path)
    told = finding_pyenvs({"PATH": "/bin", "PYENV_ROOT": str(tmp_path / "other")}, tmp_path)
    none = finding_pyenvs({"PATH": "/bin"}, tmp_path / "nowhere")

    assert at_home["PATH"] == f"/bin:{tmp_path}/.pyenv/versions/3.12.1/bin"
    assert told["PATH"] == f"/bin:{tmp_path}/other/versions/3.13.0/bin"
    assert none["PATH"] == "/bin"
