"""The most memory that fix-deps holds at once."""

from collections.abc import Iterator

from tests.benchmarks.bench import LARGE, SMALL, Bench
from tests.benchmarks.measure import Row, row_of_memory


def rows(bench: Bench) -> Iterator[Row]:
    work, bare = f"fix-deps, {SMALL:,} projects", "parse all, replace strings in a fifth"
    yield row_of_memory(work, bare, bench.beside_bare)
    work, small = f"fix-deps, {LARGE:,} projects", f"the same over {SMALL:,}"
    yield row_of_memory(work, small, bench.large_beside_small)
