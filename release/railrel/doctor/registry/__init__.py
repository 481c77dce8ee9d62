"""What is asked of a registry: one check a file, in the order in which they are made."""

from collections.abc import Iterator
from typing import Protocol

from railrel.doctor.findings import Examined, Finding, unknown
from railrel.doctor.registry import (
    actions,
    body_limit,
    clock,
    encryption,
    folder,
    links,
    owner,
    packages,
    reachable,
    root_url,
    runner,
    scopes,
    server,
    token,
    what_answers,
    writing,
)
from railrel.doctor.registry.site import Site
from railrel.errors import RailrelError


class Check(Protocol):
    """A module of this folder."""

    ID: str
    TITLE: str
    KINDS: tuple[str, ...]
    """The kinds of registry that it is for."""
    AFTER: tuple[str, ...]
    """Checks that must have gone well for this one to mean something."""

    def examine(self, site: Site) -> tuple[Finding, ...]:
        """Ask, in seconds and without changing anything. UnreachableError where nobody answers."""
        ...


CHECKS: tuple[Check, ...] = (
    folder,
    reachable,
    encryption,
    what_answers,
    server,
    packages,
    owner,
    token,
    scopes,
    writing,
    root_url,
    links,
    body_limit,
    clock,
    actions,
    runner,
)


def examine(site: Site) -> Iterator[Examined]:
    """Every check that applies, one after the other."""
    done: dict[str, Examined] = {}
    for check in CHECKS:
        if site.kind not in check.KINDS:
            continue
        failed = [name for name in check.AFTER if name in done and not done[name].went_well]
        findings = (_unasked(failed[0]),) if failed else _asked(check, site)
        done[check.ID] = Examined(check.ID, findings, failed[0] if failed else "")
        yield done[check.ID]


def _asked(check: Check, site: Site) -> tuple[Finding, ...]:
    try:
        return check.examine(site)
    except RailrelError as error:
        return tuple(unknown(problem.message) for problem in error.problems)


def _unasked(after: str) -> Finding:
    return unknown(f"not asked, because of {after}")
