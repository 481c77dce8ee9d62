"""The path form for development, in each tool's own way; fix-deps turns each of them back."""

from textwrap import dedent

import pytest

from railrel.errors import ExitCode
from tests.workbench import Workbench

HEAD = '[project]\nname = "app"\nversion = "1.0"\n'

FORMS = [
    pytest.param(name, before, after, id=identity)
    for identity, name, before, after in [
        (
            "uv",
            "pyproject.toml",
            HEAD + 'dependencies = ["issue-core>=0.2,<0.3"]  # ours\n',
            HEAD
            + 'dependencies = ["issue-core>=0.2,<0.3"]  # ours\n\n[tool.uv.sources]\n'
            + 'issue-core = { path = "../issue-core", editable = true }\n',
        ),
        (
            "uv with an index",
            "pyproject.toml",
            HEAD
            + 'dependencies = ["issue-core>=0.2"]\n[tool.uv.sources]\nx = { git = "https://y" }\n'
            + '"Issue_Core" = { index = "acme" } # ours\n[tool.ruff]\n',
            HEAD
            + 'dependencies = ["issue-core>=0.2"]\n[tool.uv.sources]\nx = { git = "https://y" }\n'
            + '"Issue_Core" = { path = "../issue-core", editable = true } # ours\n[tool.ruff]\n',
        ),
        (
            "uv with other sources",
            "pyproject.toml",
            HEAD
            + '[dependency-groups]\ndev = ["issue-core"]\n[tool.uv.sources]\nx = { git = "https://y" } # x\n\n[tool.ruff]\n',
            HEAD
            + '[dependency-groups]\ndev = ["issue-core"]\n[tool.uv.sources]\nx = { git = "https://y" } # x\n'
            + 'issue-core = { path = "../issue-core", editable = true }\n\n[tool.ruff]\n',
        ),
        (
            "Poetry beside a published range",
            "pyproject.toml",
            HEAD
            + 'dependencies = ["issue-core (>=0.2,<0.3)"]\n[tool.poetry]\npackage-mode = false\n',
            HEAD
            + 'dependencies = ["issue-core (>=0.2,<0.3)"]\n[tool.poetry]\npackage-mode = false\n\n'
            + '[tool.poetry.dependencies]\nissue-core = { path = "../issue-core", develop = true }\n',
        ),
        (
            "Poetry alone",
            "pyproject.toml",
            HEAD
            + '[tool.poetry.dependencies]\nissue-core = { version = "^0.2", extras = ["mail"] }\n',
            HEAD
            + '[tool.poetry.dependencies]\nissue-core = { path = "../issue-core", develop = true, extras = ["mail"] }\n',
        ),
        (
            "PDM",
            "pyproject.toml",
            HEAD
            + 'dependencies = ["issue-core>=0.2,<0.3"]\n[tool.pdm.dev-dependencies]\ndev = ["ruff"]\n',
            HEAD
            + 'dependencies = ["issue-core>=0.2,<0.3"]\n[tool.pdm.dev-dependencies]\n'
            + 'dev = ["ruff", "-e file:///${PROJECT_ROOT}/../issue-core#egg=issue-core"]\n',
        ),
        (
            "Pipfile",
            "Pipfile",
            '[packages]\nissue-core = {version = ">=0.2", index = "acme", extras = ["mail"]}\n',
            '[packages]\nissue-core = {path = "../issue-core", editable = true, extras = ["mail"]}\n',
        ),
        (
            "a requirements file",
            "requirements.txt",
            "rich\r\nIssue_Core[mail]>=0.2,<0.3 ; os_name == 'nt'  # ours\r\n",
            "rich\r\n-e ../issue-core[mail] ; os_name == 'nt'  # ours\r\n",
        ),
    ]
]


@pytest.mark.parametrize(("name", "before", "after"), FORMS)
def test_the_path_is_written_as_the_tool_wants_it_and_fix_deps_finds_it(
    bench: Workbench, name: str, before: str, after: str
) -> None:
    bench.library()
    bench.write("app/pyproject.toml", HEAD)
    bench.write(f"app/{name}", before.encode())

    shown = bench.railrel("link", "app", "issue-core", "--diff")
    assert (bench.root / "app" / name).read_bytes() == before.encode()
    linked = bench.railrel("link", "app", "../issue-core", folder="app")

    assert linked.code == 0, linked.err
    assert (bench.root / "app" / name).read_bytes() == after.encode()
    assert "issue-core" in shown.out
    assert bench.railrel("fix-deps", "app", "--check", "--offline").code == ExitCode.FOUND
    assert "already" in bench.railrel("link", "app", "issue-core").err
    assert bench.railrel("fix-deps", "app", "--undo").code == 0
    assert (bench.root / "app" / name).read_bytes() == before.encode()


def test_what_is_no_dependency_is_not_linked(bench: Workbench) -> None:
    bench.library()
    bench.write("app/pyproject.toml", HEAD)

    result = bench.railrel("link", "app", "issue-core")

    assert result.code == ExitCode.USAGE
    assert "app does not name issue-core" in result.err
    assert 'add "issue-core" to project.dependencies first' in result.err


def test_a_table_that_is_written_in_dotted_keys_gets_one_more(bench: Workbench) -> None:
    bench.library()
    text = HEAD + 'dependencies = ["issue-core"]\n[tool.uv]\nsources.x.git = "https://y"\n'
    bench.write("app/pyproject.toml", text.encode())

    result = bench.railrel("link", "app", "issue-core")

    assert result.code == 0, result.err
    added = 'sources.issue-core = { path = "../issue-core", editable = true }\n'
    assert (bench.root / "app" / "pyproject.toml").read_text() == text + added


def test_a_table_that_cannot_be_added_to_is_left_to_its_owner(bench: Workbench) -> None:
    bench.library()
    text = dedent("""\
        dependencies = ["issue-core"]
        [tool.uv]
        sources = 3
        """)
    bench.write("app/pyproject.toml", (HEAD + text).encode())

    result = bench.railrel("link", "app", "issue-core")

    assert result.code == ExitCode.USAGE
    assert "[tool.uv.sources]: issue-core = { path" in result.err
    assert (bench.root / "app" / "pyproject.toml").read_text() == HEAD + text


def test_a_sibling_elsewhere_is_named_by_its_path(bench: Workbench) -> None:
    bench.write("app/pyproject.toml", HEAD + 'dependencies = ["far"]\n')
    bench.write("elsewhere/deep/far/pyproject.toml", '[project]\nname = "far"\nversion = "1"\n')

    result = bench.railrel("link", "app", "elsewhere/deep/far", "--json")

    assert result.json["form"] == "[tool.uv.sources]"
    assert '"../elsewhere/deep/far"' in (bench.root / "app" / "pyproject.toml").read_text()
