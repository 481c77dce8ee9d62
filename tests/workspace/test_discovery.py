from pathlib import Path

import pytest

from railrel.errors import ConfigError
from railrel.workspace.discovery import load, workspace_root
from tests.workbench import Workbench

PROJECT = '[project]\nname = "{name}"\nversion = "1.0"\n'


def names(bench: Workbench, *members: str, exclude: tuple[str, ...] = ()) -> list[str]:
    found = load(bench.root, members, exclude)
    assert found.problems == ()
    return [str(project.name) for project in found.projects]


def test_children_are_projects_and_what_tools_leave_behind_is_not(bench: Workbench) -> None:
    for folder in ("b", "a", ".venv", "node_modules", "build", "dist", "a/vendored"):
        bench.write(f"{folder}/pyproject.toml", PROJECT.format(name=f"in-{Path(folder).name}"))
    bench.write("tools/pyproject.toml", "[tool.ruff]\n")

    assert names(bench) == ["in-a", "in-b"]


@pytest.mark.parametrize(
    "table",
    [
        '[tool.uv.workspace]\nmembers = ["packages/*"]\nexclude = ["packages/old"]\n',
        '[tool.hatch.workspace]\nmembers = ["packages/*"]\nexclude = ["packages/old"]\n',
        '[tool.hatch.envs.default]\nworkspace.members = ["packages/a", {path = "packages/b"}]\n',
        '[tool.poetry.workspace]\ninclude = ["packages/**"]\nexclude = ["packages/old"]\n',
        '[tool.pdm.workspace]\npackages = ["packages/a", "./packages/b/"]\n',
        '[tool.rye.workspace]\nmembers = ["packages/[ab]"]\n',
    ],
)
def test_members_of_a_monorepo_are_found_by_every_tools_table(bench: Workbench, table: str) -> None:
    bench.write("mono/pyproject.toml", table)
    for folder in ("a", "b", "old", ".hidden"):
        bench.write(
            f"mono/packages/{folder}/pyproject.toml", PROJECT.format(name=folder.strip("."))
        )

    assert names(bench) == ["a", "b"]


def test_globs_of_the_settings_add_and_take_away(bench: Workbench) -> None:
    for folder in ("libs/deep/a", "libs/deep/b", "app", "scratch"):
        bench.write(f"{folder}/pyproject.toml", PROJECT.format(name=Path(folder).name))

    assert names(bench, "libs/*/*", "/absolute/*", "../*", exclude=("scratch", "libs/deep/b")) == [
        "app",
        "a",
    ]


def test_a_link_out_of_the_workspace_is_not_followed(bench: Workbench, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "pyproject.toml").write_text(PROJECT.format(name="outside"))
    (bench.root / "link").symlink_to(tmp_path / "outside")
    bench.write("real/pyproject.toml", PROJECT.format(name="real"))
    (bench.root / "again").symlink_to(bench.root / "real")

    assert names(bench) == ["real"]


def test_everything_that_is_wrong_is_said_at_once_and_the_rest_is_there(bench: Workbench) -> None:
    bench.write("a/pyproject.toml", PROJECT.format(name="Same_Name"))
    bench.write("b/pyproject.toml", PROJECT.format(name="same-name"))
    bench.write("c/pyproject.toml", '[project]\nname = "c"\n')
    bench.write("d/pyproject.toml", "[project\n")
    bench.write("e/pyproject.toml", '[project]\nname = "e"\nversion = "one"\n')
    bench.write("f/pyproject.toml", PROJECT.format(name="-f"))
    bench.write("g/pyproject.toml", b"")
    bench.write("h/pyproject.toml", b"\xff\xfe[\x00")

    found = load(bench.root)

    where = {(p.rule, p.at.removeprefix(str(bench.root))) for p in found.problems}
    assert where == {
        ("same-name", "/b/pyproject.toml:2:1"),
        ("no-version", "/c/pyproject.toml:2:1"),
        ("unreadable-toml", "/d/pyproject.toml:1:9"),
        ("invalid-version", "/e/pyproject.toml:3:1"),
        ("no-name", "/f/pyproject.toml:2:1"),
        ("unreadable-toml", "/h/pyproject.toml:1:1"),
    }
    assert [p.folder.name for p in found.projects] == ["a", "b", "c", "e", "f"]


def test_the_workspace_is_found_from_any_folder_inside(bench: Workbench) -> None:
    bench.library()
    deep = bench.root / "issue-core" / "issue_core"

    assert workspace_root(deep) == bench.root
    (bench.root / "railrel.toml").unlink()
    assert workspace_root(deep) == bench.root
    assert workspace_root(bench.root) == bench.root


def test_a_member_of_a_monorepo_belongs_to_the_folder_around_the_monorepo(bench: Workbench) -> None:
    (bench.root / "railrel.toml").unlink()
    bench.write("mono/pyproject.toml", '[tool.uv.workspace]\nmembers = ["packages/*"]\n')
    bench.write("mono/packages/a/pyproject.toml", PROJECT.format(name="a"))
    bench.write("sibling/pyproject.toml", PROJECT.format(name="sibling"))

    root = workspace_root(bench.root / "mono" / "packages" / "a")

    assert root == bench.root
    assert names(bench) == ["a", "sibling"]


def test_where_nothing_is_the_user_is_told_where_to_go(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no project here") as caught:
        workspace_root(tmp_path)

    assert "railrel -C" in caught.value.problems[0].hint


def test_projects_are_named_by_name_folder_or_path(bench: Workbench) -> None:
    bench.write("folder/pyproject.toml", PROJECT.format(name="Issue_Core"))
    found = load(bench.root)

    for word in ("issue-core", "ISSUE.core", "folder", "./folder", str(bench.root / "folder")):
        assert [p.folder.name for p in found.choose([word], bench.root)] == ["folder"]
    with pytest.raises(ConfigError) as caught:
        found.choose(["nothing", "neither"], bench.root)
    assert [p.message for p in caught.value.problems] == [
        "no project is called nothing",
        "no project is called neither",
    ]


def test_the_project_that_one_stands_in_belongs_to_the_workspace_however_deep(
    bench: Workbench,
) -> None:
    bench.write("a/b/c/pyproject.toml", PROJECT.format(name="deep"))
    inside = bench.root / "a" / "b" / "c"

    assert [p.name for p in load(bench.root, start=inside).projects] == ["deep"]
    assert load(bench.root).projects == ()
