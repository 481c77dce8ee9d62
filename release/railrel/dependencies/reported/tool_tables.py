"""Tables of other tools in a `pyproject.toml` whose commands and lists lead to a sibling's folder."""

import re
from collections.abc import Iterator

from railrel.dependencies.listed import at_keys
from railrel.dependencies.references import Around, Finding
from railrel.dependencies.sibling_places import siblings_in
from railrel.documents import Document, KeyPath
from railrel.errors import Problem

ID = "tool-table-path"
TITLE = (
    "`tool.cibuildwheel`, `tool.briefcase`, `tool.tox`, scripts of PDM, Poe and Rye, and `scripts`, "
    "`pre-install-commands` and `post-install-commands` of Hatch environments"
)
FILES = ("pyproject.toml", "hatch.toml")
MARKS = re.compile(rb"cibuildwheel|briefcase|tox|scripts|tasks|commands")

_TABLES = (
    ("tool", "cibuildwheel"),
    ("tool", "briefcase"),
    ("tool", "tox"),
    ("tool", "pdm", "scripts"),
    ("tool", "poe", "tasks"),
    ("tool", "rye", "scripts"),
)
_HATCH = tuple(
    ("envs", "*", key)
    for key in ("scripts", "extra-scripts", "pre-install-commands", "post-install-commands")
)


def find(source: Document, around: Around) -> Iterator[Finding]:
    """Each text in them that leads to a project outside."""
    is_own = source.path.name == "hatch.toml"
    tables = _HATCH if is_own else (*_TABLES, *(("tool", "hatch", *keys) for keys in _HATCH))
    for keys in tables:
        for path, text in (
            t for at, value in at_keys(source.values, keys) for t in _texts(value, at)
        ):
            for place in siblings_in(text, around):
                written = text[place.start : place.end]
                yield Finding(
                    Problem(
                        f"{'.'.join(map(str, path[: len(keys)]))} takes {place.name} from a folder: {written}",
                        source.at(path),
                        f"name {place.name} with a range there",
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
