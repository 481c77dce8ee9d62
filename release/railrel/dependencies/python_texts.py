"""Texts in a Python file that may be requirements: where each stands, and what is known of it.

Nothing of the file is run.
"""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from railrel.sources import Line, Source, Span
from railrel.values import dataclass

COMPUTED = "{}"
"""What stands in a text for what is known only when the file runs."""

# Calls whose texts become items of a list.
_TAKES = frozenset({"append", "add", "extend", "insert", "update", "join"})
_TELLS = frozenset({"print", "echo", "secho", "exit", "warn", "write", "writelines", "log"}) | {
    *("debug", "info", "warning", "error", "exception", "critical"),
}
_LOOKS_FOR = frozenset({"startswith", "endswith", "find", "index", "count", "removeprefix"})
_CUTS = frozenset({"split", "splitlines", "strip"})
_GIVING = (
    *(ast.List, ast.Tuple, ast.Set, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr),
    *(ast.Return, ast.Yield, ast.arguments),
)
_PROSE = re.compile(r"(?i)description|readme|help|usage|epilog|message")


@dataclass(frozen=True, slots=True)
class Text:
    """A text, or one line of it."""

    value: str
    """With `{}` for what is computed."""
    span: Span
    """Of the expression with its quotes; of the line alone in a text of several lines."""
    inside: Line | None
    """The same characters in the file; None when not each character of the value is one of the file."""
    is_given: bool
    """Whether it stands where a requirement does: in a list, behind `=`, as what is returned."""
    named: str
    """The variable or argument that it is given to; empty when none."""


@lru_cache(maxsize=4)
def tree_of(source: Source) -> ast.Module | None:
    """The file as Python reads it; None when it is not Python of this version."""
    try:
        return ast.parse(source.data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(maxsize=4)
def texts(source: Source) -> tuple[Text, ...]:
    """All of them in their order: no docstrings, nothing printed, nothing compared with."""
    tree = tree_of(source)
    if tree is None:
        return ()
    return tuple(text for found in _found(tree) for text in _lines(source, *found))


@dataclass(frozen=True, slots=True)
class _Found:
    node: ast.AST
    is_given: bool = False
    named: str = ""


@dataclass(frozen=True, slots=True)
class _Parts:
    """Of an expression: what its text is made of, and what goes into it otherwise."""

    pieces: tuple[str | ast.AST, ...]
    others: tuple[ast.AST, ...]

    @property
    def is_text(self) -> bool:
        """Whether any of it is written out."""
        return any(isinstance(piece, str) for piece in self.pieces)

    @property
    def value(self) -> str:
        """The text, as far as it is known."""
        return "".join(p if isinstance(p, str) else COMPUTED for p in self.pieces)


def _found(tree: ast.Module) -> Iterator[tuple[_Found, str]]:
    """Expressions that are texts, and the texts. The parts of a sum are not found by themselves."""
    waiting = [_Found(tree)]
    while waiting:
        one = waiting.pop()
        parts = _parts(one.node) if isinstance(one.node, ast.expr) else _Parts((), ())
        if not parts.is_text:
            waiting += reversed(list(_children(one)))
            continue
        if not _PROSE.search(one.named):
            yield one, parts.value
        inside = [p for p in (*parts.pieces, *parts.others) if isinstance(p, ast.AST)]
        waiting += (_Found(node, named=one.named) for node in reversed(inside))


def _parts(node: ast.expr) -> _Parts:
    pieces: list[str | ast.AST] = []
    others: list[ast.AST] = []
    waiting: list[ast.AST] = [node]
    while waiting:
        match waiting.pop():
            case ast.Constant(value=str(text)):
                pieces.append(text)
            case ast.JoinedStr(values=values):
                waiting += reversed(values)
            case ast.FormattedValue(value=value):
                pieces.append(value)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                waiting += (right, left)
            case ast.BinOp(left=left, op=ast.Mod(), right=right):
                waiting.append(left)
                others.append(right)
            case ast.Call(func=ast.Attribute(value=value, attr="format"), args=args, keywords=more):
                waiting.append(value)
                others += (*args, *more)
            case other:
                pieces.append(other)
    return _Parts(tuple(pieces), tuple(others))


def _children(one: _Found) -> Iterator[_Found]:
    """What is inside, and whether a requirement can stand there."""
    node, given, named = one.node, one.is_given, one.named
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Compare() | ast.Raise() | ast.Assert():
            return
        case ast.Call(func=func) if _name(func) in _TELLS | _LOOKS_FOR or _is_of_re(func):
            return
        case ast.Call(func=func, args=args, keywords=keywords):
            if isinstance(func, ast.Attribute):
                yield _Found(func.value, given and func.attr in _CUTS, named)
            yield from (_Found(arg, _name(func) in _TAKES, named) for arg in args)
            yield from (_Found(k.value, is_given=True, named=k.arg or named) for k in keywords)
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
        ):
            yield _Found(value, is_given=True, named=name)
        case ast.Dict(keys=keys, values=values):
            yield from (_Found(key, named=named) for key in keys if key)
            yield from (_Found(value, is_given=True, named=named) for value in values)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield _Found(test)
            yield from (_Found(branch, given, named) for branch in (body, orelse))
        case ast.BinOp() | ast.BoolOp() | ast.Starred():
            yield from (_Found(n, given, named) for n in ast.iter_child_nodes(node))
        case _:
            given = isinstance(node, _GIVING)
            yield from (_Found(n, given, named) for n in ast.iter_child_nodes(node))


def _name(func: ast.expr) -> str:
    match func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def _is_of_re(func: ast.expr) -> bool:
    return isinstance(func, ast.Attribute) and getattr(func.value, "id", "") == "re"


def _lines(source: Source, found: _Found, value: str) -> Iterator[Text]:
    """The text of an expression, line by line where the file has the same lines."""
    assert isinstance(found.node, ast.expr)  # noqa: S101 -- only expressions are texts
    whole = _span(source, found.node)
    raw = source.raw(whole)
    quote = _quote(raw) if isinstance(found.node, ast.Constant) else ""
    if not quote or raw[len(quote) : -len(quote)] != value:
        yield Text(value, whole, None, found.is_given, found.named)
        return
    text = Line(value, whole.start + len(quote))
    several = "\n" in value
    for line in re.finditer(r"[^\n]+", value) if several else re.finditer(r"(?s)\A.*", value):
        start = text.span(line.start(), line.end())
        yield Text(
            line[0],
            start if several else whole,
            Line(line[0], start.start),
            found.is_given,
            found.named,
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
