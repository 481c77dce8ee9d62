"""The lines of a Dockerfile as its parser joins them: continuations, comments between them, heredocs."""

import re
from collections.abc import Iterator
from functools import lru_cache

from railrel.images.parts import json_array, split
from railrel.images.pieces import Piece, joined
from railrel.sources import BOM, Source, Span
from railrel.values import dataclass

_DIRECTIVE = re.compile(r"#[ \t\v\f\r]*(?P<key>[A-Za-z][A-Za-z0-9]*)\s*=\s*(?P<value>.+?)\s*")
_DIRECTIVES = frozenset({"syntax", "escape", "check"})
_HEREDOC = re.compile(r"""\d*<<(?P<chomp>-?)(?P<name>(?:\\.|"[^"<]*"|'[^'<]*'|[^"'\\<])+)""")
_WITH_HEREDOCS = frozenset({"RUN", "COPY", "ADD"})
# A word with its quotes and escapes, as BuildKit's own shell lexer cuts them.
_WORD = re.compile(r"""(?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|[^\s"'\\]|\\\Z)+""", re.DOTALL)
_GAP = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class LogicalLine:
    """One instruction's text."""

    text: Piece
    whole: Span
    """From its first character to the end of its last line, without the line ending."""
    heredocs: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class LogicalLines:
    """A whole file."""

    lines: tuple[LogicalLine, ...]
    escape: str
    comments: tuple[Span, ...]


@lru_cache(maxsize=8)
def logical_lines(source: Source) -> LogicalLines:
    """Read a file."""
    reader = _Reader(source)
    lines = tuple(reader.lines())
    return LogicalLines(lines, reader.escape, tuple(reader.comments))


class _Reader:
    """Goes through the lines once, as the parser does."""

    def __init__(self, source: Source) -> None:
        start = len(source.data) - len(source.data.removeprefix(BOM))
        self._text = source.octets
        self._position = start
        self._directives_end = False
        self.escape = "\\"
        self.comments: list[Span] = []

    def lines(self) -> Iterator[LogicalLine]:
        while line := self._next():
            start = line.from_text()
            self._directive(start.text)
            if self._is_comment(line):
                continue
            text, continues = self._continued(start)
            if not (continues or text.text):
                continue
            pieces = [text]
            end = line.end
            while continues and (more := self._next()):
                if self._is_comment(more):
                    end = more.end
                    continue
                end = more.end
                if not more.from_text().text:
                    continue
                text, continues = self._continued(more)
                pieces.append(text)
            whole = joined(pieces, start.span.start)
            heredocs, end = self._heredocs(whole, end)
            yield LogicalLine(whole, Span(start.span.start, end), heredocs)

    def _next(self) -> Piece | None:
        """The next line without its ending; None behind the last."""
        if self._position >= len(self._text):
            return None
        start = self._position
        newline = self._text.find("\n", start)
        self._position = len(self._text) if newline < 0 else newline + 1
        text = self._text[start : self._position].rstrip("\r\n")
        return Piece(text, tuple(range(start, start + len(text))), start + len(text))

    def _is_comment(self, line: Piece) -> bool:
        start = line.from_text()
        if start.text.startswith("#"):
            self.comments.append(Span(start.span.start, line.end))
            return True
        return False

    def _directive(self, text: str) -> None:
        found = None if self._directives_end else _DIRECTIVE.fullmatch(text)
        if found is None or found["key"].lower() not in _DIRECTIVES:
            self._directives_end = True
        elif found["key"].lower() == "escape" and found["value"] in ("\\", "`"):
            self.escape = found["value"]

    def _continued(self, line: Piece) -> tuple[Piece, bool]:
        """A line without what continues it, and whether it is continued."""
        bare = line.text.rstrip(" \t")
        # Two of them are a character, not a continuation.
        ends = bare.endswith(self.escape) and not bare.endswith(self.escape * 2)
        return (line.part(0, len(bare) - 1), True) if ends else (line, False)

    def _heredocs(self, text: Piece, end: int) -> tuple[tuple[Span, ...], int]:
        """The heredocs that a line opens, and where the last one of them ends."""
        if "<<" not in text.text or not _may_open_heredocs(text):
            return (), end
        found: list[Span] = []
        for word in _words(_decoded(text.text)):
            opened = _HEREDOC.fullmatch(word)
            if opened:
                span, end = self._heredoc(opened, end)
                found.append(span)
        return tuple(found), end

    def _heredoc(self, opened: re.Match[str], end: int) -> tuple[Span, int]:
        name = re.sub(r"\\(.)|[\"']", r"\1", opened["name"])
        start = self._position
        while line := self._next():
            text = _decoded(line.text)
            if (text.lstrip("\t") if opened["chomp"] else text) == name:
                return Span(start, line.span.start), line.end
            end = line.end
        return Span(start, end), end


def _may_open_heredocs(text: Piece) -> bool:
    keyword, _, rest = split(text)
    if keyword == "ONBUILD":
        keyword, _, rest = split(rest)
    return keyword in _WITH_HEREDOCS and json_array(keyword, rest.text) is None


def _words(text: str) -> list[str]:
    """The words of a line; none if a quote in it has no end, for then the lexer gives up."""
    found: list[str] = []
    position = 0
    while gap := _GAP.match(text, position):
        word = _WORD.match(text, gap.end())
        if word is None:
            return found if gap.end() == len(text) else []
        found.append(word[0])
        position = word.end()
    return []


def _decoded(octets: str) -> str:
    return octets.encode("latin-1").decode("utf-8", "surrogateescape")
