"""Whether this Gitea has its packages switched on."""

from railrel.doctor.changes import gitea
from railrel.doctor.findings import Finding, fine, unknown, wrong
from railrel.doctor.registry.site import Site

ID = "packages"
TITLE = "packages are switched on"
KINDS: tuple[str, ...] = ("gitea",)
AFTER: tuple[str, ...] = ("reachable", "gitea")


def examine(site: Site) -> tuple[Finding, ...]:
    """GET at the upload address: 405 where the route is there, 404 where all of it is not mounted."""
    answer = site.get(f"/api/packages/{site.owner}/pypi")
    match answer.status:
        case 405:
            return (fine("packages are switched on"),)
        case 404:
            return (
                wrong(
                    "packages are switched off, or Gitea is not at this path",
                    *gitea("packages", "ENABLED", "true"),
                ),
            )
        case status:
            return (
                unknown(f"the server answers {status} at the upload address, where Gitea says 405"),
            )
