"""A runner for the tests: `with runner(gitea) as r: r.wait_for(repository, "release.yml", ref)`.

It runs jobs only while somebody waits for a run, one after the other: nothing of it goes on in the
background, and nothing is left at its end.
"""

import contextlib
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.servers.gitea import Gitea
from tests.servers.missing import need
from tests.servers.repositories import Json, Repository
from tests.servers.runner.engine import Engine
from tests.servers.runner.machine import environment_of_jobs
from tests.servers.runner.service import Result, Service, Step, register

LABELS = ("ubuntu-latest",)
JOB_SECONDS = 600.0
# How soon after a push, or after the job before it, a job must be there; and how many there may be.
COMING_SECONDS = 20.0
MOST_JOBS = 20


@dataclass(frozen=True, slots=True)
class Run:
    """A workflow run that is over."""

    id: int
    result: str
    """`success`, `failure`, `cancelled` or `skipped`."""
    jobs: Mapping[str, str]
    """How each of its jobs ended, by name."""
    log: str
    """Of all its jobs, as Gitea keeps it, without the times."""
    steps: tuple[Step, ...]
    """Of all its jobs, as they were sent: Gitea's API does not tell how each ended."""

    def result_of(self, step: str) -> Result:
        """How the step of this name ended."""
        (found,) = [each.result for each in self.steps if each.name == step]
        return found


@dataclass(frozen=True, slots=True)
class Runner:
    """A runner that Gitea knows."""

    service: Service
    engine: Engine
    ran: dict[str, dict[str, tuple[Step, ...]]] = field(default_factory=dict)
    """The steps of what it has run: by the run's id, then by the job as it was sent."""

    def wait_for(
        self,
        repository: Repository,
        workflow: str,
        ref: str,
        *,
        expect: Result | None = "success",
        after: Run | None = None,
    ) -> Run:
        """Run jobs until the newest run of this workflow for this ref is over.

        The ref is in full: `refs/tags/v1`. The test fails with the log if the run ends otherwise
        than expected; `None` expects nothing. With `after` the run must be a newer one than that.
        """
        jobs, last = 0, time.monotonic()
        while True:
            if self.run_one():
                jobs, last = jobs + 1, time.monotonic()
                assert jobs <= MOST_JOBS, f"{workflow} has more than {MOST_JOBS} jobs"
                continue
            runs = repository.runs(workflow, ref)
            newer = [run for run in runs if after is None or int(str(run["id"])) > after.id]
            if newer and _is_over(repository, newer[0]):
                return self._over(repository, newer[0], expect)
            if time.monotonic() > last + COMING_SECONDS:
                pytest.fail(_nothing_comes(repository, workflow, ref, newer))
            time.sleep(0.1)

    def run_one(self) -> bool:
        """Run the next job, if one waits; whether one did."""
        task = self.service.fetch()
        if task is None:
            return False
        outcome = self.engine.run(task)
        self.ran.setdefault(task.says("run_id"), {})[task.workflow] = outcome.steps
        self.service.finish(task, outcome)
        return True

    def _over(self, repository: Repository, found: Json, expect: Result | None) -> Run:
        jobs = repository.jobs(found["id"])
        steps = [step for ran in self.ran.get(str(found["id"]), {}).values() for step in ran]
        run = Run(
            id=int(str(found["id"])),
            result=str(found["conclusion"]),
            jobs={str(job["name"]): str(job["conclusion"]) for job in jobs},
            log="\n".join(repository.log(job["id"]) for job in jobs),
            steps=tuple(steps),
        )
        if expect and run.result != expect:
            pytest.fail(f"{found['path']}: {run.result}, not {expect}\n{run.log}", pytrace=False)
        return run


@contextlib.contextmanager
def runner(
    gitea: Gitea,
    labels: Sequence[str] = LABELS,
    *,
    owner: str | None = None,
    environment: Mapping[str, str] | None = None,
    cache: Path | None = None,
    seconds: float = JOB_SECONDS,
) -> Iterator[Runner]:
    """Register a runner with Gitea, for all repositories or for those of one organisation.

    Jobs may have more in their environment, such as what reaches an image builder, a cache that
    outlives the runner, and so many seconds each; the home is always their own.
    """
    program = need("act")
    name = f"runner-{secrets.token_hex(4)}"
    folder = gitea.folder / name
    found = environment_of_jobs(folder, cache, environment or {})
    scope = f"/orgs/{owner}" if owner else "/admin"
    made = gitea.ask("POST", f"{scope}/actions/runners/registration-token").raise_for_status()
    service = register(gitea.url, name, made.json()["token"], labels)
    service.declare(labels)
    try:
        yield Runner(service, Engine(program, gitea.url, tuple(labels), folder, found, seconds))
    finally:
        gitea.ask("DELETE", f"{scope}/actions/runners/{service.id}").raise_for_status()


def _is_over(repository: Repository, run: Json) -> bool:
    # A run is said to be completed for half a second while jobs that need the failed one wait.
    done = [job["status"] == "completed" for job in repository.jobs(run["id"])]
    return run["status"] == "completed" and all(done)


def _nothing_comes(repository: Repository, workflow: str, ref: str, runs: Sequence[Json]) -> str:
    waited = f"{repository.path}: nothing came for {COMING_SECONDS:.0f} s"
    if not runs:
        listed = repository.ask("GET", "/actions/runs").json()["workflow_runs"]
        there = [run["path"] for run in listed] or "none"
        return f"{waited}; no run of {workflow} for {ref}. There are: {there}"
    jobs = [f"{job['name']}: {job['status']}" for job in repository.jobs(runs[0]["id"])]
    return f"{waited}; the run of {workflow} is {runs[0]['status']}: {jobs}"
