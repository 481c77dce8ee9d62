"""Whether a runner with the label is there, which Gitea shows to owners and admins alone."""

from collections.abc import Iterator

from railrel.doctor.changes import Change
from railrel.doctor.findings import Finding, fine, unknown, wrong
from railrel.doctor.registry.repositories import seen
from railrel.doctor.registry.site import Site, table_of
from railrel.values import dataclass

ID = "runner"
TITLE = "a runner with --label waits for jobs"
KINDS: tuple[str, ...] = ("gitea",)
AFTER: tuple[str, ...] = ("reachable", "gitea")

_PAGES = 10


@dataclass(frozen=True, slots=True)
class Runner:
    """One that is registered."""

    name: str
    online: bool
    labels: frozenset[str]


def examine(site: Site) -> tuple[Finding, ...]:
    """Each level has its own list; only an admin's holds all."""
    lists = [
        *(f"/repos/{repository.full_name}/actions/runners" for repository in site.repositories),
        f"/orgs/{site.owner}/actions/runners",
        "/user/actions/runners",
    ]
    everywhere = _listed(site, "/admin/actions/runners")
    found = [runner for path in lists for runner in _listed(site, path) or ()]
    return judged((*found, *(everywhere or ())), site.label, all_seen=everywhere is not None)


def judged(runners: tuple[Runner, ...], label: str, *, all_seen: bool) -> tuple[Finding, ...]:
    """Whether one of these takes a job of this label."""
    fitting = [runner for runner in runners if not label or label in runner.labels]
    wanted = f"with the label {label}" if label else "of any label"
    online = sorted({runner.name for runner in fitting if runner.online})
    if online:
        return (fine(f"a runner {wanted} is online: {', '.join(online)}"),)
    if fitting:
        names = ", ".join(sorted({runner.name for runner in fitting}))
        start = Change("host", "start it", "act_runner daemon, or the chart gitea/actions")
        return (wrong(f"the runner {wanted} is offline: {names}", start),)
    if all_seen:
        return (
            wrong(f"no runner {wanted} is registered: jobs would wait for ever", *_register(label)),
        )
    if not label:
        # Nobody asked for one, and a token that may only publish is not told.
        return ()
    return (
        unknown(
            f"this token sees no runner {wanted}; those of the server show to an admin alone",
            Change(
                "variable",
                "RAILREL_FORGE_TOKEN",
                "a token with read:organization of an owner, or with read:admin of a site admin",
            ),
        ),
    )


def _register(label: str) -> tuple[Change, ...]:
    labels = f" --labels {label}" if label else ""
    return (Change("host", f"act_runner register --instance URL{labels}"),)


def _listed(site: Site, path: str) -> list[Runner] | None:
    """The runners of a list, page after page; None where we may not see it."""
    found: list[Runner] = []
    for page in range(1, _PAGES + 1):
        answer = seen(site, f"{path}?limit=50&page={page}")
        table = table_of(answer)
        entries = table.get("runners")
        if answer.status != 200 or not isinstance(entries, list):
            return None if page == 1 else found
        found += [runner for entry in entries for runner in _runner(entry)]
        total = table.get("total_count")
        if not entries or not isinstance(total, int) or len(found) >= total:
            break
    return found


def _runner(entry: object) -> Iterator[Runner]:
    match entry:
        case {"name": str(name), "status": str(status), "labels": list(labels)}:
            named = {str(label.get("name")) for label in labels if isinstance(label, dict)}
            yield Runner(name, status == "online", frozenset(named))
        case _:
            return
