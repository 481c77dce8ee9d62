"""Whether the owner of the packages exists, and who may read them."""

from railrel.doctor.changes import Change, gitea
from railrel.doctor.findings import Finding, fine, note, unknown, wrong
from railrel.doctor.registry.site import Site, table_of

ID = "owner"
TITLE = "the owner exists, and who may read its packages"
KINDS: tuple[str, ...] = ("gitea",)
AFTER: tuple[str, ...] = ("reachable", "gitea", "packages")

# A project nobody has: what is asked is who may ask.
_NAME = "railrel-doctor"


def examine(site: Site) -> tuple[Finding, ...]:
    page = f"/api/packages/{site.owner}/pypi/simple/{_NAME}/"
    answer = site.get(page)
    location = answer.headers.get("location", "")
    if answer.status in (301, 302, 307, 308) and "/api/packages/" in location:
        return (_renamed(site, location.partition("/api/packages/")[2].partition("/")[0]),)
    if answer.status == 404 and answer.body.strip():
        # Without a body it is the project that is not there.
        return (_missing(site),)
    if answer.status in (200, 404):
        return (fine(f"{site.owner} is public: everybody may install its packages"),)
    if answer.status != 401:
        return (unknown(f"the index of {site.owner} answers {answer.status}"),)
    if site.api("/version").status == 403:
        return (
            note(
                "REQUIRE_SIGNIN_VIEW is on: nobody installs from this Gitea without a credential, "
                "be the owner public or not",
                *gitea("service", "REQUIRE_SIGNIN_VIEW", "false"),
            ),
        )
    return (fine(f"{site.owner} is {_visibility(site)}"),)


def _missing(site: Site) -> Finding:
    return wrong(
        f"there is no user or organisation {site.owner} on this Gitea",
        Change("setting", "registry", f"{site.root}/api/packages/OWNER/pypi"),
        Change("right", f"make an organisation {site.owner}", f"{site.root}/org/create"),
    )


def _renamed(site: Site, name: str) -> Finding:
    return wrong(
        f"{site.owner} is called {name} now, and uploads do not follow",
        Change("setting", "registry", f"{site.root}/api/packages/{name}/pypi"),
    )


def _visibility(site: Site) -> str:
    """Tokens that may do no more than packages are not told which of the two."""
    closed = "its packages are installed with a credential alone"
    for path in (f"/orgs/{site.owner}", f"/users/{site.owner}"):
        answer = site.api(path, site.credential)
        found = table_of(answer).get("visibility")
        if answer.status == 200 and found == "limited":
            return f"limited: whoever has an account may read; {closed}"
        if answer.status == 200 and found == "private":
            return f"private: members alone may read; {closed}"
    return f"limited or private, which this token is not told: {closed}"
