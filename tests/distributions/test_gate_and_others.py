"""What the gate refuses, and three well-known checks of built files let pass."""

import subprocess
import sys
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from railrel.distributions.artefacts import inspect
from railrel.distributions.gate import Asked, remarks, unfit_alone
from railrel.errors import UnfitError
from tests.distributions.unfit import CASES, Case, only_requirements
from tests.servers.missing import need
from tests.wheels import sdist, wheel

OTHERS = ("twine", "check-wheel-contents", "pydistcheck")


def refused(path: Path) -> set[str]:
    file = inspect(path)
    siblings = frozenset({canonicalize_name("issue-core")})
    asked = Asked(file.file_name, file.file_version, siblings, allow_dev=False)
    return {problem.rule for problem in unfit_alone((file,), asked)}


def passing(tools: Iterable[str], path: Path) -> set[str]:
    """Those of these checks that find nothing."""
    programs = {
        tool: [sys.executable, "-m", "twine", "check"] if tool == "twine" else [str(need(tool))]
        for tool in tools
    }
    running = {
        tool: subprocess.Popen(
            [*program, str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for tool, program in programs.items()
    }
    return {tool for tool, process in running.items() if process.wait() == 0}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_gate_refuses_it_by_its_rule_alone(case: Case, tmp_path: Path) -> None:
    assert refused(case.make(tmp_path)) == {case.rule}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_others_let_it_pass(case: Case, tmp_path: Path) -> None:
    path = case.make(tmp_path)
    asked = [tool for tool in OTHERS if path.suffix == ".whl" or tool != "check-wheel-contents"]

    found_nothing = passing(asked, path)

    assert found_nothing == set(asked) - set(case.seen_by)
    assert found_nothing


def test_two_fit_files_pass_everywhere(tmp_path: Path) -> None:
    for path in (wheel(tmp_path, text="x = 1\n"), sdist(tmp_path)):
        assert refused(path) == set()
        assert passing(("twine", "pydistcheck"), path) == {"twine", "pydistcheck"}


@pytest.mark.parametrize("kind", ["zeros in a wheel", "zeros in an sdist"])
def test_an_archive_that_unpacks_without_end_is_refused_before_it_is(
    kind: str, tmp_path: Path
) -> None:
    zeros = {"zeros.bin": "\0" * (300 << 20)}
    path = sdist(tmp_path, members=zeros)
    if kind == "zeros in a wheel":
        path = wheel(tmp_path)
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("zeros.bin", zeros["zeros.bin"])

    with pytest.raises(UnfitError, match="unpacks to more than 256 MiB"):
        inspect(path)


def test_a_wheel_of_requirements_alone_is_told_of_and_fit(tmp_path: Path) -> None:
    file = inspect(only_requirements(tmp_path))
    asked = Asked(file.file_name, file.file_version, frozenset(), allow_dev=False)

    assert unfit_alone((file,), asked) == []
    assert [remark.rule for remark in remarks((file,), asked)] == ["only-requirements"]


def test_what_is_often_meant_so_is_told_of_and_fit(tmp_path: Path) -> None:
    members = {"tests/test_x.py": "", "lib_x.py~": "", "lib/test/key.pem": "a PRIVATE KEY-----\n"}
    file = inspect(wheel(tmp_path, members=members))
    asked = Asked(file.file_name, file.file_version, frozenset(), allow_dev=False)

    assert unfit_alone((file,), asked) == []
    assert [r.rule for r in remarks((file,), asked)] == ["leftover", "installed-beside"]


changed_bytes = st.lists(
    st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=4
)


@settings(max_examples=150)
@given(st.sampled_from(["wheel", "sdist"]), changed_bytes, st.floats(0.1, 4))
def test_whatever_bytes_are_in_a_file_it_is_judged_or_refused(
    kind: str, changes: list[tuple[float, int]], kept: float
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        path = wheel(folder, text="x = 1\n") if kind == "wheel" else sdist(folder)
        data = bytearray(path.read_bytes())
        for place, byte in changes:
            data[int(place * len(data))] = byte
        path.write_bytes(data[: int(kept * len(data))])
        with suppress(UnfitError):
            file = inspect(path)
            asked = Asked(file.file_name, file.file_version, None, allow_dev=False)
            for problem in (*unfit_alone((file,), asked), *remarks((file,), asked)):
                assert problem.message
                assert problem.rule


def test_a_member_without_a_name_is_no_crash(tmp_path: Path) -> None:
    path = wheel(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo(""), "x")

    assert refused(path) == {"record-differs"}
