"""`railrel doctor`: what is wrong with the world around a release, and what to change."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

import click

from railrel.commands.doctor.site import Wanted, bytes_of, site_of
from railrel.commands.shared.context import Context
from railrel.commands.shared.options import json_option, with_context
from railrel.console import Console
from railrel.doctor.changes import TITLES
from railrel.doctor.findings import Examined, Finding, exit_code
from railrel.doctor.registry import examine
from railrel.errors import ExitCode
from railrel.values import dataclass

SCHEMA = "railrel.doctor/1"
DEFAULT_SIZE = "2MB"

_COLOURS = {"ok": "green", "note": "cyan", "finding": "red", "unknown": "yellow"}


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """One way to put it right; several are for different kinds of setup."""

    where: str
    """`helm`, `ini`, `environment` (of Gitea), `setting` (of railrel), `variable` (here), `annotation`,
    `proxy`, `scope`, `right` or `host`."""
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class FindingReport:
    """One thing that was found."""

    check: str
    status: str
    """`ok`, `note`, `finding` or `unknown`."""
    said: str
    changes: tuple[ChangeReport, ...]


@dataclass(frozen=True, slots=True)
class GroupReport:
    """What one group of checks found."""

    group: str
    subject: str
    """What was examined: the registry's address."""
    findings: tuple[FindingReport, ...]


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """What `railrel doctor --json` prints."""

    groups: tuple[GroupReport, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """Checks that are made while they are looked at."""

    name: str
    subject: str
    examined: Iterator[Examined]


@click.group("doctor", invoke_without_command=True)
@json_option
@with_context
def command(context: Context, *, as_json: bool) -> int:
    """Examine the world around a release, and say what to change.

    Without a group, all groups are examined. Nothing is changed or stored. Exit code 1 when something
    is wrong, 3 when something could not be told, 0 when all is well.
    """
    if click.get_current_context().invoked_subcommand:
        return ExitCode.DONE
    return _told(context, [group(context) for group in GROUPS.values()], as_json=as_json)


@command.command("registry")
@click.option("--owner", default="", help="Whose packages, if not those that the registry names.")
@click.option("--label", default="", help="The label of the runner that is to take the jobs.")
@click.option(
    "--size",
    default=DEFAULT_SIZE,
    show_default=True,
    help="How large an upload must get through, such as 100MB: so many zeros are sent, and refused.",
)
@json_option
@with_context
def registry(context: Context, *, owner: str, label: str, size: str, as_json: bool) -> int:
    """Ask the registry whether all is as publishing and installing need it.

    Who answers and how, packages, owner, token, scopes, rights, ROOT_URL, links, body limit, clock,
    Actions, runner. Each finding names the Helm value, the key of app.ini, the setting, scope or right
    to change. Where the registry's token may not see repositories, RAILREL_FORGE_TOKEN is used.
    """
    wanted = Wanted(owner, label, bytes_of(size))
    return _told(context, [_of_registry(context, wanted)], as_json=as_json)


def _of_registry(context: Context, wanted: Wanted) -> _Group:
    site = site_of(context, wanted)
    return _Group("registry", site.place, examine(site))


GROUPS: Mapping[str, Callable[[Context], _Group]] = {
    "registry": lambda context: _of_registry(context, Wanted("", "", bytes_of(DEFAULT_SIZE))),
}
"""What is examined when nobody says what."""


def _told(context: Context, groups: Iterable[_Group], *, as_json: bool) -> int:
    done: list[Examined] = []
    reports = []
    for group in groups:
        context.console.say(f"{group.name}: {group.subject}")
        mine = []
        for examined in group.examined:
            mine.append(examined)
            if not as_json and not examined.after:
                _show(context.console, examined)
        if not as_json:
            _show_unasked(context.console, mine)
        done += mine
        found = tuple(_reported(one.check, f) for one in mine for f in one.findings)
        reports.append(GroupReport(group.name, group.subject, found))
    if as_json:
        context.console.report(SCHEMA, DoctorReport(tuple(reports)))
    else:
        context.console.say(_summary(done))
    return exit_code(done)


def _show(console: Console, examined: Examined) -> None:
    for finding in examined.findings:
        status = console.styled(f"{finding.status:<8}", _COLOURS[finding.status], sys.stdout)
        console.result(f"{status} {examined.check:<11} {finding.said}")
        for change in finding.changes:
            console.result(f"{'':20}   {TITLES[change.where]}  {change.shown}")


def _show_unasked(console: Console, examined: Iterable[Examined]) -> None:
    """In a line for each reason: they say nothing that the finding does not."""
    reasons: dict[str, list[str]] = {}
    for one in examined:
        if one.after:
            reasons.setdefault(one.after, []).append(one.check)
    for after, checks in reasons.items():
        status = console.styled(f"{'unknown':<8}", _COLOURS["unknown"], sys.stdout)
        console.result(f"{status} not asked, because of {after}: {', '.join(checks)}")


def _summary(done: Iterable[Examined]) -> str:
    found = Counter(finding.status for one in done for finding in one.findings)
    if not found["finding"] + found["unknown"]:
        return "nothing is wrong"
    return f"{found['finding']} wrong, {found['unknown']} could not be told"


def _reported(check: str, finding: Finding) -> FindingReport:
    changes = tuple(ChangeReport(c.where, c.name, c.value) for c in finding.changes)
    return FindingReport(check, finding.status, finding.said, changes)
