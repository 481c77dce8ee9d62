"""Text that a Dockerfile joins from several lines, and where each of its characters stands.

Texts here have one character for each byte, so that nothing depends on the file's encoding.
"""

import re
from collections.abc import Iterator

from railrel.sources import Span
from railrel.values import dataclass

# What Go takes for a space at the ends of a line, in the bytes of UTF-8: a no-break space is one.
_SPACES = tuple(
    character.encode().decode("latin-1")
    for character in "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000"
    + "".join(map(chr, range(0x2000, 0x200B)))
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text and the byte of the file that each character is."""

    text: str
    offsets: tuple[int, ...]
    end: int
    """The byte behind it: where it stands if it is empty."""

    def part(self, start: int, end: int | None = None) -> "Piece":
        """These characters."""
        stop = len(self.text) if end is None else max(start, end)
        behind = self.offsets[stop - 1] + 1 if stop > start else self.before(start)
        return Piece(self.text[start:stop], self.offsets[start:stop], behind)

    def before(self, character: int) -> int:
        """The byte at which a character stands, or at which the text ends."""
        return self.offsets[character] if character < len(self.offsets) else self.end

    def place(self, start: int, end: int) -> Span:
        """The bytes of these characters, and of what the file has between them."""
        return self.part(start, end).span

    @property
    def span(self) -> Span:
        """The bytes of all of it."""
        return Span(self.offsets[0] if self.offsets else self.end, self.end)

    def from_text(self) -> "Piece":
        """Without blanks at its beginning."""
        start = 0
        while start < len(self.text) and (
            blank := next((s for s in _SPACES if self.text.startswith(s, start)), "")
        ):
            start += len(blank)
        return self.part(start)

    def stripped(self) -> "Piece":
        """Without blanks at both ends."""
        text = self.from_text()
        end = len(text.text)
        while end and (blank := next((s for s in _SPACES if text.text.endswith(s, 0, end)), "")):
            end -= len(blank)
        return text.part(0, end)

    def words(self) -> "Iterator[Piece]":
        """What stands between blanks."""
        for found in re.finditer(r"[^\t\v\f\r ]+", self.text):
            yield self.part(*found.span())


@dataclass(frozen=True, slots=True)
class Word:
    """One argument: what it says, and where it is written, with its quotes."""

    text: str
    span: Span


def joined(pieces: "list[Piece]", at: int) -> Piece:
    """Pieces behind one another; with none of them, nothing at a byte."""
    return Piece(
        "".join(piece.text for piece in pieces),
        tuple(offset for piece in pieces for offset in piece.offsets),
        pieces[-1].end if pieces else at,
    )
