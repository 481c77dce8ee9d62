"""How each tool is told, in its own tables, that a name comes from one index and no other.

An index that is only there for what names it is safe; each tool says so in its own way.
"""

from collections.abc import Collection, Iterable
from fnmatch import fnmatch

from packaging.utils import NormalizedName

from railrel.dependencies.references import Index, IndexEntry
from railrel.dependencies.syntaxes import pdm_groups
from railrel.dependencies.tables import same_name
from railrel.documents import Document, KeyPath
from railrel.errors import ConfigError
from railrel.toml_edits import append_item, append_to_array, set_entry, toml_of

PoetryTable = tuple[str, ...]
"""The keys of a table of Poetry's dependencies."""


def with_uv_sources(document: Document, names: Iterable[NormalizedName], index: Index) -> Document:
    """With a source for each of these names that has none.

    https://docs.astral.sh/uv/concepts/indexes/#pinning-a-package-to-an-index
    """
    table = ("tool", "uv", "sources")
    for name in dict.fromkeys(names):
        if not any(same_name(key, name) for key in document.table(*table)):
            document = set_entry(document, table, name, f"{{ index = {toml_of(index.name)} }}")
    return document


def with_poetry_sources(
    document: Document, places: Iterable[tuple[PoetryTable, NormalizedName]], index: Index
) -> Document:
    """With the source at each name of each table. What stands there enriches the requirement.

    https://python-poetry.org/docs/dependency-specification/#projectdependencies-and-toolpoetrydependencies
    """
    source = toml_of(index.name)
    for table, name in places:
        there = document.table(*table)
        key = next((key for key in there if same_name(key, name)), None)
        if key is None:
            document = set_entry(document, table, name, f"{{ source = {source} }}")
            continue
        entry = there[key]
        if isinstance(entry, str):
            value = f"{{ version = {toml_of(entry)}, source = {source} }}"
            document = set_entry(document, table, key, value)
        for path, one in _tables_of(entry, (*table, key)):
            if "source" not in one and not _LEADING & one.keys():
                document = set_entry(document, path, "source", source)
    return document


_LEADING = frozenset({"path", "file", "url", "git"})


def _tables_of(entry: object, path: KeyPath) -> list[tuple[KeyPath, dict[str, object]]]:
    """A dependency, or each of several for one name."""
    if isinstance(entry, dict):
        return [(path, entry)]
    items = enumerate(entry if isinstance(entry, list) else [])
    return [((*path, number), one) for number, one in items if isinstance(one, dict)]


def with_pdm_source(document: Document, names: Iterable[NormalizedName], index: Index) -> Document:
    """PDM takes what `include_packages` names from there, and from nowhere else.

    https://pdm-project.org/latest/usage/config/#specify-index-for-individual-packages
    """
    keys, _ = entry = pdm_groups.index_entry(index)
    document = with_entry(document, entry, index)
    number = [one.get("name") for one in entries_at(document, keys)].index(index.name)
    for name in dict.fromkeys(names):
        included = entries_at(document, keys)[number].get("include_packages")
        if not isinstance(included, list):
            document = set_entry(document, (*keys, number), "include_packages", toml_of([name]))
        elif not any(fnmatch(name, str(pattern)) for pattern in included):
            document = append_item(document, (*keys, number, "include_packages"), toml_of(name))
    return document


def with_entry(document: Document, entry: IndexEntry, index: Index) -> Document:
    """With the index listed, unless one of its name is.

    ConfigError where the file is written so that it cannot be, as with a list called `tool`.
    """
    keys, pairs = entry
    if _lists(document, entry, index):
        return document
    after = append_to_array(document, keys, pairs)
    if not _lists(after, entry, index):
        raise ConfigError(f"{'.'.join(keys)} cannot be added to", at=str(document.path))
    return after


def _lists(document: Document, entry: IndexEntry, index: Index) -> bool:
    return any(there.get("name") == index.name for there in entries_at(document, entry[0]))


def entries_at(document: Document, path: Collection[str]) -> list[dict[str, object]]:
    """The tables of the list at these keys; none where there is no list."""
    *above, last = path
    value = document.table(*above).get(last)
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
