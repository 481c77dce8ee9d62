"""Whether we may publish for this owner, without publishing anything."""

from railrel.answers import is_over_quota, token_page
from railrel.doctor.changes import Change
from railrel.doctor.findings import Finding, fine, unknown, wrong
from railrel.doctor.registry.site import Site, table_of, text_of
from railrel.registries.gitea_answers import misses_form
from railrel.world import Request

ID = "writing"
TITLE = "the token's user may publish for the owner"
KINDS: tuple[str, ...] = ("gitea",)
AFTER: tuple[str, ...] = ("reachable", "gitea", "packages", "owner", "token", "scopes")


def examine(site: Site) -> tuple[Finding, ...]:
    """An upload without a body: Gitea looks at owner and rights first, and then misses the form."""
    if site.credential is None:
        return ()
    answer = site.send(Request("POST", site.place, site.credential))
    said = text_of(answer)
    if misses_form(answer):
        return (fine(f"it may publish for {site.owner}"),)
    if answer.status == 403 and "reqToken" in said:
        return (
            wrong(
                f"the token is for public owners alone, and {site.owner} is private",
                Change(
                    "scope",
                    "make another token, not limited to what is public",
                    token_page(site.root),
                ),
            ),
        )
    if is_over_quota(answer.status, answer.body):
        # Forgejo looks at rights before.
        return (
            wrong(
                f"it may publish for {site.owner}, but the token's user has used up its quota of packages",
                Change(
                    "right",
                    "raise the user's quota, or delete versions that it has published",
                    site.root,
                ),
            ),
        )
    if answer.status in (401, 403):
        return (_no_right(site),)
    return (
        unknown(f"Gitea answers {answer.status} where an upload would begin: {said}".rstrip(": ")),
    )


def _no_right(site: Site) -> Finding:
    if table_of(site.api(f"/users/{site.owner}")).get("login") and not _is_organisation(site):
        return wrong(
            f"{site.owner} is a user, and nobody else may publish for a user",
            Change("variable", "RAILREL_TOKEN", f"a token of {site.owner}"),
            Change("setting", "registry", f"{site.root}/api/packages/ORGANISATION/pypi"),
        )
    return wrong(
        f"the token's user may not publish for {site.owner}",
        Change(
            "right",
            f"put the user into a team of {site.owner} whose Packages unit is set to write",
            f"{site.root}/org/{site.owner}/teams",
        ),
    )


def _is_organisation(site: Site) -> bool:
    return site.api(f"/orgs/{site.owner}").status == 200
