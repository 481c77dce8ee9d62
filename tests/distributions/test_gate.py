import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from railrel.distributions.artefacts import inspect, same_contents
from railrel.distributions.gate import Asked, unfit
from railrel.distributions.twine_check import twine_problems
from railrel.errors import UnfitError
from tests.wheels import sdist, wheel


def asked(*, allow_dev: bool = False, version: str = "1.0") -> Asked:
    siblings = frozenset({canonicalize_name("issue-core"), canonicalize_name("lib")})
    return Asked(canonicalize_name("lib"), Version(version), siblings, allow_dev)


def rules(tmp_path: Path, more: str = "", pyproject: str = "") -> set[str]:
    files = (
        inspect(sdist(tmp_path, more=more, pyproject=pyproject)),
        inspect(wheel(tmp_path, more=more)),
    )
    return {problem.rule for problem in unfit(*files, asked())}


def test_two_files_that_agree_and_name_no_path_are_fit(tmp_path: Path) -> None:
    fit = "Requires-Dist: issue-core>=0.2,<0.3\nRequires-Dist: django\nRequires-Python: >=3.11\n"

    assert rules(tmp_path, fit) == set()


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("issue-core @ ../issue-core", "direct-reference"),
        ("issue-core @ file:///tmp/x/issue-core", "direct-reference"),
        ("other @ git+https://example.com/other", "direct-reference"),
        ("issue-core", "unbounded-sibling"),
        ("issue-core!=0.2.1", "unbounded-sibling"),
        ("issue-core <<< 3", "invalid-requirement"),
    ],
)
def test_a_requirement_that_a_stranger_cannot_install_is_refused(
    tmp_path: Path, line: str, rule: str
) -> None:
    assert rules(tmp_path, f"Requires-Dist: {line}\n") == {rule}


def test_ones_own_extras_and_other_peoples_projects_need_no_bound(tmp_path: Path) -> None:
    assert rules(tmp_path, "Requires-Dist: lib[mail]\nRequires-Dist: django\n") == set()


@pytest.mark.parametrize(
    "pyproject",
    [
        '[project]\nname = "lib"\ndependencies = ["issue-core @ ../issue-core"]\n',
        '[project]\nname = "lib"\n[dependency-groups]\ndev = ["x @ file:///x"]\n',
        '[project]\nname = "lib"\n[tool.uv.sources]\nissue-core = { path = "../issue-core" }\n',
        '[tool.poetry.dependencies]\nissue-core = { path = "../issue-core" }\n',
        '[project]\nname = "lib"\n[tool.hatch.envs.x]\ndependencies = ["x @ {root:uri}/../x"]\n',
        '[build-system]\nrequires = ["hatchling @ file:///x"]\n',
    ],
)
def test_a_path_in_the_sdists_own_project_file_is_refused(tmp_path: Path, pyproject: str) -> None:
    assert rules(tmp_path, pyproject=pyproject) == {"direct-reference"}


def test_sdist_and_wheel_must_say_the_same(tmp_path: Path) -> None:
    source = inspect(sdist(tmp_path, more="Requires-Dist: django>=5\n"))
    built = inspect(wheel(tmp_path, more="Requires-Dist: django>=4\n"))

    (problem,) = unfit(source, built, asked())

    assert problem.rule == "sdist-and-wheel-disagree"
    assert "django>=5" in problem.message
    assert "django>=4" in problem.message


def test_what_the_sdist_declares_dynamic_may_differ(tmp_path: Path) -> None:
    source = inspect(sdist(tmp_path, more="Dynamic: Requires-Dist\n"))
    built = inspect(wheel(tmp_path, more="Requires-Dist: django>=4\n"))

    assert unfit(source, built, asked()) == []


def test_another_name_or_version_than_asked_is_refused(tmp_path: Path) -> None:
    files = inspect(sdist(tmp_path, "other", "2.0")), inspect(wheel(tmp_path, "other", "2.0"))

    assert {problem.rule for problem in unfit(*files, asked())} == {"other-name", "other-version"}


@pytest.mark.parametrize("version", ["1.0.dev3", "1.0+g12"])
def test_a_development_or_local_version_needs_leave(tmp_path: Path, version: str) -> None:
    files = inspect(sdist(tmp_path, version=version)), inspect(wheel(tmp_path, version=version))

    assert {p.rule for p in unfit(*files, asked(version=version))} == {"unreleased-version"}
    assert unfit(*files, asked(version=version, allow_dev=True)) == []


def test_twines_own_check_counts(tmp_path: Path) -> None:
    broken = "Description-Content-Type: text/x-rst\n\nTitle\n==\n\n.. nosuch:: x\n"

    assert twine_problems([wheel(tmp_path / "fit")]) == []
    (problem,) = twine_problems([wheel(tmp_path / "broken", more=broken)])
    assert problem.rule == "twine-check"
    assert 'Unknown directive type "nosuch"' in problem.message


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x1f\x8b garbage"])
@pytest.mark.parametrize(
    "name", ["lib-1.0-py3-none-any.whl", "lib-1.0.tar.gz", "lib.whl", "lib.zip"]
)
def test_a_broken_file_is_an_error_and_no_crash(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)

    with pytest.raises(UnfitError):
        inspect(tmp_path / name)


def test_only_what_is_inside_counts_when_two_archives_are_compared(tmp_path: Path) -> None:
    first = wheel(tmp_path / "a", text="x = 1").read_bytes()
    later = wheel(tmp_path / "b", text="x = 1").read_bytes()
    other = wheel(tmp_path / "c", text="x = 2").read_bytes()

    assert same_contents(first, later, "wheel") == ()
    assert same_contents(first, other, "wheel") == ("lib.py",)
    assert same_contents(first, b"", "wheel") == ("the archive itself cannot be read",)


@pytest.mark.parametrize("make", [wheel, sdist])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=repr)
@pytest.mark.parametrize(
    ("field", "count", "what"),
    [("Requires-Dist: p{}>=1", 10_000, "10,003 fields"), ("X{}: y", 98, "101 kinds of fields")],
)
def test_metadata_that_takes_minutes_to_read_is_refused(
    make: Callable[..., Path], field: str, count: int, what: str, end: str, tmp_path: Path
) -> None:
    named = ["Metadata-Version: 2.4", "Name: lib", "Version: 1.0"]
    text = end.join([*named, *(field.format(n) for n in range(count)), "", "Text"])
    members = {"PKG-INFO": text, "lib-1.0.dist-info/METADATA": text}

    with pytest.raises(UnfitError, match=f"lib-1.0.* has {what}"):
        inspect(make(tmp_path, members=members))


def test_long_metadata_that_is_soon_read_is_none_of_it(tmp_path: Path) -> None:
    requires = "".join(f"Requires-Dist: p{n}>=1,<2\n" for n in range(1_500))
    description = "".join(f"{n}: a line\n" for n in range(20_000))

    assert rules(tmp_path, f"{requires}Keywords: a\n\n{description}") == set()
    assert rules(tmp_path, "Description: " + "  |x: y\n".join([""] * 20_000)) == set()


def test_threads_that_ask_twine_at_once_hear_each_what_concerns_them(tmp_path: Path) -> None:
    wrong = "Description-Content-Type: text/x-rst\n\n.. nonsense::\n"
    files = [
        wheel(tmp_path / str(n), f"lib-{n}", more=wrong if n % 2 else "Keywords: x\n")
        for n in range(8)
    ]
    before = sys.stdout

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda file: twine_problems([file]), files))

    assert [len(problems) for problems in found] == [0, 1] * 4
    assert [problems[0].at for problems in found if problems] == [f.name for f in files[1::2]]
    assert sys.stdout is before
