"""Whether there is a token, and Gitea knows it."""

from railrel.answers import token_page
from railrel.doctor.changes import Change
from railrel.doctor.findings import Finding, fine, note, unknown, wrong
from railrel.doctor.registry.site import Site, Unusable, table_of, text_of
from railrel.registries.credentials import NoCredential
from railrel.world import Credential

ID = "token"
TITLE = "a credential is found, and the server knows it"
KINDS: tuple[str, ...] = ("gitea", "legacy")
AFTER: tuple[str, ...] = ("reachable", "gitea")


def examine(site: Site) -> tuple[Finding, ...]:
    match site.who:
        case NoCredential() if site.kind == "legacy":
            return (note("no credential was found, and whether one is needed is not known"),)
        case NoCredential(looked):
            return (
                wrong(
                    f"no credential was found; looked at {', '.join(looked)}",
                    Change("variable", "RAILREL_TOKEN", "a token with the scope write:package"),
                ),
            )
        case Unusable(said):
            return (wrong(said, Change("variable", "RAILREL_TOKEN", "the token, on one line")),)
        case Credential() as found if site.kind == "legacy":
            said = (
                f"one was found: {found.origin}; this kind of server has no question to test it by"
            )
            return (*_trailing(site, found), fine(said))
        case Credential() as found:
            return (*_trailing(site, found), *_known(site, found))


def _trailing(site: Site, found: Credential) -> tuple[Finding, ...]:
    value = site.world.environment.get(found.origin, "")
    if value == value.strip():
        return ()
    return (
        note(
            f"{found.origin} has blanks or a line break around it; railrel takes them off, other tools "
            "send them and get a 401",
            Change("variable", found.origin, "the same without them: printf %s, not echo"),
        ),
    )


def _known(site: Site, found: Credential) -> tuple[Finding, ...]:
    answer = site.api("/user", found)
    said = text_of(answer)
    where = token_page(site.root)
    if answer.status == 401:
        return (
            wrong(
                f"Gitea does not know the credential from {found.origin}: mistyped, revoked, expired, or "
                "a job's token whose job has ended",
                Change(
                    "variable", found.origin, f"a new token with the scope write:package: {where}"
                ),
            ),
        )
    if answer.status == 403 and "prohibited from signing in" in said:
        return (
            wrong(
                f"the account of the token from {found.origin} is blocked or not activated",
                Change("right", "an admin activates it", f"{site.root}/-/admin/users"),
            ),
        )
    if answer.status == 403 and "must change your password" in said:
        return (
            note(
                f"the account of the token from {found.origin} must change its password; it publishes "
                "all the same",
                Change("right", "log in once", f"{site.root}/user/login"),
            ),
        )
    named = isinstance(table_of(answer).get("login"), str)
    if answer.status != 403 and not named:
        return (unknown(f"Gitea answers {answer.status} to the question who we are: {said}"),)
    return (fine(f"Gitea knows the credential from {found.origin}"), *_whose(site, found))


def _whose(site: Site, found: Credential) -> tuple[Finding, ...]:
    """What its user is, where the credential may see that."""
    if table_of(site.api("/user", found)).get("is_admin") is not True:
        return ()
    return (
        note(
            "it is a site admin's, who may do everything and passes every limit",
            Change("right", "a bot user in a team with write access to packages"),
        ),
    )
