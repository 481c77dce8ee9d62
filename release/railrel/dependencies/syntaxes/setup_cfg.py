"""`setup.cfg`: `install_requires`, `setup_requires`, `tests_require` and extras.

https://setuptools.pypa.io/en/latest/userguide/declarative_config.html
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from railrel.dependencies.outside import index_outside
from railrel.dependencies.references import Around, Breaks, Finding, Index, PathDependency, Wanted
from railrel.dependencies.requirements import Written
from railrel.edits import Edit
from railrel.errors import Problem
from railrel.sources import Line, Source, Span
from railrel.values import dataclass

ID = "setup-cfg"
TITLE = (
    "`setup.cfg`: `install_requires`, `setup_requires`, `tests_require`, `options.extras_require`; "
    "reported: `dependency_links`"
)
FILES = ("setup.cfg",)
MARKS = re.compile(rb"@|dependency_links")

_LINKS = ("options", "dependency_links")
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
    """Requirements whose URL is a local path, and folders that are looked through for links."""
    for number, item in enumerate(items(source)):
        if (item.section, item.key) == _LINKS and index_outside(item.text, around.folder):
            yield _link(source, item)
            continue
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
    value: list[Item] = []
    for line in source.lines:
        text = line.text.strip(_BLANKS)
        lead = len(line.text) - len(line.text.lstrip(_BLANKS))
        if not text or text.startswith(("#", ";")) or len(text) > _LONGEST:
            continue
        header, pair = _SECTION.match(text), _KEY.match(line.text)
        if key and lead > depth:
            value.append(Item(section, key, _without_comment(text), line, lead))
            continue
        yield from _cut(value)
        value = []
        if header:
            section, key = header["name"].strip(), ""
        elif pair:
            key, depth = pair["key"].strip().lower().replace("-", "_"), lead
            first = line.text[pair.end() :].strip(_BLANKS)
            # A line that is empty counts as well: with it the value is one of several lines.
            value = [Item(section, key, _without_comment(first), line, pair.end())]
    yield from _cut(value)


def _cut(value: list[Item]) -> Iterator[Item]:
    """The items of a value: its lines; of a list on one line what is between semicolons.

    https://setuptools.pypa.io/en/latest/userguide/declarative_config.html#specifying-values
    """
    separator = _separator(value[0]) if len(value) == 1 else None
    for item in value:
        for found in re.finditer(f"[^{separator}]+", item.text) if separator else [None]:
            text = found[0] if found else item.text
            lead = len(text) - len(text.lstrip(_BLANKS)) + (found.start() if found else 0)
            if text.strip(_BLANKS):
                yield replace(item, text=text.strip(_BLANKS), column=item.column + lead)


def _separator(item: Item) -> str | None:
    if (item.section, item.key) == _LINKS:
        return ","
    return ";" if _breaks(item) and not item.text.startswith("file:") else None


def _without_comment(text: str) -> str:
    # setuptools takes the lines as they are; what stands behind # would be no requirement at all.
    return re.sub(r"[ \t]+#.*$", "", text)


def _link(source: Source, item: Item) -> Finding:
    return Finding(
        Problem(
            f"dependency_links takes {item.text} from this machine, which no image build has",
            source.at(item.span(0, len(item.text))),
            "publish what is in it to the registry, and take the line out",
            "local-index",
        ),
        "image",
    )


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
