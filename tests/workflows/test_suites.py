"""How a project's tests are found and run, by its files."""

from pathlib import Path

import pytest

from railrel.documents import Document
from railrel.workflows.suites import Sources, Suite, suite_of

BUILT = '[build-system]\nrequires = ["hatchling"]\n'
TESTS = ("src/x.py", "tests/test_x.py")
PIP = "uv pip install --quiet --python .venv/bin/python"
PYTEST = f"{PIP} pytest"


def found(
    text: str, *names: str, command: str = "", texts: dict[str, str] | None = None
) -> Suite | None:
    document = Document(Path("/x/pyproject.toml"), text.encode())
    sources = Sources(
        document=document,
        names=names,
        texts=texts or {},
        packaged="build-system" in text,
        uv_lock="uv.lock" in names,
    )
    return suite_of(sources, command)


@pytest.mark.parametrize(
    ("text", "more", "install"),
    [
        (f'{BUILT}[dependency-groups]\ntest = ["pytest"]\n', (),
         ("uv venv --quiet .venv", f"{PIP} --editable '.' --group test")),
        (f'{BUILT}[project.optional-dependencies]\ntests = ["pytest>8"]\n', (),
         ("uv venv --quiet .venv", f"{PIP} --editable '.[tests]'")),
        (f'{BUILT}[dependency-groups]\nquality = ["ruff", "pytest-cov", "pytest"]\n', ("uv.lock",),
         ("uv sync --quiet --frozen --group quality",)),
        (f"{BUILT}", ("uv.lock",), ("uv sync --quiet --frozen", PYTEST)),
        (BUILT, (), ("uv venv --quiet .venv", f"{PIP} --editable '.'", PYTEST)),
        ("", ("requirements.txt", "requirements/dev.txt"),
         ("uv venv --quiet .venv", f"{PIP} --requirement requirements.txt",
          f"{PIP} --requirement requirements/dev.txt", PYTEST)),
        ('[project]\ndependencies = ["x"]\n', (),
         ("uv venv --quiet .venv", f"{PIP} --requirement pyproject.toml", PYTEST)),
        ('[tool.poetry.group.test]\noptional = true\n[tool.poetry.group.test.dependencies]\npytest = "8"\n',
         ("poetry.lock",),
         ("uv tool run --from 'poetry>=2,<3' poetry install --no-interaction --with test",)),
        ('[tool.pdm.dev-dependencies]\ntest = ["pytest"]\n', ("pdm.lock",),
         ("uv tool run pdm sync --dev",)),
    ],
    ids=["group", "extra", "uv and a group", "uv alone", "no list", "requirements", "not built",
         "poetry", "pdm"],
)  # fmt: skip
def test_the_environment_is_made_by_the_projects_own_tool(
    text: str, more: tuple[str, ...], install: tuple[str, ...]
) -> None:
    suite = found(text, *TESTS, *more)

    assert suite is not None
    assert suite.install == install
    assert suite.command == "pytest"


def test_without_tests_nothing_is_run() -> None:
    assert found(BUILT, "src/x.py", "src/latest.py", "tests/data.py") is None


def test_a_command_of_ones_own_is_run_in_that_environment_and_needs_no_pytest() -> None:
    suite = found(BUILT, "src/x.py", command="make check")

    assert suite == Suite("pip", ("uv venv --quiet .venv", f"{PIP} --editable '.'"), "make check")


def test_no_runs_none_of_them() -> None:
    assert found(BUILT, *TESTS, command="no") is None


def test_pytest_in_a_list_of_requirements_is_enough() -> None:
    texts = {"requirements-dev.txt": "ruff\nPyTest==8.3 ; python_version > '3'\n"}

    suite = found("", *TESTS, "requirements-dev.txt", texts=texts)

    assert suite is not None
    assert PYTEST not in suite.install


def test_a_group_whose_name_no_shell_should_see_is_not_named() -> None:
    suite = found(f"{BUILT}[dependency-groups]\n\"a; rm -rf x\" = ['pytest']\n", *TESTS)

    assert suite is not None
    assert not any("rm" in line for line in suite.install)
