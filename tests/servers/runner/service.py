"""The runner's side of Gitea's protocol: Connect, as JSON over HTTP.

The messages are those of `runner/v1/messages.proto` in code.gitea.io/actions-proto-go.
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import httpx

SECONDS = 30
# What this bridge was held against; Gitea asks for nothing newer.
VERSION = "v0.2.13"

Result = Literal["success", "failure", "cancelled", "skipped"]
Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Need:
    """How a job ended that another one needs."""

    result: Result
    outputs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Task:
    """One job to run."""

    id: int
    workflow: str
    """YAML, of this one job; a matrix is cut to one."""
    context: Json
    """The `github` context; `token` is the job's own."""
    secrets: Mapping[str, str]
    variables: Mapping[str, str]
    needs: Mapping[str, Need]

    def says(self, name: str) -> str:
        """A text of the context."""
        return str(self.context.get(name) or "")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a log."""

    time: datetime
    content: str


@dataclass(frozen=True, slots=True)
class Step:
    """How a step ended, and which rows of its job's log are its."""

    name: str
    result: Result
    first: int
    rows: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended."""

    result: Result
    rows: tuple[Row, ...]
    steps: tuple[Step, ...]
    outputs: Mapping[str, str]
    started: datetime
    stopped: datetime


@dataclass(frozen=True, slots=True)
class Service:
    """A runner that Gitea knows."""

    url: str
    id: int
    credentials: Mapping[str, str]

    def declare(self, labels: Sequence[str]) -> None:
        """Say which labels it serves. They are bare names: with `:host` Gitea hands out nothing."""
        self._call("Declare", {"version": VERSION, "labels": list(labels)})

    def fetch(self) -> Task | None:
        """The next job for it, if one waits."""
        # Zero is never the newest version, so Gitea always looks.
        answer = self._call("FetchTask", {"tasksVersion": "0"})
        found = answer.get("task")
        return _task(found) if isinstance(found, dict) else None

    def finish(self, task: Task, outcome: Outcome) -> None:
        """Send the whole log, then how the job ended."""
        rows = [{"time": _time(row.time), "content": row.content} for row in outcome.rows]
        log = {"taskId": str(task.id), "index": "0", "rows": rows, "noMore": True}
        self._call("UpdateLog", log)
        state = {
            "id": str(task.id),
            "result": _sent(outcome.result),
            "startedAt": _time(outcome.started),
            "stoppedAt": _time(outcome.stopped),
            "steps": [_state(number, step, outcome) for number, step in enumerate(outcome.steps)],
        }
        self._call("UpdateTask", {"state": state, "outputs": dict(outcome.outputs)})

    def _call(self, method: str, message: Json) -> Json:
        return call(self.url, method, message, self.credentials)


def register(url: str, name: str, token: str, labels: Sequence[str]) -> Service:
    """Make a runner known to Gitea with a registration token."""
    wanted = {"name": name, "token": token, "version": VERSION, "labels": list(labels)}
    made = call(url, "Register", wanted).get("runner")
    if not isinstance(made, dict):
        raise TypeError("Gitea registered no runner")
    credentials = {"x-runner-uuid": str(made["uuid"]), "x-runner-token": str(made["token"])}
    return Service(url, int(made["id"]), credentials)


def call(url: str, method: str, message: Json, headers: Mapping[str, str] | None = None) -> Json:
    """Call a method of the service. `RuntimeError` tells what Gitea did not like."""
    answer = httpx.post(
        f"{url}/api/actions/runner.v1.RunnerService/{method}",
        json=message,
        headers=dict(headers or {}),
        timeout=SECONDS,
        trust_env=False,
    )
    if not answer.is_success:
        raise RuntimeError(f"{method}: {answer.status_code} {answer.text[:500]}")
    found: dict[str, object] = answer.json()
    return found


def _task(message: Json) -> Task:
    needs = {name: _need(each) for name, each in _table(message, "needs").items()}
    return Task(
        id=int(str(message["id"])),
        workflow=base64.b64decode(str(message["workflowPayload"])).decode(),
        context=_table(message, "context"),
        secrets=_texts(message, "secrets"),
        variables=_texts(message, "vars"),
        needs=needs,
    )


def _need(message: object) -> Need:
    if not isinstance(message, dict):
        raise TypeError(f"no need of a job: {message!r}")
    result = _RECEIVED[str(message.get("result"))]
    return Need(result, _texts(message, "outputs"))


_RECEIVED: Mapping[str, Result] = {
    "RESULT_SUCCESS": "success",
    "RESULT_FAILURE": "failure",
    "RESULT_CANCELLED": "cancelled",
    "RESULT_SKIPPED": "skipped",
}


def _sent(result: Result) -> str:
    return f"RESULT_{result.upper()}"


def _state(number: int, step: Step, outcome: Outcome) -> Json:
    return {
        "id": str(number),
        "result": _sent(step.result),
        "startedAt": _time(outcome.started),
        "stoppedAt": _time(outcome.stopped),
        "logIndex": str(step.first),
        "logLength": str(step.rows),
    }


def _time(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _table(message: Json, key: str) -> Json:
    found = message.get(key) or {}
    if not isinstance(found, dict):
        raise TypeError(f"{key} is no table: {found!r}")
    return found


def _texts(message: Json, key: str) -> Mapping[str, str]:
    return {name: str(value) for name, value in _table(message, key).items()}
