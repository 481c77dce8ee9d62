"""`setup.py`: requirement strings that are written out; what is computed is only reported.

Nothing of the file is run.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from railrel.dependencies.edits import Edit
from railrel.dependencies.references import Around, Finding, Index, PathDependency, Wanted
from railrel.dependencies.requirements import Written
from railrel.errors import Problem
from railrel.sources import Line, Source, Span

ID = "setup-py"
TITLE = "`setup.py`: requirements written as plain strings; reported: those that are computed"
FILES = ("setup.py",)
MARKS = re.compile(rb"@")

_COMPUTED = ("@ file:", "@file:", "@ .", "@ /", "@ {")


@dataclass(frozen=True, slots=True)
class _Literal:
    text: str
    span: Span
    """Of the literal with its quotes."""
    plain: bool
    """Whether each character of the value is one of the file."""


def find(source: Source, around: Around) -> Iterator[PathDependency | Finding]:
    """Strings that are requirements with a local path."""
    tree = _tree(source)
    if tree is None:
        if any(mark.encode() in source.data for mark in _COMPUTED):
            yield _unreadable(source)
        return
    for number, literal in enumerate(_literals(source)):
        requirement = Written(literal.text)
        local = requirement.local(around.folder)
        if local is None or (requirement.parsed is None and requirement.url is None):
            continue
        if not literal.plain:
            yield _computed(source, literal.span)
            continue
        yield PathDependency(
            name=requirement.name,
            syntax=ID,
            file=source.path,
            path=(number,),
            at=source.at(literal.span),
            written=local[0],
            target=local[1],
            breaks="publish",
        )
    for span in _computed_places(source, tree):
        yield _computed(source, span)


def edits(
    source: Source, around: Around, found: PathDependency, wanted: Wanted
) -> Iterator[Edit | Problem]:
    """The range in place of `@ …`, within the quotes."""
    del around
    literal = _literals(source)[int(found.path[0])]
    change = Written(literal.text).with_range_for_url(wanted)
    start = literal.span.start + len(_quote(source.raw(literal.span)))
    span = Line(literal.text, start).span(change.start, change.end)
    yield Edit(span.start, span.end, change.text)


def index_entry(index: Index) -> None:
    """The file knows no indexes."""
    del index


@lru_cache(maxsize=4)
def _tree(source: Source) -> ast.Module | None:
    """The file as Python reads it; None when it is not Python of this version."""
    try:
        return ast.parse(source.data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(maxsize=4)
def _literals(source: Source) -> tuple[_Literal, ...]:
    """Strings by themselves: not the parts of f-strings, sums and the like."""
    tree = _tree(source)
    return tuple(_strings(source, tree)) if tree else ()


def _strings(source: Source, tree: ast.Module) -> Iterator[_Literal]:
    parts = {
        id(child) for node in _computing(tree) for child in ast.walk(node) if child is not node
    }
    for node in _given(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            span = _span(source, node)
            raw = source.raw(span)
            quote = _quote(raw)
            yield _Literal(
                node.value, span, bool(quote) and raw[len(quote) : -len(quote)] == node.value
            )


def _given(tree: ast.Module) -> Iterator[ast.expr]:
    """What stands in lists and the like, or is given by a keyword: no docstrings, nothing printed."""
    for node in ast.walk(tree):
        match node:
            case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
                yield from items
            case ast.Dict(values=items):
                yield from items
            case ast.keyword(value=item) | ast.Assign(value=item):
                yield item
            case _:
                pass


def _computing(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        match node:
            case ast.JoinedStr() | ast.BinOp(op=ast.Add() | ast.Mod()):
                yield node
            case ast.Call(func=ast.Attribute(attr="format" | "join" | "replace")):
                yield node
            case _:
                pass


def _computed_places(source: Source, tree: ast.Module) -> Iterator[Span]:
    """Expressions that put a requirement with a path together."""
    inside: set[int] = set()
    for node in _computing(tree):
        if id(node) in inside:
            continue
        inside.update(id(child) for child in ast.walk(node))
        texts = [
            child.value
            for child in ast.walk(node)
            if isinstance(child, ast.Constant) and isinstance(child.value, str)
        ]
        if any(mark in text for text in texts for mark in _COMPUTED) and isinstance(node, ast.expr):
            yield _span(source, node)


def _unreadable(source: Source) -> Finding:
    problem = Problem(
        f"{source.path.name} is no Python that this Python reads, and may name a path",
        f"{source.path}:1:1",
        "look for @ file: in it, and write ranges there by hand",
        "unreadable-setup",
    )
    return Finding(problem, "publish")


def _computed(source: Source, span: Span) -> Finding:
    return Finding(
        Problem(
            "setup.py puts a requirement with a local path together when it runs",
            source.at(span),
            "write the range there by hand, for example issue-core>=1.2,<2",
            "computed-requirement",
        ),
        "publish",
    )


def _quote(raw: str) -> str:
    for quote in ('"""', "'''", '"', "'"):
        if raw.startswith(quote) and raw.endswith(quote) and len(raw) >= 2 * len(quote):
            return quote
    return ""


def _span(source: Source, node: ast.expr) -> Span:
    """ast counts lines from 1, and columns in bytes of UTF-8."""
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    first, last = source.lines[node.lineno - 1], source.lines[end_line - 1]
    return Span(first.start + node.col_offset, last.start + end_column)
