"""Whether Gitea runs jobs at all, and for the repositories of the projects here."""

from railrel.doctor.changes import Change, gitea
from railrel.doctor.findings import Finding, fine, unknown, wrong
from railrel.doctor.registry.repositories import seen
from railrel.doctor.registry.site import Site, table_of
from railrel.workspace.remotes import Repository
from railrel.world import Request

ID = "actions"
TITLE = "Actions are on, for the server and the repositories"
KINDS: tuple[str, ...] = ("gitea",)
AFTER: tuple[str, ...] = ("reachable", "gitea")

# What runners say first; routes below /api/actions are mounted where Actions are on.
_PING = "/api/actions/ping.v1.PingService/Ping"


def examine(site: Site) -> tuple[Finding, ...]:
    headers = {"Content-Type": "application/json"}
    answer = site.send(
        Request("POST", f"{site.root}{_PING}", headers=headers, content=b'{"data": "railrel"}')
    )
    if answer.status == 404:
        return (
            wrong(
                "Actions are switched off: no tag will start a job",
                *gitea("actions", "ENABLED", "true"),
            ),
        )
    if answer.status != 200:
        return (unknown(f"Gitea answers {answer.status} to what a runner would ask first"),)
    return (
        fine("Actions are on for the server"),
        *(_of_repository(site, repository) for repository in site.repositories),
    )


def _of_repository(site: Site, repository: Repository) -> Finding:
    answer = seen(site, f"/repos/{repository.full_name}")
    on = table_of(answer).get("has_actions") if answer.status == 200 else None
    if on is True:
        return fine(f"Actions are on for {repository.full_name}")
    if on is False:
        return wrong(
            f"Actions are off for {repository.full_name}",
            Change(
                "right", "Settings, Units, Actions", f"{site.root}/{repository.full_name}/settings"
            ),
        )
    return unknown(
        f"whether Actions are on for {repository.full_name} is not told to this token ({answer.status})",
        Change("variable", "RAILREL_FORGE_TOKEN", "a token with the scope read:repository"),
    )
