"""`issue-core @ ../issue-core` and its kin, in every list of requirement strings (PEP 508)."""

import re
from collections.abc import Iterator

from railrel.dependencies.listed import listed, with_range_for_url
from railrel.dependencies.references import Around, Finding, Index, PathDependency, Wanted
from railrel.documents import Document
from railrel.edits import Edit
from railrel.errors import Problem

ID = "pep508-url"
TITLE = (
    "`name @ file:…`, `name @ ../x`, `name @ ….whl`, `{root:uri}`, `${PROJECT_ROOT}` in "
    "dependencies, extras, groups, `build-system.requires`, `tool.uv.dev-dependencies`, "
    "`tool.uv.extra-build-dependencies`, `tool.rye.dev-dependencies`, what Hatch "
    "builds with and its environments with their overrides"
)
FILES = ("pyproject.toml", "hatch.toml")
# An address has an @ too.
MARKS = re.compile(rb"@(?!\w[\w-]*(?:\.[\w-]+)+(?<!\.whl)(?<!\.gz)(?<!\.zip)[\"'>])")


def find(source: Document, around: Around) -> Iterator[PathDependency | Finding]:
    """Requirement strings whose URL is a local path."""
    for requirement in listed(source):
        local = requirement.local(around.folder, around.variables)
        if local is None:
            continue
        yield PathDependency(
            name=requirement.name,
            syntax=ID,
            file=source.path,
            path=requirement.path,
            at=source.at(requirement.path),
            written=local[0],
            target=local[1],
            breaks=requirement.breaks,
        )


def edits(
    source: Document, around: Around, found: PathDependency, wanted: Wanted
) -> Iterator[Edit | Problem]:
    """The range in place of `@ …`."""
    del around
    for requirement in listed(source):
        if requirement.path == found.path:
            yield with_range_for_url(source, requirement, wanted)


def index_entry(index: Index) -> None:
    """A requirement string cannot say which index it is for."""
    del index
