"""`setup.cfg`: `install_requires`, `setup_requires`, `tests_require` and extras.

https://setuptools.pypa.io/en/latest/userguide/declarative_config.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from railrel.dependencies.edits import Edit
from railrel.dependencies.references import Around, Breaks, Finding, Index, PathDependency, Wanted
from railrel.dependencies.requirements import Written
from railrel.errors import Problem
from railrel.sources import Line, Source, Span

ID = "setup-cfg"
TITLE = (
    "`setup.cfg`: `install_requires`, `setup_requires`, `tests_require`, `options.extras_require`"
)
FILES = ("setup.cfg",)
MARKS = re.compile(rb"@")

_SECTION = re.compile(r"\[(?P<name>[^\]]+)\]")
_KEY = re.compile(r"[ \t]*(?P<key>[^\s=:][^=:]*?)[ \t]*[=:][ \t]*")
_BLANKS = " \t\r\n\f\v"
_LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list in the file."""

    section: str
    key: str
    text: str
    line: Line
    column: int
    """Where in the line the text begins."""

    def span(self, start: int, end: int) -> Span:
        """The bytes in the file of characters of the text."""
        return self.line.span(self.column + start, self.column + end)


def find(source: Source, around: Around) -> Iterator[PathDependency | Finding]:
    """Requirements whose URL is a local path."""
    for number, item in enumerate(items(source)):
        breaks = _breaks(item)
        local = Written(item.text).local(around.folder) if breaks else None
        if local is None or breaks is None:
            continue
        yield PathDependency(
            name=Written(item.text).name,
            syntax=ID,
            file=source.path,
            path=(number,),
            at=source.at(item.span(0, len(item.text))),
            written=local[0],
            target=local[1],
            breaks=breaks,
        )


def edits(
    source: Source, around: Around, found: PathDependency, wanted: Wanted
) -> Iterator[Edit | Problem]:
    """The range in place of `@ …`."""
    del around
    item = items(source)[int(found.path[0])]
    change = Written(item.text).with_range_for_url(wanted)
    span = item.span(change.start, change.end)
    yield Edit(span.start, span.end, change.text)


def index_entry(index: Index) -> None:
    """The file knows no indexes."""
    del index


@lru_cache(maxsize=8)
def items(source: Source) -> tuple[Item, ...]:
    """Each line of each value, by section and key. Comments are not part of values.

    As configparser reads it: what is indented deeper than its key belongs to the key.
    """
    return tuple(_items(source))


def _items(source: Source) -> Iterator[Item]:
    section = key = ""
    depth = 0
    for line in source.lines:
        text = line.text.strip(_BLANKS)
        lead = len(line.text) - len(line.text.lstrip(_BLANKS))
        if not text or text.startswith(("#", ";")) or len(text) > _LONGEST:
            continue
        header, pair = _SECTION.match(text), _KEY.match(line.text)
        if key and lead > depth:
            yield Item(section, key, _without_comment(text), line, lead)
        elif header:
            section, key = header["name"].strip(), ""
        elif pair:
            key, depth = pair["key"].strip().lower().replace("-", "_"), lead
            value = line.text[pair.end() :].strip(_BLANKS)
            if value:
                yield Item(section, key, _without_comment(value), line, pair.end())


def _without_comment(text: str) -> str:
    # setuptools takes the lines as they are; what stands behind # would be no requirement at all.
    return re.sub(r"[ \t]+#.*$", "", text)


def _breaks(item: Item) -> Breaks | None:
    match item.section, item.key:
        case "options", "install_requires" | "setup_requires":
            return "publish"
        case "options", "tests_require":
            return "development"
        case "options.extras_require", _:
            return "publish"
        case _:
            return None
