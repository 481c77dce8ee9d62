"""JSON that a server or another program wrote: whatever it is, nothing raises."""

import json
import re
from collections.abc import Mapping

# `tokenRequiresScopes` in routers/api/v1/api.go of go-gitea/gitea.
_SCOPES = re.compile(r"token scope=([\w:,-]*)")


def value_of(body: bytes) -> object:
    """The value that is written there; None for what is no JSON."""
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value


def table_of(value: object) -> Mapping[str, object]:
    """An object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def scopes_told(said: str) -> str | None:
    """The scopes of a token, with commas between, as Gitea's 403 tells them; None where it does not."""
    found = _SCOPES.search(said)
    return found[1] if found else None


def is_over_quota(status: int, body: bytes) -> bool:
    """Whether Forgejo says that a quota is used up, by what elsewhere means a body that is too large.

    `enforcePackagesQuota` in routers/api/packages/api.go and services/context/quota.go of forgejo/forgejo.
    """
    return status == 413 and b"quota" in body.lower()


def token_page(root: str) -> str:
    """Where people make tokens, in the Gitea that has its pages below this address."""
    return f"{root}/user/settings/applications"
