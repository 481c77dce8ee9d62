"""A file as it was read: its bytes, and what people call a place in it.

Positions are byte offsets; people are told lines and columns, from 1.
"""

import re
import stat
from functools import cached_property
from pathlib import Path
from shlex import quote

from railrel.errors import ConfigError
from railrel.values import dataclass

BOM = b"\xef\xbb\xbf"
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `start` up to, not including, `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line, or several that belong together, and where it begins in the file."""

    text: str
    """With its end; bytes that are not UTF-8 are surrogates."""
    start: int
    """Byte offset."""

    def span(self, start: int, end: int) -> Span:
        """The bytes in the file of characters of the text."""
        first = self.start + _size(self.text[:start])
        return Span(first, first + _size(self.text[start:end]))


@dataclass(frozen=True)
class Source:
    """One file."""

    path: Path
    data: bytes

    @cached_property
    def octets(self) -> str:
        """Each byte as one character, so that offsets in this text are offsets in the file."""
        return self.data.decode("latin-1")

    @cached_property
    def lines(self) -> "tuple[Line, ...]":
        """The lines with their ends, as every tool counts them: at \\n, \\r\\n and \\r alone."""
        found: list[Line] = []
        start = len(self.data) - len(self.data.removeprefix(BOM))
        for piece in _LINE.findall(self.data, start):
            found.append(Line(piece.decode("utf-8", "surrogateescape"), start))
            start += len(piece)
        return tuple(found)

    def raw(self, span: Span) -> str:
        """The text of a span; bytes that are not UTF-8 as surrogates."""
        return self.data[span.start : span.end].decode("utf-8", "surrogateescape")

    def at(self, where: Span) -> str:
        """`file:line:column` of a span."""
        return f"{self.path}:{_line_and_column(self.data, where.start)}"

    @property
    def newline(self) -> str:
        """The line ending that the file uses, by its first one."""
        first = self.data.find(b"\n")
        return "\r\n" if first > 0 and self.data[first - 1 : first] == b"\r" else "\n"


def read_source(path: Path) -> Source:
    """Read a file of any kind. ConfigError if it cannot be read."""
    return Source(path, read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """Read a file whole. ConfigError if it cannot be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            # A pipe would be waited for.
            raise ConfigError(
                f"{path.name} is no file",
                at=str(path),
                hint=f"put a file there: ls -ld {quote(str(path))}",
                rule="unreadable-file",
            )
        return path.read_bytes()
    except OSError as error:
        absent = isinstance(error, FileNotFoundError)
        raise ConfigError(
            f"{path.name} cannot be read: {error.strerror}",
            at=str(path),
            hint=f"see what is there: ls -l {quote(str(path.parent))}"
            if absent
            else f"check its permissions: ls -l {quote(str(path))}",
            rule="unreadable-file",
        ) from error


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogateescape"))


def _line_and_column(data: bytes, offset: int) -> str:
    start = data.rfind(b"\n", 0, offset) + 1
    before = data[start:offset].removeprefix(BOM).decode("utf-8", "replace")
    line = data.count(b"\n", 0, offset) + 1
    return f"{line}:{len(before) + 1}"
