"""pixi: `[tool.pixi.pypi-dependencies]`, also of features and targets, or the same in `pixi.toml`.

https://pixi.sh/latest/reference/pixi_manifest/#pypi-dependencies
"""

import re
from collections.abc import Iterator

from railrel.dependencies.references import Around, Finding, Index, PathDependency, Wanted
from railrel.dependencies.tables import found_in
from railrel.documents import Document
from railrel.edits import Edit
from railrel.errors import Problem
from railrel.toml_edits import rewrite_entry, toml_of

ID = "pixi"
TITLE = (
    "pixi's `pypi-dependencies` with `path`, `url` or a local `git`, of features and targets too"
)
FILES = ("pyproject.toml", "pixi.toml")
MARKS = re.compile(rb"pypi-dependencies")

_TABLES = (
    ("pypi-dependencies",),
    ("target", "*", "pypi-dependencies"),
    ("feature", "*", "pypi-dependencies"),
    ("feature", "*", "target", "*", "pypi-dependencies"),
)
_PATH_KEYS = frozenset({"path", "editable", "subdirectory", "url", "git", "rev", "tag", "branch"})


def find(source: Document, around: Around) -> Iterator[PathDependency | Finding]:
    """Packages with a local path."""
    del around
    prefix = ("tool", "pixi") if source.path.name == "pyproject.toml" else ()
    for keys in _TABLES:
        yield from found_in(source, (*prefix, *keys), ID, "image")


def edits(
    source: Document, around: Around, found: PathDependency, wanted: Wanted
) -> Iterator[Edit | Problem]:
    """`version`, and the index that it comes from, in place of the path."""
    del around
    version = [("version", f'"{wanted.range}"')]
    if wanted.index:
        version.append(("index", toml_of(wanted.index.url)))
    yield from rewrite_entry(source, found.path, _PATH_KEYS | {"version", "index"}, version)


def index_entry(index: Index) -> None:
    """Each entry names its index by URL."""
    del index
