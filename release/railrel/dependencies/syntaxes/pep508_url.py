"""`issue-core @ ../issue-core` and its kin, in dependencies, extras and groups (PEP 508, PEP 735)."""

from collections.abc import Iterator

from railrel.dependencies.edits import Edit
from railrel.dependencies.paths import LocalPath, Unresolvable, from_url
from railrel.dependencies.references import Index, Members, PathDependency, Wanted
from railrel.dependencies.requirements import listed, with_range_for_url
from railrel.documents import Document
from railrel.errors import Problem

ID = "pep508-url"
TITLE = "`name @ file:…`, `name @ ../x`, `{root:uri}`, `${PROJECT_ROOT}` in requirement strings"


def find(document: Document, members: Members) -> Iterator[PathDependency]:
    """Requirement strings whose URL is a local path."""
    del members
    for requirement in listed(document):
        url, name = requirement.url, requirement.name
        local = from_url(url, document.path.parent) if url else None
        if url and requirement.parsed is None:
            local = _malformed(url)
        elif url is None and name and "@" in requirement.text.partition(";")[0]:
            url = requirement.text
            local = _malformed(url)
        if url is None or name is None or local is None:
            continue
        yield PathDependency(
            name=name,
            syntax=ID,
            path=requirement.path,
            at=document.at(requirement.path),
            written=url,
            target=local.folder if isinstance(local, LocalPath) else None,
            published=requirement.published,
            trouble=local.reason if isinstance(local, Unresolvable) else "",
        )


def _malformed(url: str) -> Unresolvable:
    return Unresolvable(
        f"{url!r} cannot be read as a requirement; a path has no blanks, and a blank stands before ;"
    )


def edits(document: Document, found: PathDependency, wanted: Wanted) -> Iterator[Edit | Problem]:
    """The range in place of `@ …`."""
    for requirement in listed(document):
        if requirement.path == found.path:
            yield with_range_for_url(document, requirement, wanted.range)


def index_entry(index: Index) -> None:
    """A requirement string cannot say which index it is for."""
    del index
