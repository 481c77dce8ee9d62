"""Rules: everything that is required can be had by a stranger."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from railrel.dependencies.listed import listed
from railrel.dependencies.ranges import is_bounded
from railrel.dependencies.references import Around, PathDependency
from railrel.dependencies.scan import in_document
from railrel.distributions.artefacts import Artefact
from railrel.distributions.gate.asked import Asked
from railrel.errors import ConfigError, Problem

_REACHABLE = re.compile(
    r"(?:git\+|hg\+|svn\+|bzr\+)?(?:https?|ssh)://[^/\s]*[^/\s.{}]\.\w", re.IGNORECASE
)


def no_direct_references(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """No requirement names a path or a URL: nobody else has it, and no index can serve it."""
    del asked
    for text in file.metadata.get("requires_dist", []):
        requirement = parsed(text)
        if requirement is None:
            yield Problem(
                f"{text!r} is not a requirement", f"{file.path.name}: Requires-Dist", "",
                "invalid-requirement",
            )  # fmt: skip
        elif requirement.url:
            yield _direct(f"{file.path.name}: Requires-Dist", text)


def no_paths_in_source(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """The sdist's own `pyproject.toml` names no path either: who builds from it has no neighbour.

    What only its developers install may come from a URL that everybody can reach.
    """
    del asked
    document = file.pyproject
    if document is None:
        return
    try:
        for requirement in listed(document):
            if requirement.url and (
                requirement.breaks == "publish" or not _REACHABLE.match(requirement.url)
            ):
                yield _direct(document.at(requirement.path), requirement.text)
        for text in _build_requires(file):
            if " @ " in text or (parsed(text) or Requirement("x")).url:
                yield _direct(document.at(("build-system", "requires")), text)
        # Paths are followed from an absolute folder; this one has nothing beside it.
        for found in in_document(document, Around(Path("/", document.path.parent), {})):
            # In an sdist there is no uv workspace, and uv looks for none.
            if isinstance(found, PathDependency) and not found.written.startswith("workspace"):
                yield _direct(found.at, f"{found.shown} from {found.written}")
    except ConfigError as error:
        yield from error.problems


def siblings_bounded(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """A sibling without a range installs in any version, also one that cannot work."""
    for text, name in _unbounded(file):
        # A project's own extras may name the project itself.
        if asked.siblings is not None and name in asked.siblings - {asked.name}:
            yield Problem(
                f"{text} asks for the sibling {name} in any version",
                f"{file.path.name}: Requires-Dist",
                f"write a range such as {name}>=0.2,<0.3",
                "unbounded-sibling",
            )


def unbounded(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """A remark: where nobody says who is a sibling, any requirement could be one."""
    if asked.siblings is None:
        for text, name in _unbounded(file):
            if name != asked.name:
                yield Problem(
                    f"{text} is taken in any version",
                    f"{file.path.name}: Requires-Dist",
                    f"if it is released together with {asked.name}, write a range",
                    "unbounded-requirement",
                )


def _unbounded(file: Artefact) -> Iterator[tuple[str, NormalizedName]]:
    for text in file.metadata.get("requires_dist", []):
        requirement = parsed(text)
        if requirement and not requirement.url and not is_bounded(str(requirement.specifier)):
            yield text, canonicalize_name(requirement.name)


def _build_requires(file: Artefact) -> list[str]:
    requires = file.pyproject.table("build-system").get("requires") if file.pyproject else None
    return (
        [text for text in requires if isinstance(text, str)] if isinstance(requires, list) else []
    )


@lru_cache(maxsize=1024)
def parsed(text: str) -> Requirement | None:
    try:
        requirement = Requirement(text)
        # Only now are the versions in it read.
        for one in requirement.specifier:
            one.contains("0")
    except ValueError:  # InvalidRequirement is one; so is a number of five thousand digits
        return None
    return requirement


def _direct(at: str, text: str) -> Problem:
    return Problem(
        f"{text} names a path or a URL, which nobody else can install from",
        at,
        "put a version range in its place: railrel fix-deps",
        "direct-reference",
    )
