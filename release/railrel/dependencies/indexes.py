"""Telling a project's tools of the registry, in each one's own table."""

from collections.abc import Iterable

from railrel.dependencies.edits import append_to_array
from railrel.dependencies.references import Index, IndexEntry
from railrel.documents import Document
from railrel.errors import Problem


def with_index(
    document: Document, wanted: Iterable[IndexEntry], index: Index
) -> Document | list[Problem]:
    """The document with the index where these entries say; or what forbids that."""
    problems: list[Problem] = []
    for keys, entry in wanted:
        wrong = _index_trouble(document, keys, index)
        if wrong:
            problems += wrong
        elif not any(there.get("name") == index.name for there in _entries(document, keys)):
            document = append_to_array(document, keys, entry)
    return problems or document


def _index_trouble(after: Document, keys: tuple[str, ...], index: Index) -> list[Problem]:
    """Indexes of our name that lead elsewhere: two registries cannot share a name."""
    if not isinstance(after.table(*keys[:-1]).get(keys[-1], []), list):
        return [
            Problem(
                f"{'.'.join(keys)} is not a list of tables, so no index can be added to it",
                after.at(keys),
                f"write it as [[{'.'.join(keys)}]]",
                "index-not-a-list",
            )
        ]
    return [
        Problem(
            f"the index {index.name} is already another: {entry.get('url')}",
            after.at((*keys, number)),
            'choose another name: index-name = "…" below [tool.railrel]',
            "index-name-taken",
        )
        for number, entry in enumerate(_entries(after, keys))
        if entry.get("name") == index.name
        and str(entry.get("url", "")).rstrip("/") != index.url.rstrip("/")
    ]


def _entries(document: Document, path: tuple[str, ...]) -> list[dict[str, object]]:
    value = document.table(*path[:-1]).get(path[-1])
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
