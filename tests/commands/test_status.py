import pytest

from railrel.errors import ExitCode
from tests.servers.running import free_port
from tests.workbench import Workbench


def test_the_table_shows_the_path_dependency_and_what_to_type_next(bench: Workbench) -> None:
    bench.copy_examples()

    result = bench.railrel("status")

    assert result.code == 0
    assert result.out.splitlines() == [
        "project             version   git            needs by path                published",
        "issue-core          0.2.3     main, v0.2.3   -                            no",
        "vergabe-teilnahme   0.1.0     main, v0.1.0   issue-core (../issue-core)   no",
    ]
    assert "next: railrel fix-deps vergabe-teilnahme --diff" in result.err


def test_into_a_pipe_each_cell_is_whole_and_on_a_terminal_of_any_width_none_is_lost(
    bench: Workbench,
) -> None:
    name = f"core-{'x' * 210}"
    bench.write("核心/pyproject.toml", f'[project]\nname = "{name}"\nversion = "0.2.3"\n')
    requires = f'dependencies = ["{name} @ file:../核心"]\n'
    bench.write("app/pyproject.toml", f'[project]\nname = "app"\nversion = "1"\n{requires}')

    piped = bench.railrel("status").out
    narrow = bench.having(COLUMNS="60").railrel("status").out

    _, app, core = (line.replace("核心", "four") for line in piped.splitlines())
    assert f"   {name} (file:../four)   no" in app
    assert core.startswith(f"{name}   0.2.3     no git   -  ")
    assert [line.index("no git") for line in (app, core)] == [len(name) + 13] * 2
    assert app.rindex("no") == core.rindex("no")
    assert max(map(len, narrow.replace("核心", "four").splitlines())) <= 60
    assert narrow.count("x") == piped.count("x")


def test_it_says_what_differs_from_a_clean_pushed_tagged_checkout(bench: Workbench) -> None:
    bench.copy_examples()
    bench.write("issue-core/new.txt", "x")
    bench.git("issue-core", "tag", "-d", "v0.2.3")
    (bench.root / "vergabe-teilnahme" / ".git").rename(bench.root.parent / "gone")

    lines = bench.railrel("status").out.splitlines()

    assert "main, 1 changed  " in lines[1]
    assert "no git" in lines[2]


def test_another_published_version_is_named(bench: Workbench) -> None:
    bench.library("issue-core", "0.2.3")
    bench.commit("issue-core", "v0.2.3")
    bench.railrel("publish", "issue-core")
    bench.library("issue-core", "0.3.0")

    assert "no, 0.2.3 is" in bench.railrel("status").out


def test_every_finding_is_said_at_once_and_the_rest_still_shown(bench: Workbench) -> None:
    bench.library("issue-core")
    bench.write("broken/pyproject.toml", "[project\n")
    bench.write("app/pyproject.toml", '[project]\nname = "app"\nversion = "1"\ndependencies = [\n'
                '  "issue-core @ ../nowhere",\n  "core @ ../issue-core",\n]\n')  # fmt: skip

    result = bench.railrel("status")

    assert result.code == ExitCode.FOUND
    assert "issue-core" in result.out
    assert result.err.count("finding: ") == 3
    for said in (
        f"at: {bench.root}/broken/pyproject.toml:1:9",
        f"at: {bench.root}/app/pyproject.toml:5:3",
        f"at: {bench.root}/app/pyproject.toml:6:3",
        "where no project is",
        "but issue-core is there",
    ):
        assert said in result.err


def test_a_circle_is_named_in_full(bench: Workbench) -> None:
    for name, needs in (("a", "b"), ("b", "c"), ("c", "a")):
        bench.write(
            f"{name}/pyproject.toml",
            f'[project]\nname = "{name}"\nversion = "1"\ndependencies = ["{needs} @ ../{needs}"]\n',
        )

    result = bench.railrel("status")

    assert result.code == ExitCode.FOUND
    assert "these projects need each other: a -> b -> c -> a" in result.err


def test_a_registry_that_does_not_answer_is_unknown_and_not_unpublished(bench: Workbench) -> None:
    bench.library()
    place = f"http://127.0.0.1:{free_port()}/api/packages/acme/pypi"

    result = bench.railrel("status", "--registry", place)

    assert result.code == ExitCode.UNREACHABLE
    assert result.out.rstrip().endswith("?")
    assert "unknown: " in result.err
    assert bench.railrel("status", "--registry", place, "--offline").code == 0


def test_the_json_says_all_that_the_table_does(bench: Workbench) -> None:
    bench.copy_examples()

    report = bench.railrel("status", "--json").json

    assert report["schema"] == "railrel.status/1"
    projects = report["projects"]
    assert isinstance(projects, list)
    assert projects[1]["name"] == "vergabe-teilnahme"
    assert projects[1]["published"] is False
    assert projects[1]["git"]["tags"] == ["v0.1.0"]
    assert projects[1]["needs_by_path"] == [
        {
            "name": "issue-core",
            "path": "../issue-core",
            "at": f"{bench.root}/vergabe-teilnahme/pyproject.toml:27:1",
            "syntax": "uv-sources",
        }
    ]


@pytest.mark.parametrize(
    ("kind", "line"),
    [("mermaid", "  p1 --> p0"), ("dot", '  "vergabe-teilnahme" -> "issue-core";')],
)
def test_the_graph_can_be_drawn(bench: Workbench, kind: str, line: str) -> None:
    bench.copy_examples()

    assert line in bench.railrel("status", "--graph", kind).out.splitlines()


def test_it_works_from_any_folder_inside_and_for_named_projects(bench: Workbench) -> None:
    bench.copy_examples()

    result = bench.railrel("status", "issue-core", folder="vergabe-teilnahme/src")

    assert len(result.out.splitlines()) == 2
