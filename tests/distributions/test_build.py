"""Real backends, built for real, in environments that are made once a run."""

import tarfile
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from railrel.distributions.artefacts import inspect
from railrel.errors import ExitCode
from tests.servers.static import serving
from tests.workbench import Workbench

BACKENDS = {
    "hatchling": ("hatchling", "hatchling.build", ""),
    "setuptools": ("setuptools>=77", "setuptools.build_meta", ""),
    "flit": ("flit_core>=3.11", "flit_core.buildapi", ""),
    "poetry-core": ("poetry-core>=2", "poetry.core.masonry.api", ""),
    "uv_build": ("uv_build", "uv_build", '[tool.uv.build-backend]\nmodule-root = ""\n'),
    "pdm-backend": ("pdm-backend", "pdm.backend", "[tool.pdm]\ndistribution = true\n"),
}


def backend_project(bench: Workbench, backend: str, dependency: str = "") -> None:
    requires, module, more = BACKENDS[backend]
    bench.write(
        "my-lib/pyproject.toml",
        f'[build-system]\nrequires = ["{requires}"]\nbuild-backend = "{module}"\n\n[project]\n'
        f'name = "my-lib"\nversion = "1.0"\ndescription = "A test"\nrequires-python = ">=3.11"\n'
        f"dependencies = [{dependency}]\n{more}",
    )
    bench.write("my-lib/my_lib/__init__.py", '"""A test."""\n\n__version__ = "1.0"\n')
    bench.commit("my-lib", "v1.0")


def index_files(bench: Workbench, project: str) -> dict[str, bytes]:
    folder = bench.root / ".railrel" / "index" / "simple" / project
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.suffix in (".whl", ".gz")}


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_path_dependency_is_published_as_a_range_by_every_backend(
    bench: Workbench, backend: str
) -> None:
    bench.library("issue-core", "0.2.3")
    backend_project(
        bench, backend, "\"issue-core[mail] @ ../issue-core ; sys_platform == 'linux'\""
    )
    before = bench.snapshot(bench.root / "my-lib")

    result = bench.railrel("publish", "my-lib")

    assert result.code == 0, result.err
    assert bench.snapshot(bench.root / "my-lib") == before
    files = index_files(bench, "my-lib")
    wheel = next(bench.root.rglob("my_lib-1.0-*.whl"))
    sdist = next(bench.root.rglob("my_lib-1.0.tar.gz"))
    assert set(files) == {wheel.name, sdist.name}
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = archive.read("my_lib-1.0.dist-info/METADATA").decode()
    with tarfile.open(sdist) as opened:
        info = opened.extractfile("my_lib-1.0/PKG-INFO")
        in_sdist = info.read().decode() if info else ""
    for text in (in_wheel, in_sdist):
        line = next(part for part in text.splitlines() if part.startswith("Requires-Dist:"))
        plain = line.replace(" ", "").replace("(", "").replace(")", "").replace('"', "'")
        assert plain in {
            "Requires-Dist:issue-core[mail]>=0.2,<0.3;sys_platform=='linux'",
            "Requires-Dist:issue-core[mail]<0.3,>=0.2;sys_platform=='linux'",
        }


@pytest.mark.parametrize("backend", BACKENDS)
def test_extras_markers_exclusions_and_odd_spellings_reach_the_metadata_of_every_backend(
    bench: Workbench, backend: str
) -> None:
    bench.library("issue-core", "0.2.3")
    backend_project(bench, backend, "\"issue-core[mail]>=0.2.1,!=0.2.2 ; sys_platform == 'linux'\"")
    path = bench.root / "my-lib" / "pyproject.toml"
    text = path.read_text().replace(
        "\ndependencies", '\noptional-dependencies.more = ["Issue_Core"]\ndependencies'
    )
    table = (
        '[tool.poetry.dependencies]\nissue-core = { path = "../issue-core", develop = true }\n'
        if backend == "poetry-core"
        else '[tool.uv.sources]\nISSUE-core = { path = "../issue-core", editable = true }\n'
    )
    path.write_text(text + table)
    bench.commit("my-lib", "v1.0")

    result = bench.railrel("publish", "my-lib")

    assert result.code == 0, result.err
    index_files(bench, "my-lib")
    wheel = inspect(next(bench.root.rglob("my_lib-1.0-*.whl")))
    sdist = inspect(next(bench.root.rglob("my_lib-1.0.tar.gz")))
    wanted = {
        Requirement("issue-core[mail]>=0.2.1,!=0.2.2 ; sys_platform == 'linux'"),
        Requirement("issue-core>=0.2,<0.3 ; extra == 'more'"),
    }
    for file in (wheel, sdist):
        assert {Requirement(r) for r in file.metadata["requires_dist"]} == wanted


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_same_commit_gives_the_same_bytes_in_another_clone(
    bench: Workbench, backend: str
) -> None:
    backend_project(bench, backend)
    assert bench.railrel("publish", "my-lib").code == 0
    first = index_files(bench, "my-lib")
    time.sleep(1.1)  # archives count whole seconds

    clone = bench.root.parent / "another clone" / "my-lib"
    bench.call(["git", "clone", "-q", str(bench.root / "my-lib"), str(clone)])
    other = ("publish", "--rebuild", "--registry", str(bench.root / "other"))
    result = bench.railrel("-C", str(clone), *other)

    assert result.code == 0, result.err
    again = (bench.root / "other" / "simple" / "my-lib").glob("my_lib*")
    assert {p.name: p.read_bytes() for p in again} == first


def test_a_version_from_git_is_built_without_git(bench: Workbench) -> None:
    bench.write(
        "my-lib/pyproject.toml",
        """\
        [build-system]
        requires = ["hatchling", "hatch-vcs"]
        build-backend = "hatchling.build"

        [project]
        name = "my-lib"
        dynamic = ["version"]

        [tool.hatch.version]
        source = "vcs"
        """,
    )
    bench.write("my-lib/my_lib/__init__.py", "")
    bench.commit("my-lib", "v3.1.4")

    result = bench.railrel("publish", "my-lib")

    assert result.code == 0, result.err
    assert "my_lib-3.1.4-py2.py3-none-any.whl" in index_files(bench, "my-lib")


def test_a_failing_build_shows_the_backends_own_words_and_code_6(bench: Workbench) -> None:
    bench.library(more='readme = "MISSING.md"\n')
    bench.commit("issue-core", "v0.2.3")

    result = bench.railrel("publish", "issue-core")

    assert result.code == 6
    assert "MISSING.md" in result.err


def test_requirements_that_nobody_can_install_end_in_code_6(bench: Workbench) -> None:
    bench.write(
        "my-lib/pyproject.toml",
        '[build-system]\nrequires = ["no-such-project-of-railrel-tests"]\n'
        'build-backend = "x"\n[project]\nname = "my-lib"\nversion = "1.0"\n',
    )
    bench.commit("my-lib", "v1.0")

    result = bench.railrel("publish", "my-lib")

    assert result.code == 6
    assert "no-such-project-of-railrel-tests" in result.err


def test_build_requirements_come_from_the_index_that_pip_is_told_of(
    bench: Workbench, tmp_path: Path
) -> None:
    bench.library()
    bench.commit("issue-core", "v0.2.3")
    mirror = tmp_path / "mirror" / "simple" / "hatchling"
    mirror.mkdir(parents=True)
    (mirror / "index.html").write_text("<!DOCTYPE html><html><body></body></html>")
    having = replace(bench, cache=tmp_path / "cache")

    with serving(tmp_path / "mirror") as url:
        named = having.having(PIP_INDEX_URL=f"{url}/simple/").railrel("publish", "issue-core")
        (bench.home / ".config" / "pip").mkdir(parents=True)
        (bench.home / ".config" / "pip" / "pip.conf").write_text(
            f"[global]\nindex-url = {url}/simple/\n"
        )
        configured = having.railrel("publish", "issue-core")

    # The mirror has nothing, so that only somebody who asks elsewhere as well could succeed.
    assert (named.code, configured.code) == (6, 6)
    assert "hatchling" in named.err
    assert "hatchling" in configured.err


def test_no_build_sees_what_publishes(bench: Workbench) -> None:
    bench.write(
        "my-lib/pyproject.toml",
        """\
        [build-system]
        requires = ["setuptools"]
        build-backend = "backend"
        backend-path = ["."]

        [project]
        name = "my-lib"
        version = "1.0"
        """,
    )
    bench.write(
        "my-lib/backend.py",
        """\
        import os
        from setuptools.build_meta import *

        raise SystemExit("sees " + " ".join(sorted(os.environ)))
        """,
    )
    bench.commit("my-lib", "v1.0")
    marked = {
        "RAILREL_TOKEN": "marked-secret",
        "RAILREL_FORGE_TOKEN": "marked-secret",
        "GITHUB_TOKEN": "marked-secret",
        "TWINE_PASSWORD": "marked-secret-2",
        "HARMLESS": "1",
    }

    result = bench.having(**marked).railrel("publish", "my-lib")

    assert result.code == 6
    assert "HARMLESS" in result.err
    assert not [name for name in marked if name != "HARMLESS" and name in result.err]


def test_what_git_ignores_is_not_published(bench: Workbench) -> None:
    bench.library()
    bench.write("issue-core/.gitignore", "*.key\n")
    bench.write("issue-core/issue_core/private.key", "marked-secret")
    bench.commit("issue-core", "v0.2.3")

    assert bench.railrel("publish", "issue-core").code == 0

    with zipfile.ZipFile(next(bench.root.rglob("*.whl"))) as archive:
        assert not [n for n in archive.namelist() if n.endswith(".key")]


def test_a_link_to_a_folder_brings_what_git_knows_there_and_nothing_that_it_ignores(
    bench: Workbench,
) -> None:
    bench.write("shared/data.txt", "shared")
    bench.write("shared/local_settings.txt", "of one machine")
    bench.write("shared/.gitignore", "local_settings.txt\n")
    bench.commit("shared")
    bench.library("issue-core", "0.2.3")
    (bench.root / "issue-core" / "issue_core" / "shared").symlink_to("../../shared")
    bench.commit("issue-core", "v0.2.3")

    result = bench.railrel("publish", "issue-core")

    assert result.code == 0, result.err
    with zipfile.ZipFile(next(bench.root.rglob("*.whl"))) as archive:
        names = archive.namelist()
    assert "issue_core/shared/data.txt" in names
    assert "issue_core/shared/local_settings.txt" not in names


def linked(bench: Workbench, target: str) -> Path:
    """A project at its tag, with a link to what lies beside it."""
    bench.library("issue-core", "0.2.3")
    link = bench.root / "issue-core" / "issue_core" / "shared"
    link.symlink_to(f"../../{target}")
    bench.commit("issue-core", "v0.2.3")
    return link


@pytest.mark.parametrize("target", ["shared", "shared/data.txt"])
def test_changes_behind_a_link_that_no_commit_holds_are_refused_as_one_s_own(
    bench: Workbench, target: str
) -> None:
    bench.write("shared/data.txt", "committed")
    bench.commit("shared")
    link = linked(bench, target)
    bench.write("shared/data.txt", "not committed")

    refused = bench.railrel("publish", "issue-core")
    allowed = bench.railrel("publish", "issue-core", "--allow-dirty")

    assert refused.code == ExitCode.REFUSED
    assert "issue_core/shared leads to changes that no commit holds: data.txt" in refused.err
    assert f"at: {link}" in refused.err
    assert "hint: commit it there, or add --allow-dirty" in refused.err
    assert allowed.code == 0, allowed.err


def test_changes_beside_what_a_link_leads_to_are_in_nobody_s_way(bench: Workbench) -> None:
    bench.write("shared/data.txt", "committed")
    bench.commit("shared")
    linked(bench, "shared/data.txt")
    bench.write("shared/other.txt", "not committed")

    result = bench.railrel("publish", "issue-core")

    assert result.code == 0, result.err


def test_a_link_to_what_is_in_no_repository_is_refused(bench: Workbench) -> None:
    bench.write("shared/data.txt", "of nobody knows when")
    linked(bench, "shared")

    refused = bench.railrel("publish", "issue-core")

    assert refused.code == ExitCode.REFUSED
    assert "issue_core/shared leads to what is in no git repository" in refused.err


def test_a_link_out_of_the_workspace_is_refused(bench: Workbench, tmp_path: Path) -> None:
    bench.library()
    (tmp_path / "elsewhere.txt").write_text("private")
    (bench.root / "issue-core" / "issue_core" / "data.txt").symlink_to(tmp_path / "elsewhere.txt")
    bench.commit("issue-core", "v0.2.3")

    result = bench.railrel("publish", "issue-core")

    assert result.code == 4
    assert "leads out of the workspace" in result.err
