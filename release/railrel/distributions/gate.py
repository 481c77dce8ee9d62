"""Would this install on a stranger's machine? What the built files must fulfil to be published.

Each rule is a function from the two opened files and what was asked for to problems. Nothing here
opens or runs anything; twine's own check is in `twine_check`.
"""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from railrel.dependencies.listed import listed
from railrel.dependencies.ranges import is_bounded
from railrel.dependencies.references import Around, PathDependency
from railrel.dependencies.scan import in_document
from railrel.distributions.artefacts import Artefact
from railrel.errors import ConfigError, Problem


@dataclass(frozen=True, slots=True)
class Asked:
    """What the built files should be."""

    name: NormalizedName
    version: Version
    siblings: AbstractSet[NormalizedName]
    """Projects of the workspace, whose versions move together with ours."""
    allow_dev: bool


Rule = Callable[[Artefact, Asked], Iterator[Problem]]


def unfit(sdist: Artefact, wheel: Artefact, asked: Asked) -> list[Problem]:
    """Everything that keeps these files from being published; nothing when they are fit."""
    problems = [
        problem for file in (wheel, sdist) for rule in RULES for problem in rule(file, asked)
    ]
    return list(dict.fromkeys([*problems, *_disagreements(sdist, wheel)]))


def as_asked(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """Name and version are those that were asked for, in the metadata and in the file's name."""
    at = file.path.name
    for name in {file.name, file.file_name} - {asked.name}:
        yield Problem(
            f"the {file.kind} is called {name or 'nothing'}, not {asked.name}",
            at,
            "the backend reads the name elsewhere; give it one place",
            "other-name",
        )
    for version in {file.version, file.file_version} - {asked.version}:
        yield Problem(
            f"the {file.kind} has the version {version}, not {asked.version}",
            at,
            "the backend reads the version elsewhere; give it one place",
            "other-version",
        )


def released(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """The version is one that others may depend on."""
    version = file.version
    if version and (version.is_devrelease or version.local) and not asked.allow_dev:
        yield Problem(
            f"{version} is a development or local version",
            file.path.name,
            f"publish a release, or: railrel publish {asked.name} --allow-dev",
            "unreleased-version",
        )


def no_direct_references(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """No requirement names a path or a URL: nobody else has it, and no index can serve it."""
    del asked
    for text in file.metadata.get("requires_dist", []):
        requirement = _parsed(text)
        if requirement is None:
            yield Problem(
                f"{text!r} is not a requirement", f"{file.path.name}: Requires-Dist", "",
                "invalid-requirement",
            )  # fmt: skip
        elif requirement.url:
            yield _direct(f"{file.path.name}: Requires-Dist", text)


def no_paths_in_source(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """The sdist's own `pyproject.toml` names no path either: who builds from it has no neighbour."""
    del asked
    document = file.pyproject
    if document is None:
        return
    try:
        for requirement in listed(document):
            if requirement.url:
                yield _direct(document.at(requirement.path), requirement.text)
        for text in _build_requires(file):
            if " @ " in text or (_parsed(text) or Requirement("x")).url:
                yield _direct(document.at(("build-system", "requires")), text)
        # Paths are followed from an absolute folder; this one has nothing beside it.
        for found in in_document(document, Around(Path("/", document.path.parent), {})):
            if isinstance(found, PathDependency):
                yield _direct(found.at, f"{found.shown} from {found.written}")
    except ConfigError as error:
        yield from error.problems


def siblings_bounded(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """A sibling without a range installs in any version, also one that cannot work."""
    for text in file.metadata.get("requires_dist", []):
        requirement = _parsed(text)
        if requirement is None or requirement.url:
            continue
        name = canonicalize_name(requirement.name)
        # A project's own extras may name the project itself.
        if name in asked.siblings - {asked.name} and not is_bounded(str(requirement.specifier)):
            yield Problem(
                f"{text} asks for the sibling {name} in any version",
                f"{file.path.name}: Requires-Dist",
                f"write a range such as {name}>=0.2,<0.3",
                "unbounded-sibling",
            )


def known_fields(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """The metadata can be read whole."""
    del asked
    if file.unknown:
        fields = ", ".join(sorted(file.unknown))
        yield Problem(f"the metadata holds fields that cannot be read: {fields}", file.path.name)


RULES: tuple[Rule, ...] = (
    as_asked,
    released,
    no_direct_references,
    no_paths_in_source,
    siblings_bounded,
    known_fields,
)


def _disagreements(sdist: Artefact, wheel: Artefact) -> Iterator[Problem]:
    """What the two files say differently, but for what the sdist declares dynamic (PEP 643)."""
    dynamic = {field.lower().replace("-", "_") for field in sdist.metadata.get("dynamic", [])}
    for field in ("name", "version", "requires_python", "requires_dist", "provides_extra"):
        if field in dynamic:
            continue
        left, right = (_comparable(file, field) for file in (sdist, wheel))
        if left != right:
            yield Problem(
                f"sdist and wheel disagree on {field.replace('_', '-')}: {left} and {right}",
                f"{sdist.path.name}, {wheel.path.name}",
                "the backend works it out anew from the sdist; make it static",
                "sdist-and-wheel-disagree",
            )


def _comparable(file: Artefact, field: str) -> object:
    match field:
        case "name":
            return file.name
        case "version":
            return str(file.version)
        case "requires_dist":
            return sorted({str(_parsed(t) or t) for t in file.metadata.get("requires_dist", [])})
        case "provides_extra":
            extras = file.metadata.get("provides_extra", [])
            return sorted({canonicalize_name(extra) for extra in extras})
        case _:
            return file.metadata.get("requires_python", "")


def _build_requires(file: Artefact) -> list[str]:
    requires = file.pyproject.table("build-system").get("requires") if file.pyproject else None
    return (
        [text for text in requires if isinstance(text, str)] if isinstance(requires, list) else []
    )


def _parsed(text: str) -> Requirement | None:
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def _direct(at: str, text: str) -> Problem:
    return Problem(
        f"{text} names a path or a URL, which nobody else can install from",
        at,
        "put a version range in its place: railrel fix-deps",
        "direct-reference",
    )
