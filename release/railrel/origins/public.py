"""What it means that a name of ours is, or is not, on the public index. Pure."""

from collections.abc import Iterable

from packaging.utils import NormalizedName
from packaging.version import Version

from railrel.errors import Problem
from railrel.values import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """One name of ours on the public index."""

    name: NormalizedName
    place: str
    """Its page there."""
    versions: frozenset[Version]
    owner: str
    """Who published it, as far as the index says."""
    our_versions: frozenset[Version] | None
    """In our registry; None when that was not asked or did not answer."""

    @property
    def wins(self) -> bool:
        """Whether who asks both indexes would take theirs."""
        ours = max(self.our_versions or (), default=None)
        theirs = max(self.versions, default=None)
        return theirs is not None and (ours is None or theirs > ours)


def judged(standing: Standing) -> Problem:
    """That somebody has our name."""
    newest = max(standing.versions, default=None)
    there = f"with {newest}" if newest else "without a file"
    by = f" by {standing.owner}" if standing.owner else ""
    if standing.our_versions is None:
        compared = ""
    elif not standing.our_versions:
        compared = "; our registry has none"
    else:
        mine = max(standing.our_versions)
        compared = f", {'above' if standing.wins else 'not above'} our {mine}"
    danger = "who asks both takes theirs" if standing.wins else "a higher one can come any day"
    return Problem(
        f"{standing.name} is on the public index too, {there}{by}{compared}: {danger}",
        standing.place,
        "railrel index --all --check shows who could get it; if it is yours: internal = "
        f'["!{standing.name}"]',
        "name-taken",
    )


def free(names: Iterable[NormalizedName], place: str) -> Problem | None:
    """That anybody could take these names; None where there are none."""
    listed = ", ".join(sorted(names))
    if not listed:
        return None
    return Problem(
        f"anybody could register {listed} on the public index",
        place,
        "reserve them there, or see that nobody asks it for them: railrel index --all --check",
        "name-free",
    )
