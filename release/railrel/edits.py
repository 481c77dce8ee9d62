"""Changes to a file by the byte: what no edit names comes out as it went in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from railrel.sources import Source, Span

S = TypeVar("S", bound=Source)


@dataclass(frozen=True, slots=True)
class Change:
    """Put `text` in place of the characters of a *string* from `start` up to `end`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Put `text` in place of the bytes from `start` up to `end`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class FileRewrite:
    """One file, before and after."""

    path: Path
    before: bytes
    after: bytes


def apply(source: S, edits: Iterable[Edit]) -> S:
    """The file with all edits made. They must not overlap; equal ones count once.

    Removals may overlap: each of two neighbours in a list takes the comma between them.
    """
    ordered = _together(source.data, sorted(set(edits)))
    if not ordered:
        return source
    data = bytearray()
    done = 0
    for edit in ordered:
        if edit.start < done:
            raise RuntimeError(f"overlapping edits of {source.path}: {ordered}")
        data += source.data[done : edit.start]
        data += edit.text.encode("utf-8")
        done = edit.end
    return replace(source, data=bytes(data + source.data[done:]))


def clashing(edits: Iterable[Edit]) -> bool:
    """Whether two different texts are to stand in one place."""
    ordered = sorted({edit for edit in edits if edit.text})
    return any(
        other.start < one.end or other.start == one.start for one, other in pairwise(ordered)
    )


def without_comma(data: bytes, span: Span) -> Edit:
    """The span with the comma behind it, or before it when it is the last of its list."""
    behind = re.compile(rb"\s*,[ \t]*").match(data, span.end)
    if behind:
        line = data.rfind(b"\n", 0, span.start) + 1
        alone = not data[line : span.start].strip()
        newline = re.compile(rb"\r?\n").match(data, behind.end())
        if alone and newline:
            return Edit(line, newline.end(), "")
        return Edit(span.start, behind.end(), "")
    before = re.search(rb",\s*\Z", data[: span.start])
    return Edit(before.start() if before else span.start, span.end, "")


def _together(data: bytes, ordered: list[Edit]) -> list[Edit]:
    joined: list[Edit] = []
    for edit in ordered:
        last = joined[-1] if joined else None
        if last and not (last.text or edit.text) and edit.start < last.end:
            joined[-1] = _without_hanging_comma(data, last.start, max(last.end, edit.end))
        else:
            joined.append(edit)
    return joined


def _without_hanging_comma(data: bytes, start: int, end: int) -> Edit:
    """A removal up to the end of a list or inline table takes the comma before it along."""
    before = re.search(rb",\s*\Z", data[:start])
    closes = re.compile(rb"\s*[\]}]").match(data, end)
    return Edit(before.start() if before and closes else start, end, "")
