"""What becomes of the named contexts that a file gives."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from railrel.dependencies.file_names import matches
from railrel.edits import Edit
from railrel.errors import Problem
from railrel.images.contexts import FORMS
from railrel.images.contexts.protocol import Form, Use, outer
from railrel.images.takes import Outside
from railrel.sources import Source
from railrel.values import dataclass

_MAKEFILES = ("Makefile", "GNUmakefile", "*.mk")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of one file."""

    edits: tuple[Edit, ...]
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


def uses(source: Source, relative: str) -> Iterator[Use]:
    """Every context that a file gives."""
    for form in _of(relative):
        yield from (found for found in form.find(source) if isinstance(found, Use))


def outcome(
    source: Source,
    relative: str,
    outside: Outside,
    needed: Iterable[str],
    dockerfiles: tuple[Path, ...],
) -> Outcome:
    """Take out the neighbours that no Dockerfile needs any longer."""
    edits: list[Edit] = []
    problems: list[Problem] = []
    notes: list[Problem] = []
    for form in _of(relative):
        found = tuple(form.find(source))
        problems += [one for one in found if isinstance(one, Problem)]
        gone: list[Use] = []
        for use in (one for one in found if isinstance(one, Use)):
            if outside.named(use.name) is None or use.name in needed or use.place is None:
                continue
            trouble = use.builds.trouble(outside.folder, dockerfiles)
            if trouble and outer(source, use.span, use.builds.context):
                continue
            if trouble:
                problems.append(_left(source, use, trouble))
            else:
                gone.append(use)
        if not gone:
            continue
        removal = form.without(source, tuple(gone))
        edits += removal.edits
        problems += removal.problems
        if removal.edits:
            first = {use.builds.start: use for use in reversed(gone)}
            notes += [_secret(source, use, form) for use in reversed(first.values())]
    return Outcome(tuple(edits), tuple(problems), tuple(notes))


def _of(relative: str) -> Iterator[Form]:
    return (form for form in FORMS if matches(form.FILES, relative))


def _left(source: Source, use: Use, trouble: str) -> Problem:
    return Problem(
        f"the context {use.name} is left: {trouble}",
        source.at(use.span),
        "take it out yourself if no Dockerfile needs it",
        "context-left",
    )


def _secret(source: Source, use: Use, form: Form) -> Problem:
    # make takes a single dollar for itself.
    dollar = "$$" if matches(_MAKEFILES, source.path.name) else "$"
    return Problem(
        "the build needs the registry's credentials now",
        source.at(use.span),
        f"write there: {form.SECRET.replace('$', dollar)}",
        "secret-needed",
    )
