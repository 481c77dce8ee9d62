"""Rule for both files: they say the same."""

from collections.abc import Iterator

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from railrel.distributions.artefacts import Artefact
from railrel.distributions.gate.requirements import parsed
from railrel.errors import Problem

_STATIC = ("requires_python", "requires_dist", "provides_extra")


def disagreements(sdist: Artefact, wheel: Artefact) -> Iterator[Problem]:
    """What the two files say differently, but for what the sdist declares dynamic (PEP 643)."""
    dynamic = {field.lower().replace("-", "_") for field in sdist.metadata.get("dynamic", [])}
    fields = ("name", "version", *(_STATIC if _promises(sdist) else ()))
    for field in fields:
        if field in dynamic or sdist.metadata.get(field) == wheel.metadata.get(field):
            continue
        left, right = (_comparable(file, field) for file in (sdist, wheel))
        if left != right:
            yield Problem(
                f"sdist and wheel disagree on {field.replace('_', '-')}: {left} and {right}",
                f"{sdist.path.name}, {wheel.path.name}",
                "the backend works it out anew from the sdist; make it static",
                "sdist-and-wheel-disagree",
            )


def _promises(sdist: Artefact) -> bool:
    """Whether the metadata of an sdist is what a wheel's will be; before 2.2 anything was allowed."""
    try:
        return Version(sdist.metadata.get("metadata_version", "1.0")) >= Version("2.2")
    except ValueError:  # InvalidVersion is one; so is a number of five thousand digits
        return False


def _comparable(file: Artefact, field: str) -> object:
    match field:
        case "name":
            return file.name
        case "version":
            return str(file.version)
        case "requires_dist":
            requires = ((text, parsed(text)) for text in file.metadata.get("requires_dist", []))
            return sorted({_spelled(known) if known else text for text, known in requires})
        case "provides_extra":
            extras = file.metadata.get("provides_extra", [])
            return sorted({canonicalize_name(extra) for extra in extras})
        case _:
            return file.metadata.get("requires_python", "")


def _spelled(requirement: Requirement) -> str:
    return canonicalize_name(requirement.name) + str(requirement).removeprefix(requirement.name)
