"""Ten times as many projects should take about ten times as long."""

from collections.abc import Iterator

from tests.benchmarks.bench import LARGE, SMALL, Bench
from tests.benchmarks.measure import Row, row_of_time

GOAL = 12


def rows(bench: Bench) -> Iterator[Row]:
    work = f"fix-deps, {LARGE:,} projects"
    yield row_of_time(work, f"the same over {SMALL:,}", bench.large_beside_small, GOAL)
