"""`kill -9` at any moment, then the same command again: the same end as without the kill."""

import contextlib
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tests.dying import AT_THE_NTH_CALL, COUNT_SYSTEM_CALLS, RUN_RAILREL
from tests.servers.gitea import Gitea
from tests.waiting import eventually
from tests.workbench import IMPORTABLE, Workbench


def kill_after(bench: Workbench, seconds: float, *argv: str) -> int:
    """Start a command and kill it and its children after a while; its exit code."""
    process = bench.start(*argv)
    time.sleep(seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait(60)


def duration(bench: Workbench, *argv: str) -> float:
    """How long the command takes here and now."""
    started = time.monotonic()
    assert bench.start(*argv).wait(120) == 0
    return time.monotonic() - started


def strays(bench: Workbench) -> list[str]:
    """What a killed run left where the user would see it."""
    return [p.name for p in bench.root.rglob("*") if "railrel-" in p.name]


@pytest.fixture
def chance() -> random.Random:
    return random.Random(20260102)  # noqa: S311 -- the same moments each time


SUICIDAL = AT_THE_NTH_CALL + COUNT_SYSTEM_CALLS + RUN_RAILREL


def killed_at_each_step(
    bench: Workbench, before: dict[str, bytes], done: dict[str, bytes], command: tuple[str, ...]
) -> None:
    """Kill a command that edits files at one step after the other; each next run ends as `done`."""
    for moment in range(1, 100):
        for name, data in before.items():
            (bench.root / name).write_bytes(data)
        shutil.rmtree(bench.root / ".railrel" / "undo")
        argv = [sys.executable, "-c", SUICIDAL, str(moment), *command]
        environment = {**bench.environment, **IMPORTABLE}
        killed = subprocess.run(
            argv, cwd=bench.root, env=environment, capture_output=True, timeout=60, check=False
        )

        again = bench.railrel(*command)

        assert again.code == 0, again.err
        assert bench.snapshot() == done
        assert strays(bench) == []
        if killed.returncode == 0:
            assert moment > 12, "the loop must have met real steps"
            return
        assert killed.returncode == -signal.SIGKILL, killed.stderr
    pytest.fail("the command never came to its end")


def test_fix_deps_killed_at_each_step_and_run_again_ends_as_if_undisturbed(
    bench: Workbench,
) -> None:
    bench.library()
    for n in range(2):
        bench.library(f"app-{n}", "1.0", 'dependencies = ["issue-core @ ../issue-core"]\n')
    before = bench.snapshot()
    command = ("fix-deps", "--offline", "--all")
    assert bench.railrel(*command).code == 0
    done = bench.snapshot()

    killed_at_each_step(bench, before, done, command)


def test_index_killed_at_each_step_and_run_again_ends_as_if_undisturbed(bench: Workbench) -> None:
    url = "https://git.example.com/api/packages/acme/pypi"
    bench.write("railrel.toml", f'registry = "{url}"\n')
    bench.library()
    for n in range(2):
        more = 'dependencies = ["issue-core>=0.2"]\n[tool.uv]\n[tool.pdm]\n'
        bench.library(f"app-{n}", "1.0", more)
    before = bench.snapshot()
    command = ("index", "app-0", "app-1", "--offline")
    assert bench.railrel(*command).code == 0
    done = bench.snapshot()

    killed_at_each_step(bench, before, done, command)


def test_a_patch_of_values_killed_at_each_step_and_run_again_ends_as_if_undisturbed(
    bench: Workbench,
) -> None:
    bench.library()
    before = "# ours\ngitea: {}\n"
    values = bench.write("values.yaml", before)
    patch = ["helm-values", "--url", "https://git.example.com/", "--patch", "values.yaml"]
    assert bench.railrel(*patch).code == 0
    done = values.read_text()

    for moment in range(1, 100):
        values.write_text(before)
        killed = subprocess.run(
            [sys.executable, "-c", SUICIDAL, str(moment), *patch],
            cwd=bench.root,
            env={**bench.environment, **IMPORTABLE},
            capture_output=True,
            timeout=60,
            check=False,
        )

        assert values.read_text() in (before, done)
        assert bench.railrel(*patch).code == 0
        assert values.read_text() == done
        assert strays(bench) == []
        if killed.returncode == 0:
            assert moment > 5, "the loop must have met real steps"
            return
        assert killed.returncode == -signal.SIGKILL, killed.stderr
    pytest.fail("the command never came to its end")


def test_publish_to_the_local_index(bench: Workbench, chance: random.Random) -> None:
    bench.library()
    bench.commit("issue-core", "v0.2.3")
    command = ("publish", "issue-core")
    assert bench.start(*command).wait(120) == 0  # makes the build environment
    whole = duration(bench, *command)
    index = bench.root / ".railrel" / "index"
    done = bench.snapshot(index)

    for _ in range(20):
        for path in sorted(index.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        kill_after(bench, chance.uniform(0.2, 1.0) * whole, *command)

        assert bench.start(*command).wait(120) == 0
        assert bench.snapshot(index) == done


def test_publish_to_gitea(bench: Workbench, gitea: Gitea, chance: random.Random) -> None:
    having = bench.having(RAILREL_REGISTRY=gitea.registry(), RAILREL_TOKEN=gitea.tokens["publish"])
    first = f"killed-{secrets.token_hex(4)}"
    bench.library(first, "1.0")
    bench.commit(first, "v1.0")
    assert having.start("publish", first).wait(120) == 0
    whole = duration(having, "publish", first)
    done = gitea.files(first, "1.0")
    seen: set[int] = set()

    for _ in range(15):
        gitea.delete(first, "1.0")
        code = kill_after(having, chance.uniform(0.5, 1.05) * whole, "publish", first)
        if code == 0:
            # It takes less by now, as where somebody else was at work on this machine before.
            whole *= 0.8
        seen.add(len(gitea.files(first, "1.0")))

        assert having.start("publish", first).wait(120) == 0
        assert gitea.files(first, "1.0") == done

    assert len(done) == 2
    assert 0 in seen


def test_what_killed_builds_leave_in_the_cache_is_swept_by_the_next(bench: Workbench) -> None:
    bench.library()
    bench.commit("issue-core", "v0.2.3")
    command = ("publish", "issue-core", "--dry-run", "--rebuild")
    # The first makes the build environment too, which takes longer than all that follows.
    duration(bench, *command)
    whole = duration(bench, *command)
    for part in (0.4, 0.5, 0.6, 0.7, 0.8):
        kill_after(bench, part * whole, *command)
    builds = bench.cache / "railrel" / "builds"

    def swept() -> bool:
        assert bench.start(*command).wait(120) == 0
        return {p.name for p in builds.iterdir()} <= {"build-lock", "rebuild-lock"}

    # A backend outlives its killed starter by a moment, and nobody takes its folder from it.
    assert eventually(swept)
