"""Poetry: an explicit source, named at each dependency.

What only dependencies require is taken from the other sources, so those names stand in an optional
group, which is locked and not installed.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from packaging.utils import NormalizedName, canonicalize_name

from railrel.dependencies.index_tables import entries_at, with_entry, with_poetry_sources
from railrel.dependencies.indexes import poetry_table
from railrel.dependencies.listed import at_keys, listed
from railrel.dependencies.references import Index
from railrel.dependencies.syntaxes import poetry_path
from railrel.documents import Document
from railrel.origins.names import Taken
from railrel.origins.protocol import GROUP, Told
from railrel.toml_edits import set_entry, toml_of

ID = "poetry"
TITLE = (
    '`[[tool.poetry.source]]` with `priority = "explicit"`, `source` at each dependency and an '
    "optional group for what only ours need"
)
FILE = "pyproject.toml"

_POETRY = ("tool", "poetry")
_SOURCE = (*_POETRY, "source")


def claims(pyproject: Document, beside: Mapping[str, Path]) -> bool:
    """By its lock or its table."""
    return "poetry.lock" in beside or "poetry" in pyproject.table("tool")


def settled(document: Document, taken: Taken, index: Index) -> Told:
    """The source, explicit, at each name; the group."""
    document = with_entry(document, poetry_path.index_entry(index), index)
    for number, entry in enumerate(entries_at(document, _SOURCE)):
        if entry.get("name") == index.name and entry.get("priority") != "explicit":
            document = set_entry(document, (*_SOURCE, number), "priority", '"explicit"')
    places = list(dict.fromkeys(_places(document, taken)))
    document = with_poetry_sources(document, places, index)
    required = {name for _, name in places} | {r.name for r in listed(document) if r.url}
    further = [name for name in taken.all if name not in required]
    group = (*_POETRY, "group", GROUP)
    if further and document.table(*group).get("optional") is not True:
        document = set_entry(document, group, "optional", "true")
    for name in further:
        value = f'{{ version = "*", source = {toml_of(index.name)} }}'
        if name not in document.table(*group, "dependencies"):
            document = set_entry(document, (*group, "dependencies"), name, value)
    return Told(document)


def _places(document: Document, taken: Taken) -> Iterator[tuple[tuple[str, ...], NormalizedName]]:
    """Each table that is to name the source for each requirement of ours."""
    for requirement in listed(document):
        if requirement.url:
            continue
        if requirement.name in taken.all and requirement.path[0] in (
            "project",
            "dependency-groups",
        ):
            yield poetry_table(requirement.path), requirement.name
    for keys in poetry_path.TABLES:
        for path, table in at_keys(document.values, keys):
            for name in table if isinstance(table, dict) and GROUP not in path else ():
                if canonicalize_name(name) in taken.all:
                    yield tuple(map(str, path)), canonicalize_name(name)
