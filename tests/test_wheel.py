"""What is in our own wheel, and that it works where no checkout is."""

import sys
import tarfile
import zipfile

import pytest

from tests.workbench import REPOSITORY, Workbench

SOURCE = REPOSITORY / "release"

pytestmark = pytest.mark.skipif(not SOURCE.is_dir(), reason="only the wheel is here, no checkout")


def test_the_wheel_holds_the_package_whole_and_nothing_else(bench: Workbench) -> None:
    bench.uv("build", "--quiet", "--out-dir", str(bench.root), str(REPOSITORY))

    with zipfile.ZipFile(next(bench.root.glob("*.whl"))) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
        metadata = next(n for n in archive.namelist() if n.endswith("METADATA"))
        assert "License-Expression: MIT" in archive.read(metadata).decode()
    data = {
        f"railrel/{path.relative_to(REPOSITORY).as_posix()}"
        for path in (REPOSITORY / "pipelines").rglob("*")
        if path.is_file()
    }
    assert inside == data | {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert not any(name.endswith(".py") for name in data), "it would break editable installs"
    with tarfile.open(next(bench.root.glob("*.tar.gz"))) as opened:
        tops = {name.split("/")[1] for name in opened.getnames() if name.count("/")}
    assert {
        "release",
        "pipelines",
        "tests",
        "docs",
        "examples",
        "pyproject.toml",
        "LICENSE",
    } <= tops
    assert not {".venv", "dist", ".git", "site"} & tops


def test_railrel_publishes_itself_and_runs_from_its_own_index(bench: Workbench) -> None:
    bench.call(["git", "clone", "-q", "--no-hardlinks", str(REPOSITORY), "railrel"])
    result = bench.railrel("publish", "railrel", "--no-tag")
    assert result.code == 0, result.err
    environment = bench.environment_folder("clean")
    variables = bench.railrel("env", "--json").json["variables"]
    assert isinstance(variables, dict)

    bench.uv("pip", "install", "--python", str(environment), "railrel", **variables)

    command = str(environment / "bin" / "railrel")
    assert bench.call([command, "--version"]).startswith("railrel, version 0.")
    bench.copy_examples()
    assert "issue-core (../issue-core)" in bench.call([command, "status"])
    assert bench.call([str(environment / "bin" / "python"), "-m", "railrel", "--version"])
    assert sys.executable != command
