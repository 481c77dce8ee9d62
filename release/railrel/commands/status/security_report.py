"""What `railrel status --security --json` prints."""

from railrel.errors import Problem
from railrel.values import dataclass


@dataclass(frozen=True, slots=True)
class NameReport:
    """One name of ours on the public index."""

    name: str
    taken: bool | None
    """Whether it is there; null when it was not asked or did not answer."""
    newest: str | None
    """Its highest version there."""
    owner: str
    """Who published it, as far as the index says."""
    wins: bool
    """Whether an installer that asks both indexes would take theirs."""


@dataclass(frozen=True, slots=True)
class SecurityReport:
    """What lets a stranger's package in."""

    public_index: str
    """Empty when it was not asked."""
    names: tuple[NameReport, ...]
    findings: tuple[Problem, ...]
    notes: tuple[Problem, ...]
    unknown: tuple[Problem, ...]
    """Questions that nobody answered."""
