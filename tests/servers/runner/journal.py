"""How a job went, from the JSON lines that the engine writes. Pure."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.servers.runner.payload import OUTPUTS_STEP, Payload
from tests.servers.runner.service import Result, Row, Step

_RESULTS: dict[str, Result] = {"success": "success", "failure": "failure", "skipped": "skipped"}


@dataclass(slots=True)
class Journal:
    """What the engine has said of one job so far."""

    payload: Payload
    rows: list[Row] = field(default_factory=list)
    result: Result | None = None
    results: dict[str, Result] = field(default_factory=dict)
    """Of steps, by their ids."""
    rows_of: dict[str, list[int]] = field(default_factory=dict)
    """Which rows a step wrote."""

    def read(self, lines: Iterable[str]) -> "Journal":
        for line in lines:
            if line.startswith("{"):
                self._take(json.loads(line))
            elif line.strip() and self.result is None:
                # Why there is no job to run; later it only repeats that one has failed.
                self.say(line.rstrip())
        return self

    def say(self, content: str) -> None:
        """A row of the runner's own."""
        self.rows.append(Row(datetime.now(UTC), content))

    def steps(self) -> Iterator[Step]:
        """A step that the job did not come to was skipped."""
        for key, name in self.payload.steps.items():
            rows = self.rows_of.get(key, [])
            first = rows[0] if rows else 0
            yield Step(name, self.results.get(key, "skipped"), first, len(rows))

    def _take(self, line: dict[str, object]) -> None:
        # What the stubs of needed jobs say is nobody's log.
        if line.get("jobID", self.payload.job) != self.payload.job:
            return
        if line.get("jobResult"):
            self.result = _RESULTS[str(line["jobResult"])]
        step = self._step(line)
        if step and line.get("stepResult") and line.get("stage") == "Main":
            self.results[step] = _RESULTS[str(line["stepResult"])]
        if step != OUTPUTS_STEP and _is_told(line):
            self._write(step, line)

    def _write(self, step: str, line: dict[str, object]) -> None:
        moment = datetime.fromisoformat(str(line["time"]))
        for content in str(line["msg"]).splitlines():
            self.rows_of.setdefault(step, []).append(len(self.rows))
            self.rows.append(Row(moment, content))

    def _step(self, line: dict[str, object]) -> str:
        """The step of the job itself; those within an action end without ending it."""
        match line.get("stepID"):
            case [str(own)]:
                return own
            case [str(own), *_] if not line.get("stepResult"):
                return own
            case _:
                return ""


def _is_told(line: dict[str, object]) -> bool:
    """Whether a runner sends it: what is printed, and how the job goes on."""
    if line.get("raw_output"):
        return True
    # What a step printed for the runner is said once more by the engine, which has understood it.
    again = str(line["msg"]).startswith("::")
    return line.get("level") != "debug" and "jobID" in line and not again
