"""What is under way, at the foot of a terminal: a line for each project, a bar for each upload."""

import contextlib
import sys
from collections.abc import Iterator
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Protocol

from railrel.console import Console
from railrel.progress import UNWATCHED, Stage, Watch
from railrel.values import dataclass
from railrel.world import Told

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

_BAR_WIDTH = 30
_DRAW_SECONDS = 0.1


class Picture(Protocol):
    """Where work is shown while it lasts."""

    def row(self, name: str) -> contextlib.AbstractContextManager[Watch]:
        """A line for one project."""
        ...


@contextlib.contextmanager
def picture(console: Console) -> Iterator[Picture]:
    """A picture, if anybody sees it: on a terminal that can move its cursor, unless quiet is wanted.

    It is gone without a trace when this ends.
    """
    terminal = console.environment.get("TERM", "")
    seen = sys.stderr.isatty() and terminal not in ("", "dumb")
    if console.quiet or console.job or not seen:
        yield _Nobody()
        return
    from rich.console import Console as Rich
    from rich.live import Live

    rich = Rich(
        file=sys.stderr,
        force_terminal=True,
        no_color=not console.coloured(sys.stderr),
        highlight=False,
        _environ=dict(console.environment),
    )
    shown, one_at_a_time = _Shown(), Lock()
    live = Live(
        console=rich,
        get_renderable=shown.table,
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )

    def above(line: str) -> None:
        with one_at_a_time:
            rich.out(line)

    with live, _kept_fresh(live, one_at_a_time):
        console.above = above
        try:
            yield shown
        finally:
            console.above = None


@contextlib.contextmanager
def _kept_fresh(live: "Live", one_at_a_time: Lock) -> Iterator[None]:
    """Draw again and again. rich's own thread would draw between a line and where it leaves the cursor."""
    over = Event()

    def draw() -> None:
        while not over.wait(_DRAW_SECONDS):
            with one_at_a_time:
                live.refresh()

    thread = Thread(target=draw, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


class _Nobody:
    @contextlib.contextmanager
    def row(self, name: str) -> Iterator[Watch]:
        del name
        yield UNWATCHED


@dataclass
class _Row:
    """One project. Its thread writes, the picture's reads."""

    name: str
    doing: str = ""
    size: int = 0
    """Of the file that is sent now; 0 when none is."""
    sent: int = 0

    def stage(self, stage: Stage) -> None:
        self.doing, self.size = stage, 0

    def sending(self, filename: str, size: int) -> Told:
        self.doing, self.size, self.sent = f"uploading {filename}", size, 0

        def told(sent: int) -> None:
            self.sent = sent

        return told


class _Shown:
    """The picture."""

    def __init__(self) -> None:
        self._rows: list[_Row] = []

    @contextlib.contextmanager
    def row(self, name: str) -> Iterator[Watch]:
        row = _Row(name)
        self._rows.append(row)
        try:
            yield row
        finally:
            self._rows.remove(row)

    def table(self) -> "Table":
        from rich.filesize import decimal
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        table = Table.grid(padding=(0, 2))
        # What is done, with the file's name, is what gives way where a terminal is narrow.
        for gives_way in (False, True, False, False):
            table.add_column(no_wrap=not gives_way)
        for row in list(self._rows):
            bar = ProgressBar(row.size, row.sent, width=_BAR_WIDTH) if row.size else ""
            amount = f"{decimal(row.sent)} of {decimal(row.size)}" if row.size else ""
            doing = Text(row.doing, no_wrap=True, overflow="ellipsis")
            table.add_row(Text(row.name), doing, bar, amount)
        return table
