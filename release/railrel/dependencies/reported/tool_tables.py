"""Tables of other tools in a `pyproject.toml` whose commands and lists lead to a sibling's folder."""

import re
from collections.abc import Iterator

from railrel.dependencies.references import Around, Finding
from railrel.dependencies.reported.mentions import siblings_in
from railrel.documents import Document, KeyPath
from railrel.errors import Problem

ID = "tool-table-path"
TITLE = "`tool.cibuildwheel`, `tool.briefcase`, `tool.tox`, and scripts of Hatch, PDM, Poe and Rye"
FILES = ("pyproject.toml",)
MARKS = re.compile(rb"\.\.")

_TABLES = (
    ("tool", "cibuildwheel"),
    ("tool", "briefcase"),
    ("tool", "tox"),
    ("tool", "pdm", "scripts"),
    ("tool", "poe", "tasks"),
    ("tool", "rye", "scripts"),
)


def find(source: Document, around: Around) -> Iterator[Finding]:
    """Each text in them that leads to a project outside."""
    for keys in _TABLES:
        for path, text in _texts(source.table(*keys), keys):
            for found, name in siblings_in(text, around):
                yield Finding(
                    Problem(
                        f"{'.'.join(keys)} takes {name} from a folder: {found[0]}",
                        source.at(path),
                        f"name {name} with a range there",
                        ID,
                    ),
                    "development",
                    blocks=False,
                )


def _texts(value: object, path: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    match value:
        case str(text):
            yield path, text
        case dict(table):
            for key, item in table.items():
                yield from _texts(item, (*path, key))
        case list(items):
            for index, item in enumerate(items):
                yield from _texts(item, (*path, index))
        case _:
            pass
