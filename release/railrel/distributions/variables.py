"""What a build sees of the user's environment."""

import re
from collections.abc import Mapping
from pathlib import Path

# Names by which railrel and other tools are given what publishes, and what makes releases; no build
# needs them.
PUBLISHING_VARIABLES = frozenset(
    {
        "RAILREL_TOKEN", "RAILREL_PASSWORD", "GITEA_TOKEN", "FORGEJO_TOKEN", "REGISTRY_TOKEN",
        "RAILREL_FORGE_TOKEN", "GITHUB_TOKEN", "GH_TOKEN",
        "UV_PUBLISH_TOKEN", "UV_PUBLISH_PASSWORD", "TWINE_PASSWORD", "HATCH_INDEX_AUTH",
        "PDM_PUBLISH_PASSWORD", "FLIT_PASSWORD",
    }
)  # fmt: skip
# The same, of one index: its name is in the variable's.
_OF_AN_INDEX = re.compile(
    r"POETRY_PYPI_TOKEN_\w+|POETRY_HTTP_BASIC_\w+_PASSWORD|UV_INDEX_\w+_PASSWORD"
)
# They would lead to packages from outside of the build's own environment.
_LEADING_OUT = frozenset({"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONSTARTUP"})


def seen_by_builds(environment: Mapping[str, str]) -> dict[str, str]:
    """The user's variables without what publishes, and with what makes builds alike."""
    dropped = PUBLISHING_VARIABLES | _LEADING_OUT
    kept = {
        name: value
        for name, value in environment.items()
        if name not in dropped and not _OF_AN_INDEX.fullmatch(name)
    }
    return {**kept, "TZ": "UTC", "PYTHONHASHSEED": "0"}


def seen_by_installers(environment: Mapping[str, str]) -> dict[str, str]:
    """Without what publishes: of a requirement that has no wheel they run the `setup.py`."""
    return {n: v for n, v in environment.items() if n not in PUBLISHING_VARIABLES}


def with_programs(environment: Mapping[str, str], python: Path) -> dict[str, str]:
    """The same with the programs beside a Python found first: backends call theirs by name."""
    # os.defpath, where there is no PATH.
    return {**environment, "PATH": f"{python.parent}:{environment.get('PATH', '/bin:/usr/bin')}"}
