"""Whatever stands in a project's file, railrel reports it; it never trips over it."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from railrel.dependencies.look import Neighbourhood, Request
from railrel.dependencies.neighbours import edges, needs
from railrel.dependencies.references import Index
from railrel.dependencies.rewrite import Rewrite, plan
from railrel.distributions.artefacts import Artefact
from railrel.distributions.gate import Asked, unfit
from railrel.documents import Document
from railrel.errors import RailrelError
from railrel.settings import resolve
from railrel.workspace.discovery import load
from railrel.workspace.graph import cycles

KEYS = [
    "project",
    "name",
    "version",
    "dynamic",
    "dependencies",
    "optional-dependencies",
    "dependency-groups",
    "tool",
    "uv",
    "sources",
    "workspace",
    "members",
    "exclude",
    "index",
    "path",
    "editable",
    "package",
    "marker",
    "extra",
    "group",
    "url",
    "poetry",
    "hatch",
    "envs",
    "default",
    "source",
    "pattern",
    "setuptools",
    "attr",
    "file",
    "pdm",
    "flit",
    "module",
    "railrel",
    "registry",
    "tag",
    "lib",
    "Lib",
    "build-system",
    "requires",
    "build-backend",
    "setuptools_scm",
    "poetry-dynamic-versioning",
    "enable",
    "develop",
    "dev",
]
TEXTS = [
    "", ".", "..", "lib", "../lib", "../../..", "lib @ ../lib", "Lib[x] @ ../lib ; python_version > '3'",
    "lib>=0.2", "lib>=9", "lib @ file://[x", "lib @ file:%ff", "lib @ {root:uri}/../lib", "${X}", "a\x01b",
    "1.0", "0.2.3", "1.0.dev1", "1!2", "vcs", "x.y.__version__", "(", "*", "**", "[", "/", "ü", "\U0001f600",
    "scm", "lib-1.0.tar.gz", "@", "lib @", "lib @ x y", "a" * 300,
]  # fmt: skip
values = st.recursive(
    st.sampled_from(TEXTS) | st.integers(-1, 3) | st.booleans() | st.floats(0, 2),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)
tables = st.fixed_dictionaries(
    {},
    optional={
        "project": values
        | st.fixed_dictionaries(
            {"name": st.sampled_from(["lib", "app", "Lib"])},
            optional={
                "version": values,
                "dependencies": values | st.lists(st.sampled_from(TEXTS), max_size=3),
                "optional-dependencies": values,
            },
        ),
        "dependency-groups": values,
        "build-system": values,
        "tool": values
        | st.fixed_dictionaries(
            {},
            optional={
                "uv": values
                | st.fixed_dictionaries(
                    {
                        "sources": values
                        | st.dictionaries(
                            st.sampled_from(["lib", "Lib", "x y"]), values, max_size=2
                        )
                    }
                ),
                "poetry": values,
                "hatch": values,
                "railrel": values,
            },
        ),
    },
)


@settings(max_examples=400)
@given(tables)
def test_no_project_file_makes_us_crash(table: dict[str, object]) -> None:
    with TemporaryDirectory() as name:
        root = Path(name).resolve()
        (root / "lib").mkdir()
        (root / "lib" / "pyproject.toml").write_text('[project]\nname = "lib"\nversion = "0.2.3"\n')
        (root / "app").mkdir()
        (root / "app" / "pyproject.toml").write_bytes(tomlkit.dumps(table).encode())

        workspace = load(root)
        assert workspace.at(root / "lib")
        neighbourhood = Neighbourhood(workspace.folders, workspace.at, workspace.uv_roots.get)
        cycles(edges(needs(workspace, neighbourhood)))
        for project in workspace.projects:
            for index in (None, Index("acme", "https://x/simple/", "https://x")):
                found = plan(project, neighbourhood, Request(index))
                # Either something is wrong, or a second plan has nothing left to do.
                assert found.problems or not _changes_again(found, root)


def _changes_again(found: Rewrite, root: Path) -> bool:
    for file in found.files:
        file.path.write_bytes(file.after)
    workspace = load(root)
    project = workspace.at(found.project.folder)
    neighbourhood = Neighbourhood(workspace.folders, workspace.at, workspace.uv_roots.get)
    again = plan(project, neighbourhood, Request()).changes if project else False
    for file in found.files:
        file.path.write_bytes(file.before)
    return again


@settings(max_examples=200)
@given(tables, st.lists(st.sampled_from(TEXTS), max_size=3))
def test_no_sdist_makes_the_gate_crash(table: dict[str, object], requires: list[str]) -> None:
    from packaging.utils import canonicalize_name
    from packaging.version import Version

    name, version = canonicalize_name("lib"), Version("1.0")
    file = Artefact(
        path=Path("lib-1.0.tar.gz"),
        kind="sdist",
        sha256="",
        size=0,
        file_name=name,
        file_version=version,
        metadata={"name": "lib", "version": "1.0", "requires_dist": requires},
        unknown={},
        pyproject=Document(Path("pyproject.toml"), tomlkit.dumps(table).encode()),
    )

    for problem in unfit(file, file, Asked(name, version, frozenset({name}), allow_dev=False)):
        assert problem.message


@settings(max_examples=200)
@given(values)
def test_no_settings_file_makes_us_crash(value: object) -> None:
    table = value if isinstance(value, dict) else {"registry": value}
    with TemporaryDirectory() as name:
        root = Path(name)
        (root / "railrel.toml").write_bytes(tomlkit.dumps(table).encode())
        with suppress(RailrelError):
            found = resolve(
                flags={}, environment={}, start=root, project=None, workspace=root, user=root
            )
            assert set(found.values) >= {"registry", "tag"}
