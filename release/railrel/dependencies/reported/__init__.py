"""What names a neighbour in ways that only a person can change: one a file, listed here."""

from railrel.dependencies.references import Reporter
from railrel.dependencies.reported import (
    direct_references,
    kept_sources,
    local_indexes,
    mentions,
    other_locks,
    overrides,
    tool_tables,
    workspace_members,
)
from railrel.documents import Document
from railrel.sources import Source

TOML: tuple[Reporter[Document], ...] = (
    overrides,
    local_indexes,
    direct_references,
    workspace_members,
    tool_tables,
)
TEXT: tuple[Reporter[Source], ...] = (*mentions.KINDS, kept_sources, other_locks)
