"""PDM: a source for the names that it includes and for no others, whoever requires them."""

from collections.abc import Mapping
from pathlib import Path

from railrel.dependencies.index_tables import entries_at, with_pdm_source
from railrel.dependencies.references import Index
from railrel.documents import Document
from railrel.origins.names import Taken
from railrel.origins.protocol import Told
from railrel.toml_edits import set_entry

ID = "pdm"
TITLE = (
    "`[[tool.pdm.source]]` with `include_packages` for ours and `exclude_packages` for all others"
)
FILE = "pyproject.toml"

_SOURCE = ("tool", "pdm", "source")


def claims(pyproject: Document, beside: Mapping[str, Path]) -> bool:
    """By its lock or its table."""
    return "pdm.lock" in beside or "pdm" in pyproject.table("tool")


def settled(document: Document, taken: Taken, index: Index) -> Told:
    """The source, with each name in it."""
    document = with_pdm_source(document, taken.all, index)
    for number, entry in enumerate(entries_at(document, _SOURCE)):
        if entry.get("name") == index.name and entry.get("exclude_packages") != ["*"]:
            document = set_entry(document, (*_SOURCE, number), "exclude_packages", '["*"]')
    return Told(document)
