"""A version is proved on each real Python of a machine, however it came there."""

from pathlib import Path

import pytest

from railrel.errors import ExitCode
from tests.commands.test_verify import told
from tests.pythons import Installed, Place, several
from tests.workbench import Workbench


@pytest.fixture
def three() -> tuple[Installed, ...]:
    """Three Pythons, oldest first."""
    return several(3)


@pytest.fixture
def machine(bench: Workbench, three: tuple[Installed, ...], tmp_path: Path) -> Workbench:
    """A machine with one Python on PATH, one that uv installed, and one of pyenv, not activated."""
    place = Place(tmp_path / "machine")
    on_path, of_uv, of_pyenv = three
    place.on_path(on_path)
    place.of_uv(of_uv)
    place.of_pyenv(of_pyenv)
    return bench.having(**place.variables)


def published(bench: Workbench, requires: str = ">=3.11", more: str = "") -> None:
    """A project at its tag, in the registry."""
    project = bench.library("core", "1.0.0", more) / "pyproject.toml"
    project.write_text(project.read_text().replace(">=3.11", requires))
    bench.commit("core", "v1.0.0")
    result = bench.railrel("publish", "core")
    assert result.code == 0, result.err


def versions(pythons: tuple[Installed, ...]) -> list[str]:
    return [python.version for python in pythons]


def test_it_is_installed_and_imported_on_each_wherever_it_is(
    machine: Workbench, three: tuple[Installed, ...]
) -> None:
    published(machine)

    result = machine.railrel("verify", "core==1.0.0", "--import", "--json")

    assert result.code == 0, result.err
    assert told(result, "versions", 0, "installs", "*", "python") == versions(three)
    assert told(result, "versions", 0, "installs", "*", "imported") == [["core"]] * 3
    assert told(result, "versions", 0, "pythons_left_out") == []


def test_shims_that_lead_nowhere_are_no_pythons(
    bench: Workbench, three: tuple[Installed, ...], tmp_path: Path
) -> None:
    place = Place(tmp_path / "machine")
    place.on_path(three[0])
    place.of_pyenv(three[1])
    there = bench.having(**place.variables)
    (tmp_path / "machine/pyenv/versions" / three[1].version).unlink()
    published(there)

    result = there.railrel("verify", "core==1.0.0", "--install", "--json")

    assert result.code == 0, result.err
    assert told(result, "versions", 0, "installs", "*", "python") == [three[0].version]
    assert "pyenv" not in result.err


def test_where_requires_python_excludes_one_it_is_not_tried_and_that_is_said(
    machine: Workbench, three: tuple[Installed, ...]
) -> None:
    without = f">=3.11,!={three[1].minor}.*"
    published(machine, without)

    text = machine.railrel("verify", "core==1.0.0", "--install")
    as_json = machine.railrel("publish", "core", "--verify=install", "--json")

    assert text.code == as_json.code == 0, text.err
    assert f"core 1.0.0: installed on Python {three[0].version}" in text.out
    assert f"core 1.0.0: not tried on Python {three[1].version}: it requires " in text.out
    assert f"core 1.0.0 not tried on Python {three[1].version}: it requires " in as_json.err
    tried = told(as_json, "projects", 0, "installs", "*", "python")
    assert tried == versions((three[0], three[2]))
    assert told(as_json, "projects", 0, "pythons_left_out") == [three[1].version]


def test_where_it_requires_a_python_that_is_not_here_those_that_are_here_are_named(
    machine: Workbench, three: tuple[Installed, ...]
) -> None:
    published(machine, ">=3.99")

    result = machine.railrel("verify", "core==1.0.0", "--install")

    assert result.code == ExitCode.UNREACHABLE
    assert (
        f"no Python on this machine fits >=3.99, so nothing can be proved; there is {', '.join(versions(three))}"
        in result.err
    )


def test_what_cannot_be_installed_on_just_one_is_unfit_and_that_one_is_named(
    machine: Workbench, three: tuple[Installed, ...]
) -> None:
    more = f"dependencies = [\"wheel==999999 ; python_version == '{three[1].minor}'\"]\n"
    machine.library("core", "1.0.0", more)
    machine.commit("core", "v1.0.0")

    result = machine.railrel("publish", "core", "--verify=install", "--json")
    verified = machine.railrel("verify", "core==1.0.0", "--install", "--json")

    assert result.code == ExitCode.UNFIT, result.err
    assert told(result, "projects", "*", "outcome") == ["failed"]
    message = str(told(result, "errors", 0, "message"))
    assert f"core 1.0.0 cannot be installed on Python {three[1].version}: " in message
    # What was shown on the others is no less true.
    others = versions((three[0], three[2]))
    assert told(result, "projects", 0, "installs", "*", "python") == others
    assert verified.code == ExitCode.FOUND
    assert told(verified, "findings", "*", "rule") == ["not-installable"]
    assert told(verified, "versions", 0, "installs", "*", "python") == others
