"""Workflows of a repository that holds several projects, which not every checkout knows."""

from railrel.errors import ExitCode
from tests.workbench import Workbench
from tests.workflows.samples import REGISTRY, written

BUILD = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n'


def two(bench: Workbench) -> Workbench:
    """Projects in folders beside each other, of which only a file above the repository tells."""
    bench.write("railrel.toml", 'members = ["mono/*/*"]\n')
    for folder, name in (("libs/core", "tender-core"), ("apps/api", "tender-api")):
        bench.write(
            f"mono/{folder}/pyproject.toml", f'{BUILD}[project]\nname = "{name}"\nversion = "1.0"\n'
        )
    bench.commit("mono")
    return bench.having(RAILREL_REGISTRY=REGISTRY)


def test_a_job_that_sees_one_of_the_projects_finds_its_workflows_as_they_should_be(
    bench: Workbench,
) -> None:
    having = two(bench)
    assert having.railrel("workflow", "tender-core").code == 0
    bench.commit("mono")
    alone = bench.root.parent / "alone"
    bench.call(["git", "clone", "-q", str(bench.root / "mono"), str(alone)])
    there = Workbench(alone, bench.home, bench.cache, bench.capture, having.variables, bench.opened)

    check = there.railrel("workflow", "tender-core", "--check", folder="libs/core")

    assert check.code == 0, check.out + check.err


def test_the_workflow_of_a_neighbour_is_not_taken_for_ones_own(bench: Workbench) -> None:
    having = two(bench)
    bench.write("railrel.toml", 'members = ["mono/libs/*"]\n')
    assert having.railrel("workflow", "tender-core").code == 0
    before = written(bench.root / "mono")
    bench.write("railrel.toml", 'members = ["mono/apps/*"]\n')

    refused = having.railrel("workflow", "tender-api")

    assert refused.code == ExitCode.USAGE
    assert "release.yml is the workflow of tender-core, which would have none any more" in (
        refused.err
    )
    assert written(bench.root / "mono") == before


def test_a_project_that_was_given_another_name_keeps_its_own_lines(bench: Workbench) -> None:
    having = two(bench)
    bench.write("railrel.toml", 'members = ["mono/libs/*"]\n')
    assert having.railrel("workflow", "tender-core").code == 0
    path = bench.root / "mono/.gitea/workflows/release.yml"
    place = "      # own lines: last steps\n"
    path.write_text(path.read_text().replace(place, place + "      - run: echo mine\n"))
    file = bench.root / "mono/libs/core/pyproject.toml"
    file.write_text(file.read_text().replace("tender-core", "tender-heart"))
    assert having.railrel("workflow", "tender-heart").code == ExitCode.USAGE

    result = having.railrel("workflow", "tender-heart", "--replace")

    assert result.code == 0, result.err
    text = path.read_text()
    assert "railrel publish tender-heart\n" in text
    assert place + "      - run: echo mine\n" in text
