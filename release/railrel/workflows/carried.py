"""What the settings say that a job cannot find in the repository: it is told by the workflow.

A workspace's `railrel.toml` lies beside the checkouts, and the user's file at home; neither is in a job.
"""

from railrel.setting_keys import KEYS
from railrel.settings import Settings


def carried(effective: Settings, in_repository: Settings) -> tuple[tuple[str, str], ...]:
    """Variables for what differs. `in_repository` holds what the repository's own files say.

    Not the registry, which may hold a password, nor what only a workspace has.
    """
    return tuple(
        (key.variable, _text(effective.values[key.name].value))
        for key in KEYS
        if key.name != "registry" and not key.workspace_only
        if effective.values[key.name].value != in_repository.values[key.name].value
    )


def _text(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else " ".join(value)
