"""Tables of text."""

from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import TextIO

_BETWEEN = 3


def fitted(
    headings: tuple[str, ...],
    rows: Iterable[tuple[str, ...]],
    stream: TextIO,
    environment: Mapping[str, str],
    *,
    colours: bool,
) -> str:
    """As wide as the stream's terminal, or as COLUMNS says; what is longer goes on below."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, _BETWEEN, 0, 0), header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console(
        file=stream,
        force_terminal=colours,
        no_color=not colours,
        highlight=False,
        _environ=dict(environment),
    )
    with console.capture() as captured:
        console.print(table)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def whole(rows: Iterable[tuple[str, ...]]) -> str:
    """Each line of a cell in one piece, for programs and files."""
    from rich.cells import cell_len

    lines = [
        line
        for row in rows
        for line in zip_longest(*(cell.split("\n") for cell in row), fillvalue="")
    ]
    widths = [max(map(cell_len, column)) + _BETWEEN for column in zip(*lines, strict=True)]
    return "\n".join(
        "".join(
            cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )
