"""Keys of app.ini as environment variables: modules/setting/config_env.go in go-gitea/gitea."""

import re

PREFIX = "GITEA__"
FILE = "__FILE"
_ESCAPED = re.compile(r"_0[xX]((?:[0-9a-fA-F]{2})+)_")


def variable(section: str, key: str) -> str:
    """The variable that sets a key, spelled as Gitea's own documentation does.

    Gitea reads sections in lower case, whatever the case here. But of two spellings in one environment
    nobody knows which one counts, so ours is the one that people have already.
    """
    masked = section.lower().replace(".", "_0X2E_").replace("-", "_0X2D_")
    return f"{PREFIX}{masked}__{key}"


def section_and_key(name: str) -> tuple[str, str] | None:
    """Which key a variable sets, also from a file; None for a variable that sets none."""
    if not name.startswith(PREFIX):
        return None
    plain = _ESCAPED.sub(_character, name.removeprefix(PREFIX).removesuffix(FILE))
    section, between, key = plain.partition("__")
    return (section.lower(), key) if between and key else None


def _character(found: re.Match[str]) -> str:
    return bytes.fromhex(found[1]).decode("utf-8", "replace")
