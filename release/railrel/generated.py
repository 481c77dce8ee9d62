"""Files that railrel writes into other people's repositories, with the user's own lines in them."""

import re
from pathlib import Path

from railrel.errors import Problem
from railrel.sources import Source, read_source
from railrel.world import FileChange

_BEGIN = re.compile(r"^\s*#\s*own lines: (?P<title>.*?)\s*$")
_END = re.compile(r"^\s*#\s*end of own lines\s*$")


def made_by(verb: str, text: str) -> bool:
    """Whether a file says so: then all is ours but what stands in the places for own lines."""
    return re.search(rf"^# Made by railrel {re.escape(verb)}\b", text, re.MULTILINE) is not None


def written(
    path: Path, text: str, verb: str, *, replace: bool, otherwise: str
) -> FileChange | Problem:
    """One file as it shall be; a Problem when somebody else's is there.

    `replace` takes one that the verb did not write for nobody's; `otherwise` is what to type next.
    """
    if not path.exists():
        return FileChange(path, None, text.encode())
    source = read_source(path)
    if not made_by(verb, source.data.decode("utf-8", "replace")):
        if replace:
            return FileChange(path, source.data, text.encode())
        return _not_ours(source, otherwise)
    kept = own_lines(source)
    if isinstance(kept, Problem):
        return kept
    # A checkout may have other line endings than the repository.
    after = with_own_lines(text, kept).replace("\n", source.newline)
    return FileChange(path, source.data, after.encode("utf-8", "surrogateescape"))


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


def _not_ours(source: Source, otherwise: str) -> Problem:
    return Problem(
        f"{source.path.name} is not railrel's, so it is left as it is",
        str(source.path),
        otherwise,
        "not-ours",
    )
