"""Every benchmark: one module and one line here."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from tests.benchmarks import fix_deps, growth, image, memory, publish, start, status
from tests.benchmarks.bench import Bench
from tests.benchmarks.measure import Row

Benchmark: TypeAlias = Callable[[Bench], Iterator[Row]]

BENCHMARKS: Mapping[str, Benchmark] = {
    "fix-deps": fix_deps.rows,
    "growth": growth.rows,
    "memory": memory.rows,
    "status": status.rows,
    "start": start.rows,
    "publish": publish.rows,
    "image": image.rows,
}
