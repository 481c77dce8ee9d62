"""Taking words or whole lines out of a file so that what is left still reads as it should."""

import re
from collections.abc import Iterable, Iterator

from railrel.edits import Edit
from railrel.sources import Source, Span


def without_lines(source: Source, span: Span) -> Edit:
    """Take away the lines that a span stands on, with their ends."""
    end = source.data.find(b"\n", span.end)
    start = line_start(source, span.start)
    return Edit(start, end + 1 if end >= 0 else len(source.data), "")


def without_words(source: Source, spans: Iterable[Span], escape: str) -> Iterator[Edit | Span]:
    """Take away words of a command that may go over several lines.

    Gives the span back where that cannot be done: before the last word stands a comment.
    """
    continued = re.escape(escape.encode()) + rb"[ \t]*\r?\n"
    for span in _together(source, spans, continued):
        yield _without(source, span, continued) or span


def _together(source: Source, spans: Iterable[Span], continued: bytes) -> Iterator[Span]:
    """Words with nothing but blanks between them are taken as one."""
    last: Span | None = None
    for span in sorted(spans, key=lambda span: span.start):
        if last and re.fullmatch(rb"(?:[ \t]|" + continued + rb")*", _between(source, last, span)):
            last = Span(last.start, span.end)
            continue
        if last:
            yield last
        last = span
    if last:
        yield last


def _between(source: Source, one: Span, other: Span) -> bytes:
    return source.data[one.end : other.start]


def _without(source: Source, span: Span, continued: bytes) -> Edit | None:
    start = line_start(source, span.start)
    alone = not source.data[start : span.start].strip()
    if not alone:
        before = source.data[start : span.start]
        return Edit(start + len(before.rstrip(b" \t")), span.end, "")
    goes_on = re.compile(rb"[ \t]*" + continued).match(source.data, span.end)
    if goes_on:
        return Edit(start, goes_on.end(), "")
    ends = re.compile(rb"[ \t]*(?=\r?\n|\Z)").match(source.data, span.end)
    if not ends:
        behind = re.compile(rb"[ \t]*").match(source.data, span.end)
        return Edit(span.start, behind.end() if behind else span.end, "")
    # The last word: the line before must not go on.
    above = line_start(source, start - 1) if start else 0
    line = source.data[above:start]
    mark = re.search(rb"[ \t]*" + continued + rb"\Z", line)
    if mark is None or line.lstrip().startswith(b"#"):
        return None
    return Edit(above + mark.start(), ends.end(), "")


def line_start(source: Source, offset: int) -> int:
    """Where the line of a byte begins."""
    return source.data.rfind(b"\n", 0, offset) + 1
