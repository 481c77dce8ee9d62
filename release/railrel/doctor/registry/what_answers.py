"""Whether it is a Gitea that answers: what is no Gitea is told no token, and asked nothing more."""

from railrel.doctor.changes import Change
from railrel.doctor.findings import Finding, fine, wrong
from railrel.doctor.registry.site import Site, table_of
from railrel.world import Response

ID = "gitea"
TITLE = "it is a Gitea that answers, and no page to sign in at; of another server, that it is none"
KINDS: tuple[str, ...] = ("gitea", "legacy")
AFTER: tuple[str, ...] = ("reachable",)

_ADDRESS = "https://HOST/api/packages/OWNER/pypi, with any sub-path"


def examine(site: Site) -> tuple[Finding, ...]:
    """Every Gitea tells its version as JSON, or in JSON that one has to sign in first."""
    answer = site.api("/version")
    if site.kind == "legacy":
        return (_other(site, answer),)
    table = table_of(answer)
    told = answer.status == 200 and isinstance(table.get("version"), str)
    closed = answer.status in (401, 403) and isinstance(table.get("message"), str)
    if told or closed:
        return ()
    registry = Change("setting", "registry", _ADDRESS)
    if answer.status in (200, 401, 403):
        return (
            wrong(
                f"what answers at {site.host} is no Gitea: a sign-in before it, or another program "
                f"({answer.status} to /api/v1/version); the token is not shown to it",
                Change("proxy", "let /api/ and /.well-known/ through without a sign-in of its own"),
                registry,
            ),
        )
    return (
        wrong(f"this is no Gitea: it does not know /api/v1/version ({answer.status})", registry),
    )


def _other(site: Site, answer: Response) -> Finding:
    if answer.status == 200 and isinstance(table_of(answer).get("version"), str):
        return wrong(
            "a Gitea answers here, and this is not the address of its packages",
            Change("setting", "registry", f"{site.root}/api/packages/OWNER/pypi"),
        )
    return fine("it is no Gitea; what applies to any index is asked")
