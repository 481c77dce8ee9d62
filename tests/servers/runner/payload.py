"""The workflow that the engine is given for a task: its one job, and what the job needs. Pure."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.servers.runner.service import Need, Task

OUTPUT = "OUTPUT_OF_JOB_"
OUTPUTS_STEP = "outputs-of-job"


@dataclass(frozen=True, slots=True)
class Payload:
    """What the engine runs."""

    job: str
    workflow: str
    steps: Mapping[str, str]
    """Of the job: what each is called, by the id that the engine knows it by."""
    outputs: tuple[str, ...]
    """The names of the job's outputs, as an added last step leaves them in a file."""


def payload_of(task: Task, written: Path) -> Payload:
    """The outputs are to be written to this file."""
    # Everything stays a text as it was written: the engine reads YAML 1.2, where `on` is no truth.
    workflow = yaml.load(task.workflow, yaml.BaseLoader)  # noqa: S506 -- a safe loader
    ((name, job),) = workflow["jobs"].items()
    steps = _steps(job)
    outputs = tuple(job.get("outputs") or {}) if steps else ()
    if outputs:
        job["steps"].append(_outputs_step(job["outputs"], written))
    jobs = {need: _ended(job["runs-on"], how) for need, how in task.needs.items()}
    if jobs:
        job["needs"] = list(jobs)
    whole = {**workflow, "on": [task.says("event_name")], "jobs": {**jobs, name: job}}
    return Payload(name, json.dumps(whole, indent=1), steps, outputs)


def _steps(job: Mapping[str, object]) -> Mapping[str, str]:
    listed = job.get("steps") or []
    if not isinstance(listed, list):
        raise TypeError(f"no list of steps: {listed!r}")
    return {step.get("id") or str(number): _title(step) for number, step in enumerate(listed)}


def _title(step: Mapping[str, str]) -> str:
    named = step.get("name") or step.get("uses") or step.get("run") or ""
    return named.strip().partition("\n")[0]


def values_in(written: bytes, payload: Payload) -> Mapping[str, str]:
    """The outputs that the added step has written; those without a value are none."""
    lines = written.decode(errors="replace").split("\0")
    found = dict(line.split("=", 1) for line in lines if line.startswith(OUTPUT))
    values = {name: found.get(f"{OUTPUT}{n}", "") for n, name in enumerate(payload.outputs)}
    return {name: value for name, value in values.items() if value}


def _outputs_step(outputs: Mapping[str, str], written: Path) -> Mapping[str, object]:
    """Only steps see the values, so a step writes them down."""
    values = {f"{OUTPUT}{number}": value for number, value in enumerate(outputs.values())}
    run = f"env -0 > {shlex.quote(str(written))}"
    return {"id": OUTPUTS_STEP, "if": "always()", "shell": "bash", "run": run, "env": values}


def _ended(runs_on: object, need: Need) -> Mapping[str, object]:
    """A job that ends as the needed one did, for what asks how it ended."""
    succeeded = need.result == "success"
    return {
        "runs-on": runs_on,
        "if": "false" if need.result == "skipped" else "always()",
        "outputs": dict(need.outputs),
        "steps": [{"run": "true" if succeeded else "false"}],
    }
