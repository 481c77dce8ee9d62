"""Lines of the user's own inside of a file that railrel writes."""

import re

from railrel.errors import Problem
from railrel.sources import Source

_BEGIN = re.compile(r"^\s*#\s*own lines: (?P<title>.*?)\s*$")
_END = re.compile(r"^\s*#\s*end of own lines\s*$")
_MARK = re.compile(r"^# Made by railrel dockerfile\b", re.MULTILINE)


def made_by_us(text: str) -> bool:
    """Whether a file says so: then all is ours but what stands in the places for own lines."""
    return _MARK.search(text) is not None


def own_lines(source: Source) -> dict[str, tuple[str, ...]] | Problem:
    """What stands in each place, by its title; or which place has no end or no beginning."""
    found: dict[str, tuple[str, ...]] = {}
    title, begun = "", ""
    lines: list[str] = []
    for line in source.lines:
        begin = _BEGIN.match(line.text)
        if _END.match(line.text) and not title:
            return Problem(
                "own lines end here that begin nowhere",
                source.at(line.span(0, 1)),
                "write a line above them: # own lines: packages for running",
                "own-lines",
            )
        if _END.match(line.text):
            found[title] = (*found.get(title, ()), *lines)
            title, lines = "", []
        elif begin and title:
            break
        elif begin:
            title, begun = begin["title"], source.at(line.span(0, 1))
        elif title:
            lines.append(line.text.rstrip("\r\n"))
    if title:
        return Problem(
            f'the own lines "{title}" have no end',
            begun,
            "write a line below them: # end of own lines",
            "own-lines",
        )
    return found


def with_own_lines(text: str, kept: dict[str, tuple[str, ...]]) -> str:
    """The text with what is kept in its places; what has no place any more goes to the last one."""
    titles = [m["title"] for line in text.splitlines() if (m := _BEGIN.match(line))]
    homeless = [line for title, lines in kept.items() if title not in titles for line in lines]
    result: list[str] = []
    for line in text.splitlines():
        result.append(line)
        begin = _BEGIN.match(line)
        if begin:
            result += kept.get(begin["title"], ())
            result += homeless if begin["title"] == titles[-1] else []
    return "\n".join(result) + "\n"
