"""fix-deps over a thousand projects, of which a fifth changes."""

from collections.abc import Iterator

from tests.benchmarks.bench import SMALL, Bench
from tests.benchmarks.measure import Row, row_of_time

GOAL = 2.5


def rows(bench: Bench) -> Iterator[Row]:
    work = f"fix-deps, {SMALL:,} projects"
    yield row_of_time(work, "parse all, replace strings in a fifth", bench.beside_bare, GOAL)
