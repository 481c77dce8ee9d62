"""Which number comes next."""

from typing import Literal, TypeAlias, get_args

from packaging.version import Version

Step: TypeAlias = Literal["major", "minor", "patch"]
STEPS: tuple[Step, ...] = get_args(Step)


def step_of(word: str) -> Step | None:
    """The step of this name."""
    return next((step for step in STEPS if step == word), None)


def next_version(current: Version, step: Step) -> Version:
    """The number after the current one. A pre-release leads to the release that it is of.

    As semver's own `inc` does: 1.3.0rc1 is before a minor release, so `minor` gives 1.3.0. A calendar
    version counts as any other; who wants next month's says it.
    """
    major, minor, patch = current.major, current.minor, current.micro
    # A fourth number belongs to no step: what it counts is after the third.
    ahead = current.is_prerelease and not any(current.release[3:])
    numbers = {
        "major": (major, 0, 0) if ahead and minor == patch == 0 else (major + 1, 0, 0),
        "minor": (major, minor, 0) if ahead and patch == 0 else (major, minor + 1, 0),
        "patch": (major, minor, patch if ahead else patch + 1),
    }[step]
    # As long as it was, so 0.2 becomes 0.3; a patch needs its place.
    length = max(len(current.release), 3 if step == "patch" else 2)
    release = (*numbers, *(0,) * length)[:length]
    epoch = f"{current.epoch}!" if current.epoch else ""
    return Version(epoch + ".".join(str(number) for number in release))


def careful(step: Step, current: Version) -> Step:
    """The step for changes of a project that promises nothing yet: below 1.0, minor is the largest.

    https://semver.org/#spec-item-4
    """
    return "minor" if step == "major" and current.major == 0 else step


def next_development(version: Version) -> Version:
    """What comes after a release, for who wants the source to say that it is ahead of it."""
    return Version(f"{next_version(version, 'patch')}.dev0")
