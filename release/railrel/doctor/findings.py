"""What an examination gives. Pure."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

from railrel.doctor.changes import Change
from railrel.errors import ExitCode
from railrel.values import dataclass

Status: TypeAlias = Literal["ok", "note", "finding", "unknown"]
"""`note` is worth knowing and no fault; `unknown` is what could not be told."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found."""

    status: Status
    said: str
    """In one sentence."""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Examined:
    """What one check found: nothing at all where it had nothing to look at."""

    check: str
    findings: tuple[Finding, ...]
    after: str = ""
    """The check that did not go well, because of which this one was not made."""

    @property
    def went_well(self) -> bool:
        """Whether checks that build on this one mean something."""
        return all(finding.status in ("ok", "note") for finding in self.findings)


def fine(said: str) -> Finding:
    return Finding("ok", _plain(said))


def note(said: str, *changes: Change) -> Finding:
    return Finding("note", _plain(said), changes)


def wrong(said: str, *changes: Change) -> Finding:
    return Finding("finding", _plain(said), changes)


def unknown(said: str, *changes: Change) -> Finding:
    return Finding("unknown", _plain(said), changes)


def exit_code(examined: Iterable[Examined]) -> ExitCode:
    """A finding counts more than what could not be told."""
    found = {finding.status for one in examined for finding in one.findings}
    if "finding" in found:
        return ExitCode.FOUND
    return ExitCode.UNREACHABLE if "unknown" in found else ExitCode.DONE


def _plain(said: str) -> str:
    """Without what a server may have put in to move a terminal's cursor."""
    return "".join(letter if letter.isprintable() else "?" for letter in said)
