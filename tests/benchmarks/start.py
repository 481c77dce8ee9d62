"""How long it takes until railrel can say anything."""

from collections.abc import Iterator

from tests.benchmarks.bench import Bench
from tests.benchmarks.measure import Row, row_of_time, side_by_side

GOAL = 2
# These are short, and what else goes on weighs more.
_TIMES_AS_OFTEN = 4


def rows(bench: Bench) -> Iterator[Row]:
    yield _against(bench, "import click", GOAL)
    yield _against(bench, "pass", None)


def _against(bench: Bench, code: str, goal: float | None) -> Row:
    bench.railrel("--help")
    bench.python("-c", code)
    runs = side_by_side(
        lambda: bench.railrel("--help"),
        lambda: bench.python("-c", code),
        bench.rounds * _TIMES_AS_OFTEN,
    )
    return row_of_time("--help", f"python -c '{code}'", runs, goal)
