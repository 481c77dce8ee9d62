"""Commands in Dockerfiles, Makefiles, CI files and scripts: their lines put together, cut to words."""

import re
from collections.abc import Iterator
from functools import lru_cache

from railrel.dependencies.syntaxes.requirement_files import Logical
from railrel.sources import Line, Source
from railrel.values import dataclass

# Nobody writes a longer one, and some expressions take long over it.
_LONGEST = 10_000
_LONGEST_LINE = 1_000
_COMMENT = re.compile(r"[ \t]*#")
_BETWEEN = re.compile(r"&&|\|\|?|[;&\n]")
_WORD = re.compile(r"\"[^\"]*\"|'[^']*'|[^\s\"']+")
_EXEC = re.compile(r"\s*(?:RUN|CMD|ENTRYPOINT)\s*\[", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a command, and where in its line it stands."""

    text: str
    """Without quotes."""
    start: int
    end: int


@lru_cache(maxsize=8)
def whole_lines(source: Source) -> tuple[Logical, ...]:
    """The lines without comments, those that end in a backslash put together with the next."""
    found: list[Logical] = []
    written, text, start = "", "", 0
    for line in source.lines:
        start = start if written else line.start
        body = line.text.rstrip("\r\n")
        is_comment = bool(_COMMENT.match(body))
        # Docker leaves a comment out where it stands between two lines that belong together.
        continued = bool(written) if is_comment else body.rstrip().endswith("\\")
        seen = " " * len(body) if is_comment or len(body) > _LONGEST_LINE else body
        if continued and not is_comment:
            end = seen.rfind("\\")
            seen = f"{seen[:end]} {seen[end + 1 :]}" if end >= 0 else seen
        written += line.text
        text += seen.ljust(len(line.text))
        if not continued or len(text) > _LONGEST:
            found.append(Logical(Line(written, start), text))
            written = text = ""
    if written:
        found.append(Logical(Line(written, start), text))
    return tuple(found)


def commands(text: str) -> Iterator[tuple[Word, ...]]:
    """The words of each command of a line, what is in quotes as one; a shell knows more."""
    if _EXEC.match(text):
        text = re.sub(r"[\[\],\"]", " ", text)
    start = 0
    for end in (*(found.span() for found in _BETWEEN.finditer(text)), (len(text), len(text))):
        words = _WORD.finditer(text, start, end[0])
        yield tuple(Word(w[0].strip("\"'"), *w.span()) for w in words)
        start = end[1]
