"""A published version held against the same version built again. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from railrel.dependencies.listed import listed
from railrel.distributions.artefacts import Artefact, same_contents
from railrel.distributions.prepare import Prepared
from railrel.errors import ConfigError, Problem
from railrel.values import dataclass

IDENTICAL: Final = "identical"
WRAPPED: Final = "same contents in another wrapping"
DIFFERENT: Final = "different"
NOT_BUILT: Final = "not built here"

_GENERATOR = re.compile(r"^Generator:\s*(.+)$", re.MULTILINE)
_LOWER_ENDS = frozenset({">=", "==", "~="})


@dataclass(frozen=True, slots=True)
class RebuiltFile:
    """One published file, and what became of it here."""

    filename: str
    outcome: str
    """`identical`, `same contents in another wrapping`, `different` or `not built here`."""
    published_sha256: str
    sha256: str
    """Of what was built; empty where it was not."""
    members: tuple[str, ...]
    """Those that differ."""


def first_versions(published: Iterable[Artefact]) -> Mapping[NormalizedName, Version]:
    """For each requirement the version that its published range begins with.

    Every range that railrel writes is the same for the version that it was written from and for its
    own lower end.
    """
    found: dict[NormalizedName, Version] = {}
    for text in _requirements(published):
        try:
            requirement = Requirement(text)
        except ValueError:
            # No requirement, or one with a number that Python does not read.
            continue
        for clause in requirement.specifier:
            if clause.operator in _LOWER_ENDS:
                try:
                    found.setdefault(canonicalize_name(requirement.name), Version(clause.version))
                except ValueError:
                    continue
    return found


def _requirements(published: Iterable[Artefact]) -> list[str]:
    """In the metadata first, then in the sdist's `pyproject.toml`."""
    files = tuple(published)
    texts = [text for file in files for text in file.metadata.get("requires_dist", [])]
    for file in files:
        if file.pyproject:
            try:
                texts += [one.text for one in listed(file.pyproject)]
            except ConfigError:
                continue
    return texts


def compared(file: Artefact, made: Prepared) -> RebuiltFile:
    """What became of a published file."""
    mine = next((one for one in made.files if one.path.name == file.path.name), None)
    if mine is None:
        return RebuiltFile(file.path.name, NOT_BUILT, file.sha256, "", ())
    if mine.sha256 == file.sha256:
        return RebuiltFile(file.path.name, IDENTICAL, file.sha256, mine.sha256, ())
    members = same_contents(mine.path.read_bytes(), file.path.read_bytes(), file.kind)
    outcome = DIFFERENT if members else WRAPPED
    return RebuiltFile(file.path.name, outcome, file.sha256, mine.sha256, members)


def findings_of(
    files: Iterable[RebuiltFile], published: tuple[Artefact, ...], made: Prepared, place: str
) -> tuple[Problem, ...]:
    """What is to be said of those that are not identical; `place` is the registry, in words."""
    return tuple(
        _finding(file, place, published, made) for file in files if file.outcome != IDENTICAL
    )


def _finding(
    file: RebuiltFile, place: str, published: tuple[Artefact, ...], made: Prepared
) -> Problem:
    at = f"{place}: {file.filename}"
    if file.outcome == NOT_BUILT:
        hint = "compare what else was uploaded by hand; railrel builds one wheel and one sdist"
        return Problem(f"{file.filename} is published, and not built here", at, hint, "not-built")
    if file.outcome == WRAPPED:
        return Problem(
            f"{file.filename} built again has the same contents in other bytes: times, modes or order",
            at,
            "it was built without railrel, or from a checkout whose commit had another time",
            "other-wrapping",
        )
    shown = ", ".join(file.members[:5])
    more = f" and {len(file.members) - 5} more" if len(file.members) > 5 else ""
    return Problem(
        f"{file.filename} built again is another: {shown}{more}",
        at,
        _why(published, made),
        "other-contents",
    )


def _why(published: tuple[Artefact, ...], made: Prepared) -> str:
    theirs = {g for file in published for g in _generators(file)}
    ours = set(_generators(made.wheel))
    if theirs and theirs != ours:
        return (
            f"it was built by {', '.join(sorted(theirs))}, and here by {', '.join(sorted(ours))}: pin it "
            "in build-system.requires to build the same again"
        )
    return "it was built from other files than its tag holds; whoever published it knows which"


def _generators(file: Artefact) -> list[str]:
    texts = [t for n, t in file.contents.texts.items() if n.endswith(".dist-info/WHEEL")]
    return [found for t in texts for found in _GENERATOR.findall(t.decode("utf-8", "replace"))]
