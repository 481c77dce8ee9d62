"""Pipenv: the index at each package, and ours that only ours need beside them.

A package without an index comes from the first source of the Pipfile, also when only another package
requires it: https://pipenv.pypa.io/en/stable/indexes.html
"""

from collections.abc import Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

from railrel.dependencies.index_tables import entries_at, with_entry
from railrel.dependencies.references import Index
from railrel.dependencies.syntaxes import pipfile
from railrel.documents import Document, KeyPath
from railrel.origins.names import Taken
from railrel.origins.protocol import Told
from railrel.toml_edits import append_to_array, set_entry, toml_of

ID = "pipenv"
TITLE = "`[[source]]`, and `index` at each package of ours, those that only ours need among them"
FILE = "Pipfile"

_NOT_PACKAGES = frozenset({"source", "requires", "scripts", "pipenv"})
_LEADING = frozenset({"path", "file", "git", "url", "index"})


def claims(pyproject: Document, beside: Mapping[str, Path]) -> bool:
    """By its file."""
    del pyproject
    return FILE in beside


def settled(document: Document, taken: Taken, index: Index) -> Told:
    """The source behind the public one, and the index at each name."""
    categories = [
        key
        for key, table in document.values.items()
        if key not in _NOT_PACKAGES and isinstance(table, dict)
    ]
    where = {
        (category, name): table[name]
        for category in categories
        for table in [document.table(category)]
        for name in table
        if canonicalize_name(name) in taken.all
    }
    if not where:
        return Told(document)
    if not entries_at(document, ("source",)):
        document = append_to_array(document, *pipfile.IMPLIED)
    document = with_entry(document, pipfile.index_entry(index), index)
    source = toml_of(index.name)
    for (category, name), entry in where.items():
        path: KeyPath = (category, name)
        if isinstance(entry, str):
            value = f"{{ version = {toml_of(entry)}, index = {source} }}"
            document = set_entry(document, (category,), name, value)
        elif isinstance(entry, dict) and not _LEADING & entry.keys():
            document = set_entry(document, path, "index", source)
    # Locked, and nobody knows for whom.
    strays = set(taken.further) - taken.with_needs(taken.direct)
    for category in dict.fromkeys(category for category, _ in where):
        there = {canonicalize_name(name) for name in document.table(category)}
        needed = (taken.with_needs(there) | strays) - there
        for name in taken.all:
            if name in needed:
                value = f'{{ version = "*", index = {source} }}'
                document = set_entry(document, (category,), name, value)
    return Told(document)
