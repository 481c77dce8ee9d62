"""Version ranges: what a dependant should ask of a sibling at a given version."""

import re

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from railrel.errors import Problem

# PEP 440: which clauses of a range keep versions from below, and which from above.
_FLOORS = (">=", ">", "==", "~=", "===")
_CAPS = ("<", "<=", "==", "~=", "===")
_OPERATOR = re.compile(r"===|~=|==|!=|<=|>=|<|>")


def range_for(version: Version) -> str | Problem:
    """The range of versions that should work like this one, as SemVer reads the numbers.

    0.2.3 -> `>=0.2,<0.3`; 1.4.2 -> `>=1.4,<2`; 0.0.3 -> `>=0.0.3,<0.0.4`;
    0.3.0rc1 -> `>=0.3.0rc1,<0.4`. A Problem for versions that no registry should hold.
    """
    if version.is_devrelease or version.local:
        return Problem(
            f"{version} is a development or local version, which no range can start from",
            hint="give the sibling a release version first",
            rule="unreleased-version",
        )
    epoch = f"{version.epoch}!" if version.epoch else ""
    major, minor, micro = version.major, version.minor, version.micro
    if major:
        floor, cap = f"{major}.{minor}", f"{major + 1}"
    elif minor:
        floor, cap = f"0.{minor}", f"0.{minor + 1}"
    else:
        floor, cap = f"0.0.{micro}", f"0.0.{micro + 1}"
    if len(version.release) == 1:
        floor = str(major) if major else floor
    if version.is_prerelease:
        return f">={version},<{epoch}{cap}"
    return f">={epoch}{floor},<{epoch}{cap}"


def complete(written: str, wanted: str, version: Version) -> str | Problem:
    """What the user wrote, with the floor or cap of `wanted` added where it has none.

    Every clause of the user's stays as it is written. A Problem if they exclude `version`.
    """
    try:
        allowed = SpecifierSet(written)
    except InvalidSpecifier:
        return Problem(f"{written!r} is not a version range", rule="invalid-range")
    if not allowed.contains(version, prereleases=True):
        return Problem(
            f"the range {written.strip()} does not admit {version}, the version beside it",
            hint=f"change the range to {wanted}, or check out a version that it admits",
            rule="outside-range",
        )
    operators = {found[0] for clause in written.split(",") if (found := _OPERATOR.search(clause))}
    floor, cap = wanted.split(",")
    missing = [] if operators.intersection(_FLOORS) else [floor]
    missing += [] if operators.intersection(_CAPS) else [cap]
    separator = ", " if re.search(r",\s", written) else ","
    if not written.strip():
        return wanted
    return separator.join([written.rstrip().rstrip(","), *missing])


def is_bounded(written: str) -> bool:
    """Whether a range has both a floor and a cap."""
    operators = {found[0] for clause in written.split(",") if (found := _OPERATOR.search(clause))}
    return bool(operators.intersection(_FLOORS) and operators.intersection(_CAPS))
