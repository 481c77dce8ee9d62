"""`python -m tests.benchmarks [--only NAME] [--rounds N] [--json]`.

Each figure is a ratio of two things done in turns by one run, so that a slow or busy machine counts
for both. The exit code is 0 however slow it is.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.bench import Bench
from tests.benchmarks.measure import FailedError, Row
from tests.benchmarks.table import BENCHMARKS

_HEADINGS = ("work", "railrel", "against", "", "ratio", "goal", "ok?")
_OK = {True: "yes", False: "no", None: ""}


def main() -> None:
    options = _options()
    names: list[str] = options.only or list(BENCHMARKS)
    with tempfile.TemporaryDirectory(prefix="railrel-benchmarks-") as scratch:
        # Paths are compared with what railrel makes of them: no link on the way.
        bench = Bench(Path(scratch).resolve(), options.rounds)
        rows = {name: list(_measured(name, bench)) for name in names}
    if options.json:
        answer = {name: [asdict(row) | {"ok": row.ok} for row in rows[name]] for name in rows}
        text = json.dumps({"rounds": options.rounds, "benchmarks": answer}, indent=1)
    else:
        text = _table([_HEADINGS, *(_cells(row) for name in rows for row in rows[name])])
    sys.stdout.write(f"{text}\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=tuple(BENCHMARKS), metavar="NAME",
                        help=", ".join(BENCHMARKS))  # fmt: skip
    parser.add_argument("--rounds", type=_positive, default=5, metavar="N")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    return parser.parse_args()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _measured(name: str, bench: Bench) -> Iterator[Row]:
    sys.stderr.write(f"{name} …\n")
    try:
        yield from BENCHMARKS[name](bench)
    except FailedError as error:
        sys.stderr.write(f"{name} cannot be measured: {error}\n")


def _cells(row: Row) -> tuple[str, ...]:
    digits = 2 if row.unit == "s" else 0
    return (
        row.work,
        f"{row.railrel:.{digits}f} {row.unit}",
        f"{row.against:.{digits}f} {row.unit}",
        row.other,
        f"{row.ratio:.2f}",
        "" if row.goal is None else f"{row.goal:g}",
        _OK[row.ok],
    )


def _table(rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join(lines)


if __name__ == "__main__":
    main()
