"""What a path and a name are for: ourselves, members, groups, overrides, Poetry's two tables."""

from pathlib import Path

import pytest

from railrel.errors import ExitCode
from tests.servers.missing import need
from tests.workbench import Result, Workbench

HEAD = '[project]\nname = "app"\nversion = "1.0"\nrequires-python = ">=3.11"\n'


def fixed(bench: Workbench, *projects: str, code: int = 0) -> Result:
    result = bench.railrel("fix-deps", "--offline", "--no-lock", *(projects or ("app",)))
    assert result.code == code, result.err
    return result


def registry(bench: Workbench) -> None:
    bench.write(
        "railrel.toml",
        'registry = "https://git.example.com/upload/"\n'
        'index-url = "https://git.example.com/simple/"\nindex-name = "acme"\n',
    )


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("requirements.txt", "-e .\n.[dev]\nfile:.\n./\n"),
        ("Pipfile", '[packages]\napp = {path = ".", editable = true}\n'),
        ("pixi.toml", '[pypi-dependencies]\napp = { path = ".", editable = true }\n'),
        ("environment.yml", "dependencies:\n  - pip:\n    - -e .\n"),
        ("hatch.toml", '[envs.default]\ndependencies = ["app @ {root:uri}"]\n'),
        (
            "pyproject.toml",
            f'{HEAD}[project.optional-dependencies]\nx = []\nall = ["app[x]"]\n'
            '[tool.uv.sources]\napp = { path = "." }\n',
        ),
    ],
)
def test_the_project_itself_is_no_neighbour(bench: Workbench, name: str, text: str) -> None:
    bench.write("app/pyproject.toml", HEAD)
    path = bench.write(f"app/{name}", text)

    assert "no path dependencies" in fixed(bench).err

    assert path.read_text() == text


def test_the_blank_before_a_marker_stays(bench: Workbench) -> None:
    bench.library()
    sources = '[tool.uv.sources]\nissue-core = { path = "../issue-core" }\n'
    needs = "issue-core[mail] ; sys_platform == 'linux'"
    bench.write("app/pyproject.toml", f'{HEAD}dependencies = ["{needs}"]\n{sources}')

    fixed(bench)

    expected = "issue-core[mail]>=0.2,<0.3 ; sys_platform == 'linux'"
    text = (bench.root / "app/pyproject.toml").read_text()
    assert text == f'{HEAD}dependencies = ["{expected}"]\n'


def test_a_source_for_a_group_is_for_the_groups_that_it_includes(bench: Workbench) -> None:
    bench.library()
    groups = '[dependency-groups]\na = [{{ include-group = "B" }}]\nb = ["issue-core{}"]\n'
    source = '[tool.uv.sources]\nissue-core = { path = "../issue-core", group = "a" }\n'
    bench.write("app/pyproject.toml", HEAD + groups.format("") + source)

    fixed(bench)

    expected = HEAD + groups.format(">=0.2,<0.3")
    assert (bench.root / "app/pyproject.toml").read_text() == expected


def test_an_override_that_the_source_was_for_gets_the_range_too(bench: Workbench) -> None:
    bench.library()
    override = '[tool.uv]\noverride-dependencies = ["issue-core{}"]\n'
    source = '[tool.uv.sources]\nissue-core = { path = "../issue-core" }\n'
    bench.write("app/pyproject.toml", HEAD + override.format("") + source)

    fixed(bench)

    expected = HEAD + override.format(">=0.2,<0.3")
    assert (bench.root / "app/pyproject.toml").read_text() == expected


def test_a_source_of_the_root_stays_until_the_members_that_need_it_are_fixed_as_well(
    bench: Workbench,
) -> None:
    bench.library()
    bench.write(
        "app/pyproject.toml",
        f'{HEAD}[tool.uv.workspace]\nmembers = ["packages/*"]\n'
        '[tool.uv.sources]\nissue-core = { path = "../issue-core" }\n',
    )
    bench.write(
        "app/packages/web/pyproject.toml",
        '[project]\nname = "web"\nversion = "1.0"\ndependencies = ["issue-core"]\n',
    )
    before = bench.snapshot()

    alone = fixed(bench, code=ExitCode.USAGE)

    assert "web takes issue-core by this source too, and says no range" in alone.err
    assert "hint: name both: railrel fix-deps app web" in alone.err
    assert bench.snapshot() == before

    fixed(bench, "app", "web")

    assert '"issue-core>=0.2,<0.3"' in (bench.root / "app/packages/web/pyproject.toml").read_text()
    assert "issue-core" not in (bench.root / "app/pyproject.toml").read_text()
    assert "no path dependencies" in fixed(bench, "app", "web").err


POETRY = f"{HEAD}dependencies = [{{}}]\n[tool.poetry]\npackage-mode = false\n"


@pytest.mark.parametrize(
    "more",
    [
        'extras = ["mail"]',
        "optional = true",
        'extras = ["Mail"], markers = "python_version > \'3\'"',
    ],
)
def test_what_the_standard_requirement_says_itself_goes_from_poetrys_entry(
    bench: Workbench, more: str
) -> None:
    registry(bench)
    bench.library()
    entry = f'[tool.poetry.dependencies]\nissue-core = {{ path = "../issue-core", {more} }}\n'
    path = bench.write("app/pyproject.toml", POETRY.format('"issue-core[mail]"') + entry)

    fixed(bench)

    text = path.read_text()
    assert '"issue-core[mail]>=0.2,<0.3"' in text
    assert "extras" not in text
    assert "optional" not in text
    assert ("markers" in more) == ("markers" in text)
    assert "All set!" in bench.call([str(need("poetry")), "check"], Path(path.parent))


def test_an_extra_that_only_the_path_asks_for_is_not_lost(bench: Workbench) -> None:
    bench.library()
    entry = '[tool.poetry.dependencies]\nissue-core = { path = "../issue-core", extras = ["x"] }\n'
    bench.write("app/pyproject.toml", POETRY.format('"issue-core"') + entry)

    result = fixed(bench, code=ExitCode.USAGE)

    assert "the extras x stand beside the path alone" in result.err
    assert 'hint: write them into project.dependencies: "issue-core[x]"' in result.err


@pytest.mark.parametrize(
    ("mine", "noted"), [(">=3.9", True), (">=3.11", False), (">=3.12,<4", False)]
)
def test_a_neighbour_that_needs_a_newer_python_is_noted(
    bench: Workbench,
    mine: str,
    noted: bool,  # noqa: FBT001 -- a column of the table
) -> None:
    bench.library()  # which needs Python 3.11
    head = HEAD.replace(">=3.11", mine)
    bench.write("app/pyproject.toml", f'{head}dependencies = ["issue-core @ ../issue-core"]\n')

    result = fixed(bench)

    assert (f"note: issue-core needs Python >=3.11, and app admits {mine}" in result.err) == noted
