"""Version ranges: what a dependant should ask of a sibling at a given version."""

import re
from typing import Final, Literal, TypeAlias, get_args

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import Version

from railrel.errors import Problem
from railrel.values import dataclass

Policy: TypeAlias = Literal["minor", "patch", "exact", "compatible"]
Floor: TypeAlias = Literal["minor", "patch"]
Cap: TypeAlias = Literal["breaking", "minor", "none"]

POLICIES: Final[tuple[Policy, ...]] = get_args(Policy)
FLOORS: Final[tuple[Floor, ...]] = get_args(Floor)
CAPS: Final[tuple[Cap, ...]] = get_args(Cap)

# PEP 440: which clauses keep versions from below or from above.
_BOUND = re.compile(r"===|~=|==|<=|>=|<|>")


@dataclass(frozen=True, slots=True)
class Style:
    """How wide a range is to be. `floor` and `cap` come before what `policy` says of them."""

    policy: Policy = "minor"
    """`minor`: 1.4.2 gives >=1.4,<2. `patch`: >=1.4.2,<2. `exact`: ==1.4.2. `compatible`: ~=1.4.2,
    which is >=1.4.2,<1.5."""
    floor: Floor | None = None
    cap: Cap | None = None
    """`breaking`: the next version that SemVer lets break; `minor`: the next minor one."""


DEFAULT: Final = Style()


def range_for(version: Version, style: Style = DEFAULT) -> str | Problem:
    """The range of versions that should work like this one, as SemVer reads the numbers.

    0.2.3 -> `>=0.2,<0.3`; 1.4.2 -> `>=1.4,<2`; 0.0.3 -> `>=0.0.3,<0.0.4`;
    0.3.0rc1 -> `>=0.3.0rc1,<0.4`; 2026.3.1 -> `>=2026.3,<2027`; 1!2.3 -> `>=1!2.3,<1!3`. A Problem
    for versions that no registry should hold.
    """
    if version.is_devrelease or version.local:
        return Problem(
            f"{version} is a development or local version, which no range can start from",
            hint="give the sibling a release version first",
            rule="unreleased-version",
        )
    if style.floor is None and style.cap is None:
        if style.policy == "exact":
            return f"=={version}"
        if style.policy == "compatible":
            return f"~={_three(version)}"
    floor = style.floor or ("minor" if style.policy == "minor" else "patch")
    cap = style.cap or ("minor" if style.policy == "compatible" else "breaking")
    clauses = [f">={_floor(version, floor)}", *_cap(version, cap)]
    return ",".join(clauses)


def _floor(version: Version, floor: Floor) -> str:
    if floor == "patch" or version.is_prerelease:
        return str(version)
    if version.major == 0 and version.minor == 0:
        return f"{_epoch(version)}0.0.{version.micro}"
    if len(version.release) == 1:
        return f"{_epoch(version)}{version.major}"
    return f"{_epoch(version)}{version.major}.{version.minor}"


def _cap(version: Version, cap: Cap) -> list[str]:
    major, minor, micro = version.major, version.minor, version.micro
    match cap:
        case "none":
            return []
        case "minor" if major or minor:
            end = f"{major}.{minor + 1}"
        case "breaking" if major:
            end = f"{major + 1}"
        case _:
            end = f"0.{minor + 1}" if minor else f"0.0.{micro + 1}"
    return [f"<{_epoch(version)}{end}"]


def _epoch(version: Version) -> str:
    return f"{version.epoch}!" if version.epoch else ""


def _three(version: Version) -> str:
    """With three numbers: `~=1.4` would let 1.5 in, and `~=3` is none (PEP 440)."""
    if len(version.release) > 2:
        return str(version)
    numbers = f"{_epoch(version)}{version.major}.{version.minor}.{version.micro}"
    return numbers + str(version)[len(_epoch(version) + ".".join(map(str, version.release))) :]


def complete(written: str, wanted: str, version: Version) -> str | Problem:
    """The user's own range where there is one, else `wanted` beside what the user excludes.

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
    if is_bounded(written):
        return written
    if not written.strip():
        return wanted
    separator = ", " if re.search(r",\s", written) else ","
    return separator.join([written.rstrip().rstrip(","), *wanted.split(",")])


def admits(written: str, version: Version) -> bool | None:
    """Whether a range admits a version, in the words of PEP 440 or of Poetry; None if it is neither.

    https://python-poetry.org/docs/dependency-specification/#version-constraints
    """
    try:
        return SpecifierSet(written).contains(version, prereleases=True)
    except InvalidSpecifier:
        pass
    from poetry.core.constraints.version import Version as PoetryVersion
    from poetry.core.constraints.version import parse_constraint

    try:
        return parse_constraint(written).allows(PoetryVersion.parse(str(version)))
    except ValueError:
        return None


def is_bounded(written: str) -> bool:
    """Whether a range says more than what is not to be taken."""
    return any(_BOUND.match(clause.strip()) for clause in written.split(","))
