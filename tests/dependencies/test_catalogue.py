"""Every way to name a neighbour: whole files before and after, or the finding.

`app` lies beside `issue-core` 0.2.3, and `other` beside both is a project of its own.
"""

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from railrel.dependencies.look import Neighbourhood, Request
from railrel.dependencies.references import Index
from railrel.dependencies.rewrite import Rewrite, plan
from railrel.documents import read
from railrel.errors import Problem
from railrel.workspace.discovery import load
from railrel.workspace.projects import Project, project_of

INDEX = Index("acme", "https://git.example.com/simple/", "https://git.example.com/pypi")
HEAD = '[project]\nname = "app"\nversion = "1.0"\n'
UV_INDEX = """
[[tool.uv.index]]
name = "acme"
url = "https://git.example.com/simple/"
publish-url = "https://git.example.com/pypi"
explicit = true
"""


@dataclass(frozen=True)
class Bench:
    """A workspace on the disk."""

    root: Path

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dedent(text).encode())
        return path

    def plan(self, request: Request | None = None, project: str = "app") -> Rewrite:
        workspace = load(self.root)
        chosen = workspace.at(self.root / project)
        assert chosen

        def project_at(folder: Path) -> Project | None:
            file = folder / "pyproject.toml"
            return project_of(read(file)) if file.is_file() else None

        neighbourhood = Neighbourhood(workspace.folders, project_at, workspace.uv_roots.get)
        return plan(chosen, neighbourhood, request or Request())

    def fixed(self, name: str, text: str, request: Request | None = None) -> str:
        """A file of the app's after the rewrite, which must be the only one that changes."""
        path = self.write(f"app/{name}", text)
        found = self.plan(request)
        assert found.problems == ()
        assert [file.path for file in found.files] == [path]
        after = found.files[0].after
        path.write_bytes(after)
        assert self.plan(request).files == (), "a second run changes nothing"
        return after.decode()

    def rules(self, request: Request | None = None) -> list[tuple[str, str, str]]:
        """The findings as rule, place below the app, and what they break."""
        found = self.plan(request)
        assert found.problems == ()
        return [
            (f.problem.rule, f.problem.at.removeprefix(f"{self.root}/app/"), f.breaks)
            for f in found.findings
        ]

    def problems(self, request: Request | None = None) -> tuple[Problem, ...]:
        found = self.plan(request)
        assert found.files == ()
        return found.problems


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path.resolve() / "ws")
    made.write("issue-core/pyproject.toml", '[project]\nname = "issue-core"\nversion = "0.2.3"\n')
    made.write("other/pyproject.toml", '[project]\nname = "Other_One"\nversion = "1.4.2"\n')
    made.write("app/pyproject.toml", HEAD)
    return made


# --- A: the standard tables


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(before, after, id=identity)
        for identity, before, after in [
            (
                "A1 absolute URL",
                "dependencies = [\"issue-core[mail] @ file://{root}/issue-core ; python_version >= '3.11'\"]",
                "dependencies = [\"issue-core[mail]>=0.2,<0.3 ; python_version >= '3.11'\"]",
            ),
            (
                "A2 relative behind @",
                'dependencies = ["issue-core @ ../issue-core"]',
                'dependencies = ["issue-core>=0.2,<0.3"]',
            ),
            (
                "A3 fields of Hatch",
                'dependencies = ["issue-core @ {{root:parent:uri}}/issue-core"]',
                'dependencies = ["issue-core>=0.2,<0.3"]',
            ),
            (
                "A4 variable of PDM",
                'dependencies = ["issue-core @ file:///${{PROJECT_ROOT}}/../issue-core"]',
                'dependencies = ["issue-core>=0.2,<0.3"]',
            ),
            (
                "A5 a wheel",
                'dependencies = ["issue-core @ file:///srv/issue_core-0.3.1-py3-none-any.whl"]',
                'dependencies = ["issue-core>=0.3,<0.4"]',
            ),
            (
                "A5 an sdist",
                'dependencies = ["issue-core @ ../dist/issue_core-1.4.2.tar.gz"]',
                'dependencies = ["issue-core>=1.4,<2"]',
            ),
            (
                "A6 extras",
                'optional-dependencies.mail = ["Issue_Core @ ../issue-core", "app[x]"]',
                'optional-dependencies.mail = ["Issue_Core>=0.2,<0.3", "app[x]"]',
            ),
            (
                "A7 groups",
                "[dependency-groups]\ndev = ['issue-core @ ../issue-core', {{ include-group = 'lint' }}]\nlint = []",
                "[dependency-groups]\ndev = ['issue-core>=0.2,<0.3', {{ include-group = 'lint' }}]\nlint = []",
            ),
            (
                "A8 build requirements",
                '[build-system]\nrequires = ["hatchling", "issue-core @ file://{root}/issue-core"]',
                '[build-system]\nrequires = ["hatchling", "issue-core>=0.2,<0.3"]',
            ),
        ]
    ],
)
def test_a_requirement_string_gets_its_range(bench: Bench, before: str, after: str) -> None:
    given = HEAD + before.format(root=bench.root) + "\n"

    assert bench.fixed("pyproject.toml", given) == HEAD + after.format(root=bench.root) + "\n"


def test_a9_files_that_setuptools_reads_are_published(bench: Bench) -> None:
    bench.write(
        "app/pyproject.toml",
        """\
        [project]
        name = "app"
        version = "1.0"
        dynamic = ["dependencies", "optional-dependencies"]
        [tool.setuptools.dynamic]
        dependencies = { file = ["deps.list"] }
        optional-dependencies.mail = { file = ["deps/mail.list"] }
        """,
    )
    bench.write("app/deps.list", "-r more.list\nissue-core @ ../issue-core  # ours\n")
    bench.write("app/more.list", "other-one[x] @ file:../other ; os_name == 'posix'\n")
    bench.write("app/deps/mail.list", "Issue_Core@../issue-core\n")

    found = bench.plan(Request(purpose="publish"))

    assert {str(f.path.relative_to(bench.root / "app")): f.after.decode() for f in found.files} == {
        "deps.list": "-r more.list\nissue-core>=0.2,<0.3  # ours\n",
        "more.list": "other-one[x]>=1.4,<2 ; os_name == 'posix'\n",
        "deps/mail.list": "Issue_Core>=0.2,<0.3\n",
    }
    assert {r.breaks for r in found.replacements} == {"publish"}


def test_a10_files_that_hatchs_hook_reads_are_published(bench: Bench) -> None:
    bench.write(
        "app/pyproject.toml",
        """\
        [project]
        name = "app"
        version = "1.0"
        dynamic = ["dependencies"]
        [tool.hatch.metadata.hooks.requirements_txt]
        files = ["requirements.txt"]
        """,
    )
    bench.write("app/requirements.txt", "issue-core @ ../issue-core\n")

    (replacement,) = bench.plan().replacements

    assert (replacement.name, replacement.breaks) == ("issue-core", "publish")


SCRIPT = """\
#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["issue-core", "rich"]
#
# [tool.uv.sources]
# issue-core = { path = "../issue-core" }
# ///
print("hello")
"""


def test_a11_a_script_is_reported_and_changed_on_request(bench: Bench) -> None:
    bench.write("app/run.py", SCRIPT)
    assert bench.rules() == [("script-path", "run.py:7:3", "development")]

    assert bench.fixed("run.py", SCRIPT, Request(scripts=True)) == SCRIPT.replace(
        '"issue-core",', '"issue-core>=0.2,<0.3",'
    ).replace(
        '#\n# [tool.uv.sources]\n# issue-core = { path = "../issue-core" }\n',
        "#\n# [tool.uv.sources]\n",
    )


DEEP_SCRIPT = SCRIPT.replace("../issue-core", "../../../issue-core")


@pytest.mark.parametrize(
    "name", ["scripts/db/seed.py", "bin/x/seed", "tools/x/seed", "examples/x/y.py"]
)
def test_a11_a_script_deeper_down_or_without_suffix_is_found(bench: Bench, name: str) -> None:
    bench.write(f"app/{name}", DEEP_SCRIPT)

    assert bench.rules() == [("script-path", f"{name}:7:3", "development")]


def test_a11_with_scripts_every_folder_is_looked_into_but_for_those_of_others(bench: Bench) -> None:
    for name in ("src/app/run.py", "run", "node_modules/x/run.py", "inner/run.py", "bin/data"):
        text = DEEP_SCRIPT.replace("../../../issue-core", f"{bench.root}/issue-core")
        bench.write(f"app/{name}", text if name != "bin/data" else f"x{text}")
    bench.write("app/inner/pyproject.toml", HEAD.replace("app", "inner"))

    found = bench.plan(Request(scripts=True))

    changed = [file.path.relative_to(bench.root / "app").as_posix() for file in found.files]
    assert changed == ["run", "src/app/run.py"]
    assert bench.rules() == []


# --- B: uv


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(before, after, id=identity)
        for identity, before, after in [
            (
                "B1 a path",
                'dependencies = ["issue-core"]\n[tool.uv.sources]\nissue-core = { path = "../issue-core" }\n',
                'dependencies = ["issue-core>=0.2,<0.3"]\n[tool.uv.sources]\nissue-core = { index = "acme" }\n',
            ),
            (
                "B2 editable",
                'dependencies = ["issue-core"]\n[tool.uv.sources]\nissue-core = { path = "../issue-core", editable = true }\n',
                'dependencies = ["issue-core>=0.2,<0.3"]\n[tool.uv.sources]\nissue-core = { index = "acme" }\n',
            ),
            (
                "B5 a list by markers",
                'dependencies = ["issue-core"]\n[tool.uv.sources]\nissue-core = [\n'
                '  { path = "../issue-core", marker = "sys_platform == \'linux\'" },\n'
                '  { index = "acme", marker = "sys_platform != \'linux\'" },\n]\n',
                'dependencies = ["issue-core>=0.2,<0.3"]\n[tool.uv.sources]\nissue-core = [\n'
                '  { index = "acme", marker = "sys_platform == \'linux\'" },\n'
                '  { index = "acme", marker = "sys_platform != \'linux\'" },\n]\n',
            ),
            (
                "B6 for an extra",
                'dependencies = ["issue-core"]\noptional-dependencies.mail = ["issue-core[mail]"]\n'
                '[tool.uv.sources]\nissue-core = { path = "../issue-core", extra = "mail" }\n',
                'dependencies = ["issue-core"]\noptional-dependencies.mail = ["issue-core[mail]>=0.2,<0.3"]\n'
                '[tool.uv.sources]\nissue-core = { index = "acme", extra = "mail" }\n',
            ),
            (
                "B8 a local URL",
                'dependencies = ["issue-core"]\n[tool.uv.sources]\nissue-core = { url = "file://{root}/issue-core" }\n',
                'dependencies = ["issue-core>=0.2,<0.3"]\n[tool.uv.sources]\nissue-core = { index = "acme" }\n',
            ),
            (
                "B8 a local repository",
                'dependencies = ["issue-core"]\n[tool.uv.sources]\nissue-core = { git = "../issue-core", tag = "v0.2.3" }\n',
                'dependencies = ["issue-core>=0.2,<0.3"]\n[tool.uv.sources]\nissue-core = { index = "acme" }\n',
            ),
            (
                "B13 quoted and spelled otherwise",
                'dependencies = ["issue.core"]\n[tool.uv.sources]\n"Issue_Core".path = "../issue-core"\n',
                'dependencies = ["issue.core>=0.2,<0.3"]\n[tool.uv.sources]\n"Issue_Core".index = "acme"\n',
            ),
            (
                "a wheel as the path",
                'dependencies = ["issue-core"]\n[tool.uv.sources]\nissue-core = { path = "../d/issue_core-0.2.4-py3-none-any.whl" }\n',
                'dependencies = ["issue-core>=0.2,<0.3"]\n[tool.uv.sources]\nissue-core = { index = "acme" }\n',
            ),
        ]
    ],
)
def test_a_uv_source_becomes_an_index(bench: Bench, before: str, after: str) -> None:
    given = HEAD + before.replace("{root}", str(bench.root))

    assert bench.fixed("pyproject.toml", given, Request(INDEX)) == HEAD + after + UV_INDEX


def test_b2_what_is_no_package_has_nothing_to_publish_unless_it_can_be_built(bench: Bench) -> None:
    source = '{ path = "../issue-core", package = false }'
    given = f'{HEAD}dependencies = ["issue-core"]\n[tool.uv.sources]\nissue-core = {source}\n'
    bench.write("app/pyproject.toml", given)

    assert [p.rule for p in bench.problems()] == ["path-not-followed"]

    library = bench.root / "issue-core" / "pyproject.toml"
    library.write_text(library.read_text() + '[build-system]\nrequires = ["hatchling"]\n')
    assert bench.plan().problems == ()


def uv_workspace(bench: Bench, root_more: str = "") -> None:
    bench.write(
        "mono/pyproject.toml",
        f'[project]\nname = "mono"\nversion = "0"\n[tool.uv.workspace]\nmembers = ["packages/*"]\n{root_more}',
    )
    bench.write("mono/packages/lib/pyproject.toml", '[project]\nname = "lib"\nversion = "2.1"\n')


MEMBER = '[project]\nname = "web"\nversion = "1"\ndependencies = ["lib"]\n'


def test_b3_a_member_of_a_uv_workspace_gets_a_range_and_stays_a_member(bench: Bench) -> None:
    # uv: "Workspace members must be declared as workspace sources".
    uv_workspace(bench)
    source = "[tool.uv.sources]\nlib = { workspace = true }\n"
    bench.write("mono/packages/web/pyproject.toml", MEMBER + source)

    found = bench.plan(Request(INDEX), "mono/packages/web")

    assert found.problems == ()
    assert found.files[0].after.decode() == MEMBER.replace('"lib"]', '"lib>=2.1,<3"]') + source


def test_b3_in_a_copy_that_stands_alone_the_member_becomes_a_package(bench: Bench) -> None:
    uv_workspace(bench)
    source = "[tool.uv.sources]\nlib = { workspace = true }\n"
    bench.write("mono/packages/web/pyproject.toml", MEMBER + source)

    found = bench.plan(Request(INDEX, alone=True), "mono/packages/web")

    assert found.files[0].after.decode() == (
        MEMBER.replace('"lib"]', '"lib>=2.1,<3"]')
        + '[tool.uv.sources]\nlib = { index = "acme" }\n'
        + UV_INDEX
    )


def test_b4_a_member_of_another_workspace_is_found_by_its_name(bench: Bench) -> None:
    uv_workspace(bench)
    before = 'dependencies = ["lib"]\n[tool.uv.sources]\nlib = { workspace = "../mono" }\n'
    after = 'dependencies = ["lib>=2.1,<3"]\n[tool.uv.sources]\nlib = { index = "acme" }\n'

    assert bench.fixed("pyproject.toml", HEAD + before, Request(INDEX)) == HEAD + after + UV_INDEX


def test_b9_old_development_dependencies_of_uv(bench: Bench) -> None:
    before = '[tool.uv]\ndev-dependencies = ["issue-core @ ../issue-core"]\n'

    assert bench.fixed("pyproject.toml", HEAD + before) == HEAD + before.replace(
        " @ ../issue-core", ">=0.2,<0.3"
    )


def test_b10_overrides_and_constraints_are_reported_for_they_hide_the_range(bench: Bench) -> None:
    bench.write(
        "app/pyproject.toml",
        HEAD
        + "[tool.uv]\n"
        + 'override-dependencies = ["issue-core @ ../issue-core"]\n'
        + 'constraint-dependencies = ["x<2", "issue-core @ file:///srv/issue-core"]\n'
        + 'build-constraint-dependencies = ["issue-core @ ../issue-core"]\n'
        + 'exclude-dependencies = ["issue-core"]\n',
    )

    assert bench.rules() == [
        ("override-path", "pyproject.toml:5:26", "image"),
        ("override-path", "pyproject.toml:6:35", "image"),
        ("override-path", "pyproject.toml:7:34", "image"),
    ]
    assert bench.rules(Request(purpose="publish")) == []


def test_b10_build_requirements_of_others_are_rewritten(bench: Bench) -> None:
    before = (
        "[tool.uv.extra-build-dependencies]\n"
        'x = ["issue-core @ ../issue-core", { requirement = "issue-core @ ../issue-core", match-runtime = false }]\n'
    )

    assert bench.fixed("pyproject.toml", HEAD + before) == HEAD + before.replace(
        " @ ../issue-core", ">=0.2,<0.3"
    )


def test_b11_folders_that_serve_as_indexes_are_reported(bench: Bench) -> None:
    bench.write(
        "app/pyproject.toml",
        HEAD
        + '[tool.uv]\nfind-links = ["../wheelhouse", "https://example.com/x"]\n'
        + '[[tool.uv.index]]\nname = "flat"\nurl = "../wheelhouse"\nformat = "flat"\n',
    )

    assert bench.rules() == [
        ("local-index", "pyproject.toml:8:1", "image"),
        ("local-index", "pyproject.toml:5:15", "image"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("uv.toml", 'index-url = "../wh"', "1:1"),
        ("uv.toml", '[pip]\nextra-index-url = ["https://x/simple", "file:///wh"]', "2:40"),
        ("pyproject.toml", '[tool.uv]\nextra-index-url = ["../wh"]', "5:20"),
        ("pyproject.toml", '[tool.uv.pip]\nindex-url = "file:///wh"', "5:1"),
        ("pyproject.toml", '[[tool.rye.sources]]\nname = "x"\nurl = "file:///wh"', "6:1"),
        ("pyproject.toml", '[tool.pixi.pypi-options]\nfind-links = [{ path = "../wh" }]', "5:17"),
        ("pixi.toml", '[feature.a.pypi-options]\nfind-links = [{ path = "../wh" }]', "2:17"),
        ("pixi.toml", '[pypi-options]\nextra-index-urls = ["file:///wh"]', "2:21"),
        ("Pipfile", '[[source]]\nname = "x"\nurl = "file:///wh"', "3:1"),
    ],
)
def test_b11_a_folder_as_index_is_found_in_each_tools_tables(
    bench: Bench, name: str, text: str, place: str
) -> None:
    bench.write(f"app/{name}", (HEAD if name == "pyproject.toml" else "") + text + "\n")

    assert bench.rules() == [("local-index", f"{name}:{place}", "image")]


def test_b11_a_folder_of_the_project_goes_into_its_images(bench: Bench) -> None:
    bench.write("app/pyproject.toml", HEAD + '[tool.uv]\nfind-links = ["wheels"]\n')
    bench.write("app/requirements.txt", "--find-links ./wheels\n")

    assert bench.rules() == []


def test_b12_a_source_of_the_workspaces_root_counts_for_its_members(bench: Bench) -> None:
    uv_workspace(bench, "[tool.uv.sources]\nissue-core = { path = '../issue-core' }\n")
    member = '[project]\nname = "web"\nversion = "1"\ndependencies = ["issue-core"]\n'
    bench.write("mono/packages/web/pyproject.toml", member)

    found = bench.plan(None, "mono/packages/web")

    assert found.files[0].after.decode() == member.replace('core"]', 'core>=0.2,<0.3"]')
    assert bench.plan(None, "mono").problems == ()


# --- C: Poetry


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(before, after, id=identity)
        for identity, before, after in [
            (
                "C1 a path with everything",
                '[tool.poetry.dependencies]\nissue-core = { path = "../issue-core", develop = true, extras = ["mail"], '
                'markers = "os_name == \'posix\'", python = ">=3.11", optional = true }\n',
                '[tool.poetry.dependencies]\nissue-core = { version = ">=0.2,<0.3", extras = ["mail"], '
                'markers = "os_name == \'posix\'", python = ">=3.11", optional = true }\n',
            ),
            (
                "C2 several constraints",
                '[tool.poetry.dependencies]\nissue-core = [{ path = "../issue-core", python = ">=3.11" }, { version = "^0.1", python = "<3.11" }]\n',
                '[tool.poetry.dependencies]\nissue-core = [{ version = ">=0.2,<0.3", python = ">=3.11" }, { version = "^0.1", python = "<3.11" }]\n',
            ),
            (
                "C3 a group",
                '[tool.poetry.group.dev.dependencies]\nissue-core = { path = "../issue-core" }\n',
                '[tool.poetry.group.dev.dependencies]\nissue-core = { version = ">=0.2,<0.3" }\n',
            ),
            (
                "C4 enrichment",
                'dependencies = ["issue-core (>=0.2,<0.3)"]\n[tool.poetry.dependencies]\npython = ">=3.11"\n'
                'issue-core = { path = "../issue-core", develop = true }\n',
                'dependencies = ["issue-core (>=0.2,<0.3)"]\n[tool.poetry.dependencies]\npython = ">=3.11"\n',
            ),
            (
                "C5 a file",
                '[tool.poetry.dependencies]\nissue-core = { path = "../issue-core/dist/issue_core-0.2.3.tar.gz" }\n',
                '[tool.poetry.dependencies]\nissue-core = { version = ">=0.2,<0.3" }\n',
            ),
            (
                "C6 a caret elsewhere stays",
                '[tool.poetry.dependencies]\nx = "^0.2"\nissue-core.path = "../issue-core"\n',
                '[tool.poetry.dependencies]\nx = "^0.2"\nissue-core.version = ">=0.2,<0.3"\n',
            ),
        ]
    ],
)
def test_a_path_of_poetrys_becomes_a_version(bench: Bench, before: str, after: str) -> None:
    assert bench.fixed("pyproject.toml", HEAD + before) == HEAD + after


def test_c4_a_version_outside_the_published_range_stops(bench: Bench) -> None:
    bench.write(
        "app/pyproject.toml",
        f'{HEAD}dependencies = ["issue-core (>=0.3)"]\n'
        '[tool.poetry.dependencies]\nissue-core = { path = "../issue-core" }\n',
    )

    (problem,) = bench.problems()

    assert problem.rule == "outside-range"
    assert ">=0.3" in problem.message
    assert "0.2.3" in problem.message


def test_c7_plugins_and_build_constraints_of_poetry_are_reported(bench: Bench) -> None:
    bench.write(
        "app/pyproject.toml",
        HEAD
        + '[tool.poetry.requires-plugins]\nplug = { path = "../plug" }\n'
        + '[tool.poetry.build-constraints]\nx = { issue-core = { path = "../issue-core" } }\n',
    )

    assert bench.rules() == [
        ("override-path", "pyproject.toml:5:1", "image"),
        ("override-path", "pyproject.toml:7:7", "image"),
    ]


# --- D: PDM, Hatch, Pipenv, Rye, pixi and others


def test_d1_development_dependencies_of_pdm(bench: Bench) -> None:
    before = (
        "[tool.pdm.dev-dependencies]\n"
        'dev = ["-e file:///${PROJECT_ROOT}/../issue-core#egg=issue-core[mail]", "-e ../other", "pytest"]\n'
    )

    assert bench.fixed("pyproject.toml", HEAD + before) == HEAD + (
        "[tool.pdm.dev-dependencies]\n"
        'dev = ["issue-core[mail]>=0.2,<0.3", "Other_One>=1.4,<2", "pytest"]\n'
    )


def test_d2_overrides_of_pdm_are_reported(bench: Bench) -> None:
    bench.write(
        "app/pyproject.toml",
        HEAD
        + "[tool.pdm.resolution.overrides]\n"
        + 'issue-core = "file:///${PROJECT_ROOT}/../issue-core"\nx = "1.2"\n',
    )

    assert bench.rules() == [("override-path", "pyproject.toml:5:1", "image")]


def test_d3_and_d4_members_that_pdm_and_hatch_take_from_folders_are_reported(bench: Bench) -> None:
    bench.write(
        "app/pyproject.toml",
        HEAD
        + '[tool.pdm.workspace]\nmembers = ["packages/*"]\n'
        + '[tool.hatch.envs.default]\nworkspace.members = ["../issue-core", "inside"]\n',
    )

    assert bench.rules() == [
        ("workspace-member", "pyproject.toml:5:1", "development"),
        ("workspace-member", "pyproject.toml:7:22", "development"),
    ]


@pytest.mark.parametrize(
    ("name", "prefix"), [("pyproject.toml", HEAD + "[tool.hatch."), ("hatch.toml", "[")]
)
def test_d4_environments_of_hatch(bench: Bench, name: str, prefix: str) -> None:
    before = (
        f"{prefix}envs.default]\n"
        'dependencies = ["issue-core @ {root:parent:uri}/issue-core"]\n'
        'extra-dependencies = ["other-one @ {root:uri}/../other"]\n'
    )

    assert bench.fixed(name, before) == (
        f"{prefix}envs.default]\n"
        'dependencies = ["issue-core>=0.2,<0.3"]\nextra-dependencies = ["other-one>=1.4,<2"]\n'
    )


def test_d4_overrides_of_environments_and_their_plugins(bench: Bench) -> None:
    before = (
        '[env]\nrequires = ["other-one @ {root:uri}/../other"]\n'
        "[envs.test.overrides]\n"
        'matrix.x.dependencies = [{ value = "issue-core @ ../issue-core", if = ["a"] }, "rich"]\n'
        'platform.linux.extra-dependencies = ["issue-core[x] @ ../issue-core"]\n'
    )

    assert bench.fixed("hatch.toml", before) == (
        before.replace(" @ ../issue-core", ">=0.2,<0.3").replace(
            " @ {root:uri}/../other", ">=1.4,<2"
        )
    )


def test_d5_pipfile(bench: Bench) -> None:
    before = (
        '[[source]]\nname = "pypi"\nurl = "https://example.com/simple"\nverify_ssl = true\n\n'
        "[packages]\n"
        'issue-core = {path = "../issue-core", editable = true, extras = ["mail"], markers = "os_name == \'nt\'"} # us\n'
        'rich = "*"\n\n'
        "[dev-packages]\n"
        'other-one = {file = "../other"}\n'
    )

    assert bench.fixed("Pipfile", before, Request(INDEX)) == (
        '[[source]]\nname = "pypi"\nurl = "https://example.com/simple"\nverify_ssl = true\n\n'
        "[packages]\n"
        'issue-core = {version = ">=0.2,<0.3", index = "acme", extras = ["mail"], markers = "os_name == \'nt\'"} # us\n'
        'rich = "*"\n\n'
        "[dev-packages]\n"
        'other-one = {version = ">=1.4,<2", index = "acme"}\n'
        "\n[[source]]\n"
        'name = "acme"\nurl = "https://git.example.com/simple/"\nverify_ssl = true\n'
    )


def test_d6_rye(bench: Bench) -> None:
    before = (
        '[tool.rye]\ndev-dependencies = ["issue-core @ file:///${PROJECT_ROOT}/../issue-core"]\n'
    )

    assert bench.fixed("pyproject.toml", HEAD + before) == (
        HEAD + '[tool.rye]\ndev-dependencies = ["issue-core>=0.2,<0.3"]\n'
    )


@pytest.mark.parametrize(
    ("name", "prefix"), [("pyproject.toml", HEAD + "[tool.pixi."), ("pixi.toml", "[")]
)
@pytest.mark.parametrize("table", ["", "feature.test.", "target.linux-64.", "feature.a.target.b."])
def test_d7_pixi(bench: Bench, name: str, prefix: str, table: str) -> None:
    before = (
        f"{prefix}{table}pypi-dependencies]\n"
        'issue-core = { path = "../issue-core", editable = true, extras = ["mail"] }\n'
    )

    assert bench.fixed(name, before, Request(INDEX)) == (
        f"{prefix}{table}pypi-dependencies]\n"
        'issue-core = { version = ">=0.2,<0.3", index = "https://git.example.com/simple/", extras = ["mail"] }\n'
    )


def test_d8_and_d9_test_runners_and_other_tools_are_reported(bench: Bench) -> None:
    bench.write("app/tox.ini", "[testenv]\ndeps =\n  pytest\n  -e {toxinidir}/../issue-core\n")
    bench.write("app/noxfile.py", "def tests(session):\n    session.install('../issue-core')\n")
    bench.write(
        "app/.pre-commit-config.yaml",
        'repos:\n- hooks:\n  - id: x\n    additional_dependencies: ["../issue-core"]\n',
    )
    bench.write(
        "app/pyproject.toml",
        HEAD
        + '[tool.cibuildwheel]\nbefore-test = "pip install {project}/../issue-core"\n'
        + '[tool.briefcase.app.x]\nrequires = ["../issue-core", "../elsewhere"]\n',
    )

    assert sorted(bench.rules()) == [
        ("pre-commit-path", ".pre-commit-config.yaml:4:32", "development"),
        ("test-runner-path", "noxfile.py:2:22", "development"),
        ("test-runner-path", "tox.ini:4:6", "development"),
        ("tool-table-path", "pyproject.toml:5:1", "development"),
        ("tool-table-path", "pyproject.toml:7:13", "development"),
    ]


# --- E: requirements, setup files, conda, Dockerfiles


REQUIREMENTS = [
    ("-e ../issue-core", "issue-core>=0.2,<0.3"),
    ("-e../issue-core", "issue-core>=0.2,<0.3"),
    ("--editable=../issue-core[mail]  # ours", "issue-core[mail]>=0.2,<0.3  # ours"),
    ("--editable ../issue-core", "issue-core>=0.2,<0.3"),
    ("-e ../issue-core#egg=Issue_Core[mail]", "Issue_Core[mail]>=0.2,<0.3"),
    ("../issue-core", "issue-core>=0.2,<0.3"),
    ("../issue-core/ ; os_name == 'posix'", "issue-core>=0.2,<0.3 ; os_name == 'posix'"),
    ("./../issue-core[a, b]", "issue-core[a, b]>=0.2,<0.3"),
    ("..\\issue-core", "issue-core>=0.2,<0.3"),
    ("../other", "Other_One>=1.4,<2"),
    ("issue-core @ ../issue-core", "issue-core>=0.2,<0.3"),
    (
        "issue-core [x] @ file:../issue-core ; os_name == 'nt'",
        "issue-core [x]>=0.2,<0.3 ; os_name == 'nt'",
    ),
    ("file:../issue-core", "issue-core>=0.2,<0.3"),
    ("file://localhost{root}/issue-core", "issue-core>=0.2,<0.3"),
    ("file://{root}/issue%2Dcore", "issue-core>=0.2,<0.3"),
    ("file://{root}#subdirectory=issue-core", "issue-core>=0.2,<0.3"),
    ("../d/issue_core-0.3.0-py3-none-any.whl", "issue-core>=0.3,<0.4"),
    ("-e git+file://{root}/issue-core@v0.2.3#egg=issue-core", "issue-core>=0.2,<0.3"),
    ("  -e \\\n   ../issue-core", "  issue-core>=0.2,<0.3"),
    ("-e ../issue-core \\\n  ; os_name == 'nt'", "issue-core>=0.2,<0.3 \\\n  ; os_name == 'nt'"),
]


@pytest.mark.parametrize(("before", "after"), REQUIREMENTS)
def test_e1_to_e3_a_path_on_a_line_becomes_a_named_range(
    bench: Bench, before: str, after: str
) -> None:
    frame = (
        "\ufeff# häder -e ../x\nrich==13 \\\r\n    --hash=sha256:00\n{}\n\nx>1 # ../issue-core\n"
    )
    given = frame.format(before.replace("{root}", str(bench.root)))

    assert bench.fixed("requirements-dev.txt", given) == frame.format(after)


def test_e1_a_path_is_read_from_the_project_first_and_then_from_the_files_folder(
    bench: Bench,
) -> None:
    bench.write("app/requirements/base.in", "-e ../issue-core\n-e ../../other\n")

    found = bench.plan()

    assert found.files[0].after.decode() == "issue-core>=0.2,<0.3\nOther_One>=1.4,<2\n"
    (note,) = found.findings
    assert not note.blocks
    assert note.problem.at.endswith("app/requirements/base.in:2:1")
    assert note.problem.message == (
        f"../../other is read from the folder of base.in: it leads to {bench.root}/other"
    )


def test_e1_the_project_itself_by_the_folder_of_the_file_is_no_neighbour(bench: Bench) -> None:
    bench.write("app/requirements/base.txt", "-e ..\n-e ..[dev]\n")

    found = bench.plan()

    assert (found.files, found.findings, found.problems) == ((), (), ())


def test_e1_a_path_that_leads_to_a_project_from_both_folders_is_said(bench: Bench) -> None:
    bench.write("app/other/pyproject.toml", '[project]\nname = "inner"\nversion = "1"\n')
    bench.write("app/requirements/base.in", "-e ../other\n")

    found = bench.plan()

    assert found.files[0].after.decode() == "Other_One>=1.4,<2\n"
    assert [(f.problem.rule, f.blocks) for f in found.findings] == [("path-of-two-bases", False)]


@pytest.mark.parametrize(
    "name",
    [
        "requirements/prod/base.txt",
        "requirements/dev.pip",
        "reqs/base.txt",
        "test-reqs.txt",
        "Requirements.txt",
        "REQUIREMENTS-dev.in",
        "constraints/all.txt",
        "req-dev.txt",
    ],
)
def test_e2_requirements_files_are_found_by_each_of_their_usual_names(
    bench: Bench, name: str
) -> None:
    assert bench.fixed(name, "-e ../issue-core\n") == "issue-core>=0.2,<0.3\n"


@pytest.mark.parametrize("name", ["env.yml", "env-dev.yaml", "dev-environment.yml"])
def test_e10_environments_are_found_by_each_of_their_usual_names(bench: Bench, name: str) -> None:
    text = "dependencies:\n- pip:\n  - -e ../issue-core\n"

    assert bench.fixed(name, text) == text.replace("-e ../issue-core", "issue-core>=0.2,<0.3")


@pytest.mark.parametrize(
    "name", ["deploy/Dockerfile", "docker/web/Dockerfile", "Dockerfile-dev", "build/x.dockerfile"]
)
def test_e11_dockerfiles_are_found_by_each_of_their_usual_names(bench: Bench, name: str) -> None:
    bench.write(f"app/{name}", "COPY --from=issue-core a b\n")

    assert bench.rules() == [("dockerfile-path", f"{name}:1:6", "image")]


def test_e4_and_e5_includes_and_folders_outside_are_reported(bench: Bench) -> None:
    bench.write(
        "app/requirements.txt",
        "-r ../common/requirements.txt\n-c ../constraints.txt\n--find-links ../wheelhouse\n"
        "--extra-index-url https://git.example.com/simple\n-r inside.txt\n"
        "--index-url https://git.example.com/simple\n",
    )

    assert bench.rules() == [
        ("include-outside", "requirements.txt:1:1", "image"),
        ("include-outside", "requirements.txt:2:1", "image"),
        ("local-index", "requirements.txt:3:1", "image"),
        ("extra-index", "requirements.txt:4:1", "development"),
    ]


def test_e6_a_hash_cannot_stay_beside_a_range(bench: Bench) -> None:
    bench.write("app/requirements.txt", "../d/issue_core-0.3.0.tar.gz --hash=sha256:00\n")

    assert [p.rule for p in bench.problems()] == ["path-not-followed"]


def test_e6_crlf_and_bytes_that_are_not_utf_8_survive(bench: Bench) -> None:
    path = bench.root / "app" / "requirements.txt"
    path.write_bytes(b"# -*- coding: latin-1 -*-\r\n# gr\xfc\xdfe\r\n-e ../issue-core\r\nrich\r\n")

    (file,) = bench.plan().files

    assert file.after == (
        b"# -*- coding: latin-1 -*-\r\n# gr\xfc\xdfe\r\nissue-core>=0.2,<0.3\r\nrich\r\n"
    )


def test_e6_utf_16_is_reported(bench: Bench) -> None:
    (bench.root / "app" / "requirements.txt").write_bytes("-e ../issue-core\n".encode("utf-16"))

    assert bench.rules() == [("not-utf-8", "requirements.txt:1:1", "image")]


def test_e8_setup_cfg(bench: Bench) -> None:
    before = dedent("""\
        [metadata]
        name = app
        [options]
        install_requires =
            # ours
            issue-core[mail] @ file://{root}/issue-core ; os_name == 'posix'
            rich
        setup_requires = other-one @ ../other
        [options.extras_require]
        mail =
          Issue_Core @ ../issue-core
        [tool:pytest]
        addopts = issue-core @ ../issue-core
        """)

    assert bench.fixed("setup.cfg", before.replace("{root}", str(bench.root))) == dedent("""\
        [metadata]
        name = app
        [options]
        install_requires =
            # ours
            issue-core[mail]>=0.2,<0.3 ; os_name == 'posix'
            rich
        setup_requires = other-one>=1.4,<2
        [options.extras_require]
        mail =
          Issue_Core>=0.2,<0.3
        [tool:pytest]
        addopts = issue-core @ ../issue-core
        """)


def test_e9_a_string_that_setup_py_writes_out_is_rewritten(bench: Bench) -> None:
    before = "from setuptools import setup\n\nSUM = \"ü\"; R = [\"issue-core[x] @ ../issue-core; os_name == 'nt'\"]\nsetup(install_requires=R, extras_require={'a': ['other-one @ ../other']})\n"
    before = before.replace("issue-core;", "issue-core ;")

    assert bench.fixed("setup.py", before) == before.replace(
        " @ ../issue-core", ">=0.2,<0.3"
    ).replace(" @ ../other", ">=1.4,<2")


@pytest.mark.parametrize(
    "expression",
    [
        'f"issue-core @ file://{HERE}/../issue-core"',
        '"issue-core @ file://" + HERE',
        '"issue-core @ file://%s" % HERE',
        '"issue-core @ file://{}".format(HERE)',
        '"issue\\x2dcore @ ../issue-core"',
        'f"issue-core @ {HERE.as_uri()}/../issue-core"',
        'f"issue-core[mail] @ {SIBLING}"',
        '"issue-core @ " + HERE.as_uri()',
        '"issue-core @ %s" % HERE',
        '"issue-core @ {0}/issue-core".format(HERE)',
        "\"issue-core @ ../issue-core; python_version>'3'\"",
        '"issue-core @ ../issue-core\\nrich\\n".split("\\n")',
        '"issue-core@../issue-core rich".split()',
        '"issue-core @ ", HERE',
    ],
)
def test_e9_what_setup_py_computes_is_reported_and_stops_a_publish(
    bench: Bench, expression: str
) -> None:
    bench.write("app/setup.py", f"import os\nHERE = os.getcwd()\nR = [{expression}]\n")

    assert bench.rules() == [("computed-requirement", "setup.py:3:6", "publish")]


@pytest.mark.parametrize(
    "form",
    [
        'r = []\nr.append("{}")\n',
        'r = set()\nr.add("{}")\n',
        'r = "{}" if cond else "x"\n',
        'P: str = "{}"\n',
        'def f():\n    return "{}"\n',
        'def f(p="{}"):\n    pass\n',
        'setup(install_requires="""\n{}\nrich\n""")\n',
        'R = """\n# ours: ../issue-core\n{}\nrich\n""".split("\\n")\n',
        'R = "\\n".join(["{}", "rich"])\n',
        'R = ["rich"] + ["{}"]\n',
        'R = dict(a="{}")\n',
        'R = [*["{}"]]\n',
    ],
)
def test_e9_a_requirement_is_rewritten_wherever_it_stands_by_itself(
    bench: Bench, form: str
) -> None:
    before = form.replace("{}", "issue-core[x] @ ../issue-core ; os_name == 'nt'")

    assert bench.fixed("setup.py", before) == before.replace(" @ ../issue-core", ">=0.2,<0.3")


def test_e9_a_file_that_setup_py_reads_is_published(bench: Bench) -> None:
    bench.write("app/setup.py", 'setup(install_requires=open("deps.list").read().splitlines())\n')
    bench.write("app/deps.list", "issue-core @ ../issue-core\n")

    (replacement,) = bench.plan(Request(purpose="publish")).replacements

    assert (replacement.at.rpartition("/")[2], replacement.breaks) == ("deps.list:1:1", "publish")


def test_e9_folders_that_setuptools_looks_for_links_in_are_reported(bench: Bench) -> None:
    bench.write("app/setup.py", 'setup(dependency_links=["../wh", "https://example.com/x"])\n')
    bench.write("app/setup.cfg", "[options]\ndependency_links =\n  https://x\n  ../wh\n")

    assert sorted(bench.rules()) == [
        ("local-index", "setup.cfg:4:3", "image"),
        ("local-index", "setup.py:1:25", "image"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        'author_email = "user@" + DOMAIN',
        'setup(author="Jane @ acme", author_email="jane@example.com")',
        '__email__ = "jane@example.com"',
        'form = "{name} @ {url}".format(**x)',
        'R = [f"@ {url}"]',
        'URL = f"git@{HOST}:acme/x"',
        'URL = f"https://token@{HOST}/x"',
        'R = [f"issue-core @ git+https://git.example.com/x@{TAG}"]',
        'R = ["issue-core @ https://example.com/x.whl"]',
        'setup(long_description="pip install issue-core @ ../issue-core")',
        'description = "issue-core @ ../issue-core"',
        'R = [r for r in R if not r.startswith("issue-core @ ../")]',
        'x = "issue-core @ ../issue-core" in R',
        'raise SystemExit("issue-core @ ../issue-core")',
        'sys.stderr.write(f"issue-core @ {HERE}")',
        'import re\nre.sub("@ file:.*", "", x)',
        'open("README.md")',
    ],
)
def test_e9_other_texts_of_setup_py_are_nobodys_requirements(bench: Bench, line: str) -> None:
    bench.write("app/setup.py", line + "\n")

    found = bench.plan()

    assert (found.files, found.findings, found.problems) == ((), (), ())


def test_e8_a_list_on_one_line_is_cut_at_its_semicolons(bench: Bench) -> None:
    before = (
        "[options]\ninstall_requires = rich; issue-core[x] @ ../issue-core ;y\n"
        "[options.extras_require]\nmail = other-one @ ../other\n"
    )

    assert bench.fixed("setup.cfg", before) == (
        "[options]\ninstall_requires = rich; issue-core[x]>=0.2,<0.3 ;y\n"
        "[options.extras_require]\nmail = other-one>=1.4,<2\n"
    )


def test_e10_conda(bench: Bench) -> None:
    before = dedent("""\
        name: app  # naïve
        dependencies:
          - python=3.11
          - pip
          - pip:
              - -e ../issue-core  # ours
              - "other-one[x] @ file:../other ; os_name == 'nt'"
              - rich
        """)

    assert bench.fixed("environment.yml", before) == dedent("""\
        name: app  # naïve
        dependencies:
          - python=3.11
          - pip
          - pip:
              - issue-core>=0.2,<0.3  # ours
              - "other-one[x]>=1.4,<2 ; os_name == 'nt'"
              - rich
        """)


def test_e4_what_a_conda_environment_includes_is_looked_at(bench: Bench) -> None:
    bench.write(
        "app/environment.yml",
        "dependencies:\n- pip:\n  - -r ../x.txt\n  - '--find-links ../wh'\n  - -r reqs.list\n",
    )
    bench.write("app/reqs.list", "-e ../issue-core\n")

    (file,) = bench.plan().files

    assert file.after == b"issue-core>=0.2,<0.3\n"
    assert bench.rules() == [
        ("include-outside", "environment.yml:3:5", "image"),
        ("local-index", "environment.yml:4:6", "image"),
    ]


def test_e10_where_a_comma_would_break_the_list_it_is_reported(bench: Bench) -> None:
    bench.write("app/environment.yml", "dependencies: [pip, {pip: [-e ../issue-core]}]\n")

    assert bench.rules() == [("odd-scalar", "environment.yml:1:28", "image")]


def test_e11_images_and_workflows_are_reported(bench: Bench) -> None:
    bench.write(
        "app/Dockerfile",
        """\
        FROM python:3.12 AS build
        # COPY --from=issue-core . /x
        COPY --from=issue-core . /src/issue-core
        RUN --mount=type=bind,from=issue-core,target=/x true
        RUN pip install --no-cache-dir /src/issue-core
        COPY ../issue-core /y
        COPY --from=build /a /b
        """,
    )
    bench.write(
        "app/compose.yaml",
        "services:\n  a:\n    build:\n      additional_contexts:\n        issue-core: ../issue-core\n",
    )
    bench.write(
        "app/Makefile", "image:\n\tdocker build --build-context issue-core=../issue-core .\n"
    )
    bench.write("app/.gitea/workflows/ci.yml", "steps:\n- run: pip install -e ../issue-core\n")

    found = bench.plan()

    assert sorted(bench.rules()) == [
        ("build-command-path", ".gitea/workflows/ci.yml:2:23", "development"),
        ("build-command-path", "Makefile:2:42", "development"),
        ("compose-path", "compose.yaml:5:21", "image"),
        ("dockerfile-path", "Dockerfile:3:6", "image"),
        ("dockerfile-path", "Dockerfile:4:22", "image"),
        ("dockerfile-path", "Dockerfile:5:32", "image"),
        ("dockerfile-path", "Dockerfile:6:6", "image"),
    ]
    assert not any(finding.blocks for finding in found.findings)


@pytest.mark.parametrize(
    ("name", "line", "place"),
    [
        ("Dockerfile", "RUN pip install \\\n    /src/issue-core", "2:5"),
        ("Dockerfile", 'RUN pip install "/src/issue-core[mail]"', "1:17"),
        ("Dockerfile", "RUN --mount=from=issue-core,type=bind,target=/x true", "1:12"),
        ("Dockerfile", "RUN --mount=type=bind,from=issue_core,target=/x true", "1:22"),
        ("Dockerfile", "COPY --from=Issue-Core . /x", "1:6"),
        ("Dockerfile", 'COPY --from="issue-core" . /x', "1:6"),
        ("Dockerfile", "FROM issue-core", "1:6"),
        ("Dockerfile", "FROM --platform=linux/amd64 issue-core AS src", "1:29"),
        ("Dockerfile", "RUN uv add --no-sync /src/issue-core", "1:22"),
        ("Dockerfile", "RUN poetry add /src/issue-core", "1:16"),
        ("Dockerfile", "RUN python -m pip install -e ./issue-core", "1:30"),
        ("Dockerfile", 'RUN ["pip", "install", "/src/issue-core"]', "1:25"),
        ("Dockerfile", "RUN pip install 'issue-core @ file:///src/x'", "1:18"),
        ("Makefile", "x:\n\tdocker build --build-context issue-core={root}/issue-core .", "2:42"),
        ("Makefile", "x:\n\tdocker build --build-context issue-core=$(HOME)/issue-core .", "2:31"),
        ("Makefile", "x:\n\tdocker build \\\n\t  --build-context=issue-core=/a/b .", "3:20"),
        ("Makefile", "x:\n\tpip install -e ~/src/issue-core", "2:17"),
        (".gitea/workflows/ci.yml", "steps:\n- run: uv pip install $SRC/issue-core", "2:23"),
        (".gitea/workflows/ci.yml", "steps:\n- run: pip install -e {root}/issue-core", "2:23"),
        ("scripts/up.sh", "pip install -e ../../issue-core", "1:16"),
        ("compose.yaml", "    build:\n      context: ..", "2:12"),
        ("compose.yaml", "additional_contexts:\n  issue-core: ${SRC}/issue-core", "2:3"),
        ("tox.ini", "deps =\n  -e {toxinidir}{/}..{/}issue-core", "2:6"),
        ("tox.ini", "deps =\n  issue-core @ file://{root}/issue-core", "2:16"),
        ("tox.ini", "deps =\n  issue-core @ file:///elsewhere/issue-core", "2:3"),
        ("setup.cfg", "[testenv]\ndeps =\n  -e {toxinidir}/../issue-core", "3:6"),
        ("noxfile.py", 's.install("{root}/issue-core")', "1:12"),
        (".pre-commit-config.yaml", "a: ['issue-core @ file:///srv/issue-core']", "1:6"),
        ("hatch.toml", '[envs.a]\nscripts.x = "pip install {root}/../issue-core"', "2:1"),
        ("hatch.toml", '[envs.a]\nscripts.x = ["x", "pip install -e {root:parent}/issue-core"]', "2:19"),
        ("hatch.toml", '[envs.a]\npre-install-commands = ["pip install ../issue-core"]', "2:25"),
        ("hatch.toml", '[envs.a]\npost-install-commands = ["pip install ../issue-core"]', "2:26"),
    ],
)  # fmt: skip
def test_e11_each_form_of_a_command_or_context_is_reported(
    bench: Bench, name: str, line: str, place: str
) -> None:
    given = line if name == "hatch.toml" else line.replace("{root}", str(bench.root))
    bench.write(f"app/{name}", given + "\n")

    assert [at for _, at, _ in bench.rules()] == [f"{name}:{place}"]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Dockerfile", "FROM issue-core:1.2"),
        ("Dockerfile", "FROM acme/issue-core"),
        ("Dockerfile", "FROM x AS issue-core\nFROM Issue-Core\nCOPY --from=ISSUE-CORE a b"),
        ("Dockerfile", "COPY --from=registry/issue-core:1 a b"),
        ("Dockerfile", "RUN pip install issue-core"),
        ("Dockerfile", "COPY . /srv/issue-core"),
        ("Makefile", "x:\n\tdocker build --build-context issue-core=docker-image://x ."),
        ("Makefile", "x:\n\tpip install https://git.example.com/issue-core.zip"),
        ("Makefile", "x:\n\tcp -r $(OUT)/issue-core /usr/share/issue-core"),
        ("compose.yaml", "services:\n  issue-core:\n    image: git.example.com/issue-core"),
        ("compose.yaml", "volumes:\n- issue-core:/data\n- {root}/app/data:/x"),
        ("compose.yaml", "build: .\ncontext: ./x"),
        ("docker/compose.yaml", "context: ..\nvolumes:\n- ../other:/x"),
        (".gitea/workflows/ci.yml", "outputs:\n  issue-core: ${{ steps.x.outputs.y }}"),
        ("noxfile.py", 's.install("{root}/app")'),
        ("tox.ini", "deps =\n  -r {toxinidir}/requirements.txt\n  x @ https://x/y"),
    ],
)
def test_e11_other_uses_of_a_name_or_folder_are_nobodys_business(
    bench: Bench, name: str, line: str
) -> None:
    bench.write(f"app/{name}", line.replace("{root}", str(bench.root)) + "\n")

    assert bench.rules() == []


def test_a_remote_repository_or_url_is_no_path(bench: Bench) -> None:
    text = (
        'dependencies = ["issue-core", "x @ https://example.com/x.whl"]\n[tool.uv.sources]\n'
        'issue-core = { git = "https://git.example.com/acme/issue-core", subdirectory = "py" }\n'
    )
    bench.write("app/pyproject.toml", HEAD + text)

    found = bench.plan()

    assert (found.files, found.findings, found.problems) == ((), (), ())


def test_an_image_that_would_follow_a_kept_path_is_reported(bench: Bench) -> None:
    text = "FROM x\nRUN uv sync --frozen && uv sync\n# RUN uv sync\nRUN uv pip install --no-sources .\n"
    bench.write("app/Dockerfile", text)

    assert bench.rules(Request(keep_source=True)) == [
        ("kept-source-in-image", "Dockerfile:2:25", "image")
    ]
    assert bench.rules() == []


@pytest.mark.parametrize(
    "lines",
    [
        "RUN uv sync \\\n  --frozen",
        "RUN uv sync \\\n  # from the lock\n  --no-dev --frozen",
        "RUN uv pip install \\\n --no-sources .",
        "RUN UV_NO_SOURCES=1 uv sync",
        "RUN export UV_FROZEN=1 && uv sync",
        "ENV UV_FROZEN=1\nRUN uv sync",
        "ENV UV_FROZEN 1\nRUN uv sync",
        "ENV A=1 \\\n    UV_FROZEN=1\nRUN uv sync",
        "ARG UV_NO_SOURCES=1\nRUN uv sync && uv pip install .",
        "RUN uv pip install -r requirements.txt",
        "RUN uv pip install rich /wheels/issue_core-1.0-py3-none-any.whl > /dev/null",
        "RUN uv export --frozen | uv pip install -r -",
        "RUN uv --quiet run --no-sync python -m app",
        'CMD ["uv", "run", "--no-sync", "app"]',
        "RUN uv python install 3.12",
        "RUN uv tool install ruff",
        "FROM x AS base\nENV UV_FROZEN=1\nFROM base\nRUN uv sync",
        "COPY --from=ghcr.io/astral-sh/uv /uv /bin/uv",
        "RUN pip install uv",
    ],
)
def test_an_image_that_passes_over_a_kept_path_is_right(bench: Bench, lines: str) -> None:
    bench.write("app/Dockerfile", f"FROM python:3.12\n{lines}\n")

    assert bench.rules(Request(keep_source=True)) == []


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        ("ENV UV_FROZEN=0\nRUN uv sync", "3:5"),
        ("ARG UV_FROZEN\nRUN uv sync", "3:5"),
        ("RUN uv sync \\\n  --no-dev", "2:5"),
        ("RUN --mount=type=cache,target=/c \\\n  uv sync --locked", "3:3"),
        ("ENV UV_FROZEN=1\nRUN uv pip install -e .", "3:5"),
        ("RUN uv pip install -r pyproject.toml", "2:5"),
        ('CMD ["uv", "run", "app"]', "2:7"),
        ("RUN uv export | uv pip install -r -", "2:5"),
        ("ENV UV_FROZEN=1\nFROM y\nRUN uv sync", "4:5"),
        ("ARG UV_FROZEN=1\nFROM base\nRUN uv sync", "4:5"),
    ],
)
def test_an_image_that_follows_a_kept_path_is_found_however_it_is_written(
    bench: Bench, lines: str, place: str
) -> None:
    bench.write("app/Dockerfile", f"FROM python:3.12 AS base\n{lines}\n")

    assert bench.rules(Request(keep_source=True)) == [
        ("kept-source-in-image", f"Dockerfile:{place}", "image")
    ]


def test_e11_a_stage_of_a_siblings_name_is_a_stage(bench: Bench) -> None:
    bench.write("app/Dockerfile", "FROM x AS issue-core\nFROM y\nCOPY --from=issue-core /a /b\n")

    assert bench.rules() == []


# --- F: locks of tools that are not run


def test_f_other_locks_are_reported(bench: Bench) -> None:
    bench.write("app/pixi.lock", "packages:\n- pypi: ../issue-core\n  name: issue-core\n")

    assert bench.rules() == [("stale-lock", "pixi.lock:2:9", "image")]


# --- what it is for


def test_what_is_published_and_what_only_an_image_needs_are_told_apart(bench: Bench) -> None:
    bench.write(
        "app/pyproject.toml",
        HEAD
        + 'dependencies = ["issue-core @ ../issue-core"]\n'
        + '[dependency-groups]\ndev = ["other-one @ ../other"]\n',
    )
    bench.write("app/requirements.txt", "-e ../other\n")

    published = bench.plan(Request(purpose="publish"))
    image = bench.plan(Request(purpose="image"))

    assert [(r.name, r.breaks) for r in published.replacements] == [("issue-core", "publish")]
    assert [(r.name, r.breaks) for r in image.replacements] == [
        ("issue-core", "publish"), ("other-one", "image"), ("other-one", "image"),
    ]  # fmt: skip


def test_a_permission_that_nothing_needs_any_more_is_reported(bench: Bench) -> None:
    bench.write(
        "app/pyproject.toml",
        f'{HEAD}dependencies = ["x>1"]\n[tool.hatch.metadata]\nallow-direct-references = true\n',
    )

    assert bench.rules() == [("needless-permission", "pyproject.toml:6:1", "development")]


def test_an_unreadable_file_stops_and_is_named(bench: Bench) -> None:
    bench.write("app/Pipfile", "[packages\n")

    (problem,) = bench.problems()

    assert problem.rule == "unreadable-toml"
    assert "Pipfile:1:" in problem.at
