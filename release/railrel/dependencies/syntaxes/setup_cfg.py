"""`setup.cfg`: `install_requires`, `setup_requires`, `tests_require` and extras.

https://setuptools.pypa.io/en/latest/userguide/declarative_config.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from railrel.dependencies.edits import Edit
from railrel.dependencies.references import Around, Breaks, Finding, Index, PathDependency, Wanted
from railrel.dependencies.requirements import Written
from railrel.errors import Problem
from railrel.sources import Source, Span

ID = "setup-cfg"
TITLE = (
    "`setup.cfg`: `install_requires`, `setup_requires`, `tests_require`, `options.extras_require`"
)
FILES = ("setup.cfg",)
MARKS = re.compile(rb"@")

_SECTION = re.compile(r"\[(?P<name>[^\]]+)\]")
_KEY = re.compile(r"(?P<key>[^\s=:][^=:]*?)\s*[=:]\s*")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list in the file."""

    section: str
    key: str
    text: str
    start: int
    """Byte offset."""


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
            at=source.at(Span(item.start, item.start + len(item.text))),
            written=local[0].encode("latin-1").decode("utf-8", "surrogateescape"),
            target=local[1],
            breaks=breaks,
        )


def edits(
    source: Source, around: Around, found: PathDependency, wanted: Wanted
) -> Iterator[Edit | Problem]:
    """The range in place of `@ …`."""
    del around
    item = list(items(source))[int(found.path[0])]
    change = Written(item.text).with_range_for_url(wanted)
    yield Edit(item.start + change.start, item.start + change.end, change.text)


def index_entry(index: Index) -> None:
    """The file knows no indexes."""
    del index


def items(source: Source) -> Iterator[Item]:
    """Each line of each value, by section and key. Comments are not part of values."""
    section = key = ""
    start = 0
    for line in source.octets.splitlines(keepends=True):
        text = line.strip()
        indented = line[:1] in (" ", "\t")
        lead = len(line) - len(line.lstrip())
        header, pair = _SECTION.match(line), _KEY.match(line)
        if not text or text.startswith(("#", ";")):
            pass
        elif header and not indented:
            section, key = header["name"].strip(), ""
        elif indented and key:
            yield Item(section, key, text, start + lead)
        elif pair:
            key = pair["key"].strip().lower().replace("-", "_")
            value = line[pair.end() :].strip()
            if value:
                yield Item(section, key, value, start + pair.end())
        start += len(line)


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
