"""A Pipfile: `issue-core = { path = "../issue-core", editable = true, extras = ["mail"] }`.

https://pipenv.pypa.io/en/stable/pipfile.html
"""

import re
from collections.abc import Iterator

from railrel.dependencies.references import (
    Around,
    Finding,
    Index,
    IndexEntry,
    PathDependency,
    Wanted,
)
from railrel.dependencies.tables import found_in
from railrel.documents import Document
from railrel.edits import Edit
from railrel.errors import Problem
from railrel.toml_edits import rewrite_entry, toml_of

ID = "pipfile"
TITLE = "`Pipfile`: `path`, `file` or a local `git` in any category"
FILES = ("Pipfile",)
MARKS = re.compile(rb"path|file|url|git")

# Pipenv's own, as long as a Pipfile names none. The first that is named is for all packages that do
# not say which: https://pipenv.pypa.io/en/stable/indexes.html
IMPLIED: IndexEntry = (
    ("source",),
    (("name", '"pypi"'), ("url", '"https://pypi.org/simple"'), ("verify_ssl", "true")),
)

_NOT_PACKAGES = frozenset({"source", "requires", "scripts", "pipenv"})
_PATH_KEYS = frozenset({"path", "file", "editable", "subdirectory", "git", "ref", "url"})


def find(source: Document, around: Around) -> Iterator[PathDependency | Finding]:
    """Packages with a local path."""
    del around
    for category in source.values:
        if category not in _NOT_PACKAGES:
            yield from found_in(source, (category,), ID, "image")


def edits(
    source: Document, around: Around, found: PathDependency, wanted: Wanted
) -> Iterator[Edit | Problem]:
    """`version` in place of the path; extras and markers stay."""
    del around
    version = [("version", f'"{wanted.range}"')]
    if wanted.index:
        version.append(("index", toml_of(wanted.index.name)))
    yield from rewrite_entry(source, found.path, _PATH_KEYS | {"version", "index"}, version)


def index_entry(index: Index) -> IndexEntry:
    """A further source, which only packages that name it are taken from."""
    return ("source",), (
        ("name", toml_of(index.name)),
        ("url", toml_of(index.url)),
        ("verify_ssl", "true"),
    )
