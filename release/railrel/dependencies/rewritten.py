"""The proof that a rewrite changed what it should and nothing else."""

from packaging.requirements import Requirement

from railrel.dependencies.listed import listed
from railrel.dependencies.look import Request
from railrel.dependencies.references import PathDependency, concerns
from railrel.dependencies.scan import Scan, in_document, in_text
from railrel.documents import Document
from railrel.sources import Source


def prove(before: Source, after: Source, found: Scan, request: Request) -> None:
    """A rewritten file must have no path left, and name the same projects in the same way.

    Anything else is our bug, not news.
    """
    results = (
        in_document(after, found.around)
        if isinstance(after, Document)
        else in_text(after, found.around, found.files)
    )
    left = [
        result
        for result in results
        if isinstance(result, PathDependency)
        and concerns(request.purpose, result.breaks)
        and not (result.kept or request.keep_source)
    ]
    if left:
        raise RuntimeError(f"still there after the rewrite: {left}")
    if not isinstance(before, Document) or not isinstance(after, Document):
        return
    for one, other in zip(listed(before), listed(after), strict=True):
        if one.text == other.text:
            continue
        was, now = one.parsed, other.parsed
        if was is None or now is None or now.url or _identity(was) != _identity(now):
            raise RuntimeError(f"{one.text!r} became {other.text!r}")


def _identity(requirement: Requirement) -> tuple[str, frozenset[str], str]:
    return requirement.name, frozenset(requirement.extras), str(requirement.marker)
