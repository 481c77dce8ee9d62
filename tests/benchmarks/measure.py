"""Two things measured side by side: processes, their time and memory, and what is said of them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal, TypeAlias

_MEGABYTE = 1_000_000
# getrusage: bytes on macOS, elsewhere kilobytes.
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024

_KEPT = 4000

Once: TypeAlias = "Callable[[], Run]"
"""Prepares, which is not counted, and runs."""


class FailedError(Exception):
    """Something that was to be measured does not work, so there is no figure."""


@dataclass(frozen=True, slots=True)
class Run:
    """One process, from its start to its end."""

    seconds: float
    megabytes: float
    """The most memory that it held at once; never less than ours, which it begins as."""
    output: str
    """The end of what it said."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: railrel, and what it is measured against."""

    work: str
    railrel: float
    against: float
    ratio: float
    unit: Literal["s", "MB"]
    other: str
    """What stands in the column `against`."""
    goal: float | None = None
    """What the ratio should not exceed; None where it only informs."""

    @property
    def ok(self) -> bool | None:
        """Whether the goal is reached."""
        return None if self.goal is None else self.ratio <= self.goal


def run(argv: tuple[str, ...], folder: Path, environment: Mapping[str, str]) -> Run:
    """Run to the end, in this folder of ours. FailedError if it does not go well."""
    said = folder / "output.txt"
    # What was written before must not be made durable on the time of this one.
    os.sync()
    with said.open("wb") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            argv,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    end = said.read_text(encoding="utf-8", errors="replace").strip()[-_KEPT:]
    if process.returncode:
        raise FailedError(f"{' '.join(argv)}: exit code {process.returncode}\n{end}")
    return Run(seconds, usage.ru_maxrss * _RSS_UNIT / _MEGABYTE, end)


def side_by_side(railrel: Once, against: Once, rounds: int) -> tuple[list[Run], list[Run]]:
    """A B A B …: whatever else the machine does falls on both."""
    pairs = [(railrel(), against()) for _ in range(rounds)]
    return [one for one, _ in pairs], [other for _, other in pairs]


def row_of_time(
    work: str, other: str, runs: tuple[list[Run], list[Run]], goal: float | None = None
) -> Row:
    """The medians of both sides, and the median of the ratios of each round."""
    railrel, against = ([one.seconds for one in side] for side in runs)
    ratio = median(a / b for a, b in zip(railrel, against, strict=True))
    return Row(work, median(railrel), median(against), ratio, "s", other, goal)


def row_of_memory(work: str, other: str, runs: tuple[list[Run], list[Run]]) -> Row:
    """The medians of both sides' peaks."""
    railrel, against = (median(one.megabytes for one in side) for side in runs)
    return Row(work, railrel, against, railrel / against, "MB", other)
