"""Running one job by Gitea's own engine, on this machine, in scratch folders."""

import base64
import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.servers.apart import apart, can_be_apart
from tests.servers.built import finish
from tests.servers.runner.journal import Journal
from tests.servers.runner.payload import Payload, payload_of, values_in
from tests.servers.runner.service import VERSION, Outcome, Task
from tests.servers.running import tethered

CLONE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Engine:
    """Where jobs are run, and how."""

    program: Path
    url: str
    """Gitea's, without a slash at its end."""
    labels: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    """Of the jobs, beside what Gitea's context says."""
    seconds: float
    """A job that takes longer is killed, and has failed."""

    def run(self, task: Task) -> Outcome:
        """Run one job to its end. Nothing that it started is left when it was run apart."""
        started = datetime.now(UTC)
        place = self.folder / f"task-{task.id}"
        place.mkdir()
        payload = payload_of(task, place / "outputs")
        journal = Journal(payload)
        if self._clone(task, place / "clone", journal):
            argv = self._prepare(task, payload, place)
            in_time = self._start(argv, place)
            with (place / "log").open(encoding="utf-8", errors="replace") as log:
                journal.read(log)
            if not in_time:
                journal.say(f"the job was killed after {self.seconds:.0f} s")
        written = place / "outputs"
        outputs = values_in(written.read_bytes(), payload) if written.exists() else {}
        # Not the exit code: that is a failure for needed jobs that failed, too.
        result = journal.result or "failure"
        steps = tuple(journal.steps())
        return Outcome(result, tuple(journal.rows), steps, outputs, started, datetime.now(UTC))

    def _clone(self, task: Task, folder: Path, journal: Journal) -> bool:
        """What `uses: ./…` and `actions/checkout` are answered from."""
        secret = base64.b64encode(f"x:{task.says('token')}".encode()).decode()
        environment = {
            **self.environment,
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "http.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {secret}",
        }
        url = f"{self.url}/{task.says('repository')}.git"
        for argv in (
            ["git", "clone", "--quiet", "--no-checkout", url, str(folder)],
            ["git", "-C", str(folder), "fetch", "--quiet", "origin", task.says("sha")],
            ["git", "-C", str(folder), "checkout", "--quiet", "--detach", task.says("sha")],
        ):
            done = finish(argv, environment, seconds=CLONE_SECONDS, check=False)
            if done.code:
                journal.say(f"the runner cannot clone the repository: {done.output}")
                return False
        return True

    def _prepare(self, task: Task, payload: Payload, place: Path) -> Sequence[str]:
        event = task.context.get("event") or {}
        # JSON is YAML, and the engine reads YAML where a file is called so: its own format of
        # such files would take dollars and line ends in a secret for something else.
        files: Mapping[str, str] = {
            "workflow.yml": payload.workflow,
            "event.json": json.dumps(event),
            "secrets.yml": json.dumps(dict(task.secrets)),
            "variables.yml": json.dumps(dict(task.variables)),
            "environment.yml": json.dumps(self._context(task)),
            "inputs.yml": "{}",
        }
        for name, text in files.items():
            (place / name).write_text(text, encoding="utf-8")
        return [
            str(self.program), task.says("event_name"), "--json", "--job", payload.job,
            "--directory", str(place / "clone"), "--workflows", str(place / "workflow.yml"),
            *(flag for label in self.labels for flag in ("--platform", f"{label}=-self-hosted")),
            "--eventpath", str(place / "event.json"), "--actor", task.says("actor"),
            "--secret-file", str(place / "secrets.yml"),
            "--var-file", str(place / "variables.yml"),
            "--env-file", str(place / "environment.yml"),
            "--input-file", str(place / "inputs.yml"),
            "--github-instance", self.url, "--no-cache-server", "--container-daemon-socket", "-",
        ]  # fmt: skip

    def _context(self, task: Task) -> Mapping[str, str]:
        """What the engine would otherwise guess from the clone."""
        return {
            "GITHUB_REPOSITORY": task.says("repository"),
            "GITHUB_REPOSITORY_OWNER": task.says("repository_owner"),
            "GITHUB_REF": task.says("ref"),
            "GITHUB_REF_NAME": task.says("ref_name"),
            "GITHUB_REF_TYPE": task.says("ref_type"),
            "GITHUB_BASE_REF": task.says("base_ref"),
            "GITHUB_HEAD_REF": task.says("head_ref"),
            # The engine's own name for the commit.
            "SHA_REF": task.says("sha"),
            "GITHUB_RUN_ID": task.says("run_id"),
            "GITHUB_RUN_NUMBER": task.says("run_number"),
            # Gitea's own has a slash at its end; a runner says the address that it was given.
            "GITHUB_SERVER_URL": self.url,
            "GITEA_ACTIONS": "true",
            "GITEA_ACTIONS_RUNNER_VERSION": VERSION,
        }

    def _start(self, argv: Sequence[str], place: Path) -> bool:
        """Run the engine; whether it ended in time."""
        with (place / "log").open("wb") as log:
            process = subprocess.Popen(
                tethered(apart(argv) if can_be_apart() else argv),
                cwd=place,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                process.wait(self.seconds)
            except subprocess.TimeoutExpired:
                return False
            finally:
                # Also what a job left in the background, where it could not be run apart.
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        return True
