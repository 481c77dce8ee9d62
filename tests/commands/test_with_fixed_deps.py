"""A command in a copy in which the dependencies are fixed; the tree is never touched."""

import os
import signal
import subprocess
import sys

from railrel.errors import ExitCode
from tests.waiting import eventually, until_there, wait_for
from tests.workbench import IMPORTABLE, Workbench

FILE = "vergabe-teilnahme/pyproject.toml"


def run(bench: Workbench, *argv: str, code: int = 0) -> str:
    """railrel as a process, whose command's output can be read."""
    bench.home.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "railrel", "with-fixed-deps", *argv],
        cwd=bench.root, env={**bench.environment, **IMPORTABLE}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def copies(bench: Workbench) -> list[str]:
    folder = bench.cache / "railrel" / "shadows"
    return sorted(p.name for p in folder.iterdir() if p.name != "shadow-lock")


def test_the_command_sees_ranges_and_the_tree_keeps_its_paths(bench: Workbench) -> None:
    bench.copy_examples()
    before = bench.snapshot()

    said = run(
        bench, "vergabe-teilnahme", "--", "sh", "-c",
        "cat pyproject.toml; basename $PWD; pwd; for f in *; do echo x > $f; done 2>/dev/null; true",
    )  # fmt: skip

    assert '"issue-core>=0.2,<0.3"' in said
    assert "../issue-core" not in said
    assert "\nvergabe-teilnahme\n" in said
    assert bench.snapshot() == before
    assert copies(bench) == []


def test_ignored_files_stay_behind(bench: Workbench) -> None:
    bench.copy_examples()
    bench.write("vergabe-teilnahme/.gitignore", "secret.env\n")
    bench.write("vergabe-teilnahme/secret.env", "x")
    bench.write("vergabe-teilnahme/.dockerignore", "tests\n*.md\n!README.md\nDockerfile\n")
    bench.write("vergabe-teilnahme/notes.md", "x")

    listed = run(bench, "vergabe-teilnahme", "--", "find", ".", "-type", "f").split()

    assert "./secret.env" not in listed
    assert "./notes.md" not in listed
    assert not any(name.startswith("./tests/") for name in listed)
    assert {"./README.md", "./Dockerfile", "./.dockerignore", "./manage.py"} <= set(listed)
    assert not any(name.startswith("./.git/") for name in listed)


def test_the_exit_code_is_the_command_s(bench: Workbench) -> None:
    bench.copy_examples()

    run(bench, "vergabe-teilnahme", "--", "sh", "-c", "exit 37", code=37)
    run(bench, "vergabe-teilnahme", "sh", "-c", "kill -9 $$", code=137)
    run(bench, "vergabe-teilnahme", "--", "no-such-program", code=ExitCode.USAGE)

    assert copies(bench) == []


def test_what_cannot_be_fixed_keeps_the_command_from_running(bench: Workbench) -> None:
    bench.write(
        "app/pyproject.toml",
        '[project]\nname = "app"\nversion = "1"\ndependencies = ["x @ ../nowhere"]\n',
    )

    said = run(bench, "app", "--", "touch", str(bench.root / "ran"), code=ExitCode.USAGE)

    assert "where no project is" in said
    assert not (bench.root / "ran").exists()


def test_a_member_of_a_uv_workspace_stands_alone_in_the_copy(bench: Workbench) -> None:
    bench.write("pyproject.toml", '[tool.uv.workspace]\nmembers = ["web", "lib"]\n')
    bench.write("railrel.toml", "")
    bench.write("lib/pyproject.toml", '[project]\nname = "lib"\nversion = "2.1"\n')
    bench.write(
        "web/pyproject.toml",
        '[project]\nname = "web"\nversion = "1"\ndependencies = ["lib"]\n'
        "[tool.uv.sources]\nlib = { workspace = true }\n",
    )

    said = run(bench, "web", "--", "cat", "pyproject.toml")

    assert 'dependencies = ["lib>=2.1,<3"]' in said
    assert "workspace" not in said


def test_a_version_that_only_tags_know_can_be_built_in_the_copy(bench: Workbench) -> None:
    bench.library("issue-core")
    bench.write(
        "app/pyproject.toml",
        '[project]\nname = "app"\ndynamic = ["version"]\ndependencies = ["issue-core @ ../issue-core"]\n'
        '[tool.hatch.version]\nsource = "vcs"\n',
    )
    bench.commit("app", "v3.1.4")

    assert "v3.1.4" in run(bench, "app", "--", "git", "describe", "--tags")


def test_a_dry_run_tells_what_would_be(bench: Workbench) -> None:
    bench.copy_examples()

    told = bench.railrel("with-fixed-deps", "-n", "vergabe-teilnahme", "--", "docker", "build", ".")
    report = bench.railrel(
        "with-fixed-deps", "--dry-run", "--json", "vergabe-teilnahme", "docker", "build", "."
    ).json
    refused = bench.railrel("with-fixed-deps", "--json", "vergabe-teilnahme", "true")

    assert "in the copy ../issue-core -> issue-core>=0.2,<0.3" in told.out
    assert report["command"] == ["docker", "build", "."]
    assert report["changed"] == ["pyproject.toml"]
    assert refused.code == ExitCode.USAGE


def test_killed_with_its_command_it_leaves_what_the_next_run_sweeps(bench: Workbench) -> None:
    bench.copy_examples()
    ready = bench.root / "ready"
    process = bench.start(
        "with-fixed-deps", "vergabe-teilnahme", "--", "sh", "-c", f"touch '{ready}'; sleep 60"
    )
    wait_for(ready)

    os.killpg(process.pid, signal.SIGKILL)
    process.wait(20)
    assert copies(bench) != []
    run(bench, "vergabe-teilnahme", "--", "true")

    assert copies(bench) == []


def test_a_copy_in_which_the_command_still_runs_is_not_swept_away(bench: Workbench) -> None:
    bench.copy_examples()
    ready, go = bench.root / "ready", bench.root / "go"
    process = bench.start(
        "with-fixed-deps", "vergabe-teilnahme", "--", "sh", "-c",
        f"touch '{ready}'; {until_there(go)}; cp manage.py '{bench.root}/still'",
    )  # fmt: skip
    wait_for(ready)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(20)

    run(bench, "vergabe-teilnahme", "--", "true")
    go.touch()

    wait_for(bench.root / "still")

    def swept() -> bool:
        run(bench, "vergabe-teilnahme", "--", "true")
        return copies(bench) == []

    # The file is there a moment before the command has ended.
    assert eventually(swept)
