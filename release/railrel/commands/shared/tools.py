"""The environment that lock tools and other people's commands get: indexes and who we are to them."""

import re
from pathlib import Path

from railrel.commands.shared.context import Context
from railrel.dependencies.index_urls import same_index
from railrel.dependencies.locks.protocol import Ask
from railrel.dependencies.references import Index
from railrel.distributions.environments import indexes_of_pip, install_environment
from railrel.registries import Registry
from railrel.registries.credentials import shouted

_OF_UV = ("UV_INDEX", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL")
LOCAL_INDEX = "railrel-local"


def index_of(registry: Registry) -> Index | None:
    """The index that projects should name; none for a folder, which would be a path again."""
    if not registry.index_name:
        return None
    return Index(registry.index_name, f"{registry.simple_url}/", registry.publish_url)


def own_index(registry: Registry) -> Path | None:
    """The folder that is the registry; None where it is a server."""
    return Path(registry.place) if registry.kind == "folder" else None


def ask_of(context: Context, registry: Registry) -> Ask:
    """What locks have to know of the registry."""
    return Ask(
        index=index_of(registry),
        registry=f"{registry.simple_url}/",
        known_to=_known_to(context, registry),
    )


def _known_to(context: Context, registry: Registry) -> frozenset[str]:
    """Which of pip and uv ask the registry by their settings on this machine."""
    environment = tool_environment(context, registry)
    asked = {
        "pip": indexes_of_pip(context.world),
        "uv": [w.rpartition("=")[2] for name in _OF_UV for w in environment.get(name, "").split()],
    }
    return frozenset(
        tool
        for tool, urls in asked.items()
        if any(same_index(url, registry.simple_url) for url in urls)
    )


def tool_environment(context: Context, registry: Registry) -> dict[str, str]:
    """The user's environment, with the public index that pip was told of, and the registry.

    Secrets go by variables that uv and Poetry read themselves; PDM, Pipenv and pip take theirs from
    their own settings. A folder is named by a variable, since no project may name it.
    """
    environment = install_environment(context.world)
    if not registry.index_name:
        environment["UV_INDEX"] = together(
            environment.get("UV_INDEX", ""), f"{LOCAL_INDEX}={registry.simple_url}"
        )
        return environment
    credential = registry.credential()
    if credential:
        name = shouted(registry.index_name)
        for prefix in (f"UV_INDEX_{name}", f"POETRY_HTTP_BASIC_{name}"):
            environment.setdefault(f"{prefix}_USERNAME", credential.username)
            environment.setdefault(f"{prefix}_PASSWORD", credential.password.reveal())
    return environment


def together(present: str, added: str) -> str:
    """Ours first: uv asks indexes in this order. Not twice, so that it can be repeated."""
    others = [word for word in re.split(r"\s+", present) if word and word != added]
    return " ".join([added, *others])
