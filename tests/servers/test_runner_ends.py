"""Nothing of a runner is left, however it ends: no process of its jobs, no entry in Gitea."""

import os
import pickle
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.apart import can_be_apart
from tests.servers.gitea import Gitea
from tests.servers.pushed import TAG, push_jobs
from tests.servers.repositories import make_repository
from tests.servers.runner import runner
from tests.waiting import eventually

REPOSITORY = Path(__file__).parents[2]


def test_a_job_that_takes_too_long_is_ended_with_all_that_it_started(
    gitea: Gitea, tmp_path: Path
) -> None:
    owner = gitea.make_public_organisation()
    repository = make_repository(gitea, owner)
    mark = f"3{secrets.randbelow(10**9):09}"
    push_jobs(
        repository,
        tmp_path,
        f"""\
        release:
          runs-on: ubuntu-latest
          steps: [{{run: "setsid sleep {mark} & sleep {mark}"}}]
        """,
    )

    with runner(gitea, owner=owner, seconds=3) as started:
        run = started.wait_for(repository, "release.yml", TAG, expect="failure")

    assert "the job was killed after 3 s" in run.log
    eventually(lambda: not any(mark in line for line in commands()), "the end of all")


@pytest.mark.skipif(
    not can_be_apart(), reason="only root's jobs end with a test run that is killed"
)
def test_a_job_ends_with_a_test_run_that_is_killed(gitea: Gitea, tmp_path: Path) -> None:
    owner = gitea.make_public_organisation()
    repository = make_repository(gitea, owner)
    mark = f"3{secrets.randbelow(10**9):09}"
    push_jobs(
        repository,
        tmp_path,
        f"""\
        release:
          runs-on: ubuntu-latest
          steps: [{{run: "setsid sleep {mark} & sleep {mark}"}}]
        """,
    )
    code = (
        "import pickle, sys\n"
        "from pathlib import Path\n"
        "runner = pickle.loads(Path(sys.argv[1]).read_bytes())\n"
        "while not runner.run_one(): pass\n"
    )

    with runner(gitea, owner=owner) as started:
        pickled = tmp_path / "runner"
        pickled.write_bytes(pickle.dumps(started))
        with subprocess.Popen(
            [sys.executable, "-c", code, str(pickled)],
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        ) as test_run:
            eventually(lambda: any(f"sleep\0{mark}" in line for line in commands()), "the job")
            test_run.kill()

    eventually(lambda: not any(mark in line for line in commands()), "the job's end")


def test_nobody_runs_jobs_once_the_runner_is_gone(gitea: Gitea) -> None:
    owner = gitea.make_public_organisation()
    with runner(gitea, owner=owner):
        assert len(runners(gitea, owner)) == 1
    assert runners(gitea, owner) == []


def runners(gitea: Gitea, owner: str) -> list[object]:
    found: list[object] = gitea.ask("GET", f"/orgs/{owner}/actions/runners").json()["runners"]
    return found


def commands() -> Iterator[str]:
    """The command lines of all processes."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_text(errors="replace")
        except OSError:
            continue
