"""`[tool.pdm.dev-dependencies]`: the one place where PDM takes `-e file:///${PROJECT_ROOT}/…`.

https://pdm-project.org/latest/usage/dependency/#editable-dependencies
"""

import re
from collections.abc import Iterator

from railrel.dependencies.lines import path_line
from railrel.dependencies.listed import strings
from railrel.dependencies.references import (
    Around,
    Finding,
    Index,
    IndexEntry,
    PathDependency,
    Wanted,
)
from railrel.documents import Document
from railrel.edits import Edit
from railrel.errors import Problem
from railrel.toml_edits import toml_of, within_string

ID = "pdm-groups"
TITLE = "`[tool.pdm.dev-dependencies]`, editable or not"
FILES = ("pyproject.toml",)
MARKS = re.compile(rb"pdm")

_KEYS = ("tool", "pdm", "dev-dependencies", "*")


def find(source: Document, around: Around) -> Iterator[PathDependency | Finding]:
    """Lines with a local path."""
    for path, text in strings(source, _KEYS):
        line = path_line(text, around.folder)
        if line:
            yield PathDependency(
                name=line.name,
                syntax=ID,
                file=source.path,
                path=path,
                at=source.at(path),
                written=line.written,
                target=line.target,
                breaks="image",
            )


def edits(
    source: Document, around: Around, found: PathDependency, wanted: Wanted
) -> Iterator[Edit | Problem]:
    """The range in place of `-e …`."""
    text = next(text for path, text in strings(source, _KEYS) if path == found.path)
    line, place = path_line(text, around.folder), source.place(found.path)
    if line and place and not wanted.keep_source:
        yield within_string(source, place, line.change(wanted))


def index_entry(index: Index) -> IndexEntry:
    """A further source, for nothing but what its `include_packages` will name.

    https://pdm-project.org/latest/usage/config/#specify-index-for-individual-packages
    """
    return ("tool", "pdm", "source"), (
        ("name", toml_of(index.name)),
        ("url", toml_of(index.url)),
        ("exclude_packages", '["*"]'),
    )
