"""status over a thousand projects, without asking any registry."""

from collections.abc import Iterator

from tests.benchmarks.bench import SMALL, Bench
from tests.benchmarks.measure import Row, row_of_time, side_by_side

GOAL = 2


def rows(bench: Bench) -> Iterator[Row]:
    workspace = bench.workspace(SMALL)
    workspace.refresh()
    words = ("-C", str(workspace.root), "status", "--offline")
    bench.railrel(*words)
    bench.bare("bare_read.py", workspace)
    runs = side_by_side(
        lambda: bench.railrel(*words), lambda: bench.bare("bare_read.py", workspace), bench.rounds
    )
    yield row_of_time(f"status, {SMALL:,} projects", "parse all", runs, GOAL)
