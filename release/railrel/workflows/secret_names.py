"""What a secret may be called.

Gitea: services/secrets/validation.go; Forgejo reserves its own name too.
"""

import re

from railrel.errors import Problem
from railrel.job import TOKEN_SECRET

_NAME = re.compile(r"[A-Z_][A-Z0-9_]*", re.ASCII)
_RESERVED = ("GITEA_", "GITHUB_", "FORGEJO_")


def secret_name(text: str, at: str) -> str | Problem:
    """The name as forges keep it; or what is wrong with it."""
    name = text.upper()
    if not _NAME.fullmatch(name):
        why = "a secret's name is made of letters, digits and _, with no digit first"
    elif name.startswith(_RESERVED) or name == "CI":
        why = f"names that begin with {', '.join(_RESERVED)} and the name CI are the forges' own"
    else:
        return name
    return Problem(
        f"no secret can be called {text}: {why}",
        at,
        f'token-secret = "{TOKEN_SECRET}"',
        "secret-name",
    )
