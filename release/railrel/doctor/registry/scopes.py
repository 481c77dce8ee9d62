"""What the token may do besides, as far as Gitea tells.

No call lists a token's scopes before Gitea 1.27. But whoever asks for something that a token may not
do is told in a 403 what it may (`tokenRequiresScopes` in routers/api/v1/api.go).
"""

from collections.abc import Iterator

from railrel.answers import scopes_told, token_page
from railrel.doctor.changes import Change
from railrel.doctor.findings import Finding, fine, note, unknown, wrong
from railrel.doctor.registry.site import Site, lacks_scope, text_of
from railrel.world import Credential

ID = "scopes"
TITLE = "the token's scopes: write:package, and no more"
KINDS: tuple[str, ...] = ("gitea",)
AFTER: tuple[str, ...] = ("reachable", "gitea", "token")

_NEEDED = "write:package"
_ENOUGH = frozenset({_NEEDED, "read:package", "public-only"})
# A question of each of several categories, cheap for Gitea; a token that may ask them all is broad.
_QUESTIONS = ("/user", "/notifications/new", "/admin/orgs?limit=1", "/user/repos?limit=1")


def examine(site: Site) -> tuple[Finding, ...]:
    if site.credential is None:
        return ()
    told = next(_told(site, site.credential), None)
    where = token_page(site.root)
    minimal = Change("scope", f"make another token with {_NEEDED} alone", where)
    if told is None and site.api("/user", site.credential).status != 200:
        return (unknown("Gitea does not say what the credential may do"),)
    if told is None:
        said = "the credential may see user, notifications, administration and repositories as well"
        return (note(f"{said}: more than publishing needs", minimal),)
    return judged(told, site.credential.origin, minimal)


def judged(scopes: frozenset[str], origin: str, minimal: Change) -> tuple[Finding, ...]:
    """What these scopes mean for one who publishes."""
    shown = ", ".join(sorted(scopes)) or "none"
    if not scopes & {_NEEDED, "all"}:
        said = f"the token from {origin} lacks the scope {_NEEDED}; it has {shown}"
        return (wrong(said, minimal),)
    if scopes - _ENOUGH:
        return (note(f"the token has {shown}: more than publishing needs", minimal),)
    return (fine(f"the token has {shown}, and nothing that publishing does not need"),)


def _told(site: Site, credential: Credential) -> Iterator[frozenset[str]]:
    for path in _QUESTIONS:
        answer = site.api(path, credential)
        told = scopes_told(text_of(answer))
        if lacks_scope(answer) and told is not None:
            yield frozenset(filter(None, told.split(",")))
