import pytest

from railrel.workspace.discovery import load
from railrel.workspace.projects import version_of_tag
from railrel.workspace.pythons import minors
from tests.workbench import Workbench

DYNAMIC = '[project]\nname = "my-lib"\ndynamic = ["version"]\n'


@pytest.mark.parametrize(
    ("toml", "file", "content"),
    [
        ('[project]\nname = "my-lib"\nversion = "1.2.3"\n', "", ""),
        ('[tool.poetry]\nname = "my-lib"\nversion = "1.2.3"\n', "", ""),
        (DYNAMIC + '[tool.hatch.version]\npath = "a.py"\n', "a.py", '__version__ = "1.2.3"\n'),
        (DYNAMIC + '[tool.hatch.version]\npath = "a.py"\n', "a.py", "VERSION: str = 'v1.2.3'\n"),
        (
            DYNAMIC + "[tool.hatch.version]\npath = 'a.txt'\npattern = 'is (?P<version>.+)'\n",
            "a.txt",
            "this\nis 1.2.3\n",
        ),
        (
            DYNAMIC + '[tool.setuptools.dynamic]\nversion = {attr = "my_lib.__version__"}\n',
            "src/my_lib/__init__.py",
            'x = 1\n__version__: str = "1.2.3"\n',
        ),
        (
            DYNAMIC + '[tool.setuptools.dynamic]\nversion = {file = ["VERSION"]}\n',
            "VERSION",
            "1.2.3\n",
        ),
        (
            DYNAMIC + '[tool.pdm.version]\nsource = "file"\npath = "a.py"\n',
            "a.py",
            "__version__ = '1.2.3'",
        ),
        (
            '[build-system]\nbuild-backend = "flit_core.buildapi"\n' + DYNAMIC,
            "my_lib.py",
            '"""Doc."""\n__version__ = "1.2.3"\n',
        ),
    ],
)
def test_a_version_is_read_where_the_backend_keeps_it(
    bench: Workbench, toml: str, file: str, content: str
) -> None:
    bench.write("p/pyproject.toml", toml)
    if file:
        bench.write(f"p/{file}", content)

    found = load(bench.root)

    assert found.problems == ()
    assert [str(p.version) for p in found.projects] == ["1.2.3"]


@pytest.mark.parametrize(
    "table",
    [
        '[tool.hatch.version]\nsource = "vcs"\n',
        "[tool.setuptools_scm]\n",
        '[tool.pdm.version]\nsource = "scm"\n',
    ],
)
@pytest.mark.parametrize(
    ("tag", "version"), [("v1.2.3", "1.2.3"), ("my-lib-v1.2.3", "1.2.3"), ("x", "None")]
)
def test_a_version_that_git_decides_comes_from_the_tag(
    bench: Workbench, table: str, tag: str, version: str
) -> None:
    bench.write("p/pyproject.toml", DYNAMIC + table)
    bench.commit("p", tag)
    (project,) = load(bench.root).projects
    state = bench.world().git.state(project.folder)

    assert state
    assert str(project.tagged(state.tags).version) == version


@pytest.mark.parametrize(
    "more",
    [
        "",
        '[tool.hatch.version]\npath = "missing.py"\n',
        '[tool.setuptools.dynamic]\nversion = {attr = "missing.__version__"}\n',
    ],
)
def test_a_project_without_a_version_is_a_problem_with_a_place(bench: Workbench, more: str) -> None:
    bench.write("p/pyproject.toml", DYNAMIC + more)

    (problem,) = load(bench.root).problems

    assert problem.rule == "no-version"
    assert "pyproject.toml:" in problem.at


def test_a_number_that_python_will_not_read_is_no_version_and_admits_nothing() -> None:
    digits = "9" * 5_000

    assert version_of_tag(f"v{digits}", "lib") is None
    assert [minors(text.format(digits)) for text in (">={}", "<1,>={}", "=={}.*")] == [None] * 3
