"""`uv.lock`. https://docs.astral.sh/uv/concepts/resolution/#lower-bounds"""

import re
from collections.abc import Iterator

from railrel.dependencies.locks.protocol import Ask, Local, Refresh, as_made, leading_out
from railrel.sources import Source

ID = "uv-lock"
TITLE = "`uv.lock`: `uv lock`"
HOLDS_ON = False

_PATH = re.compile(r'\b(?:directory|editable|virtual|path|registry|url) = "(?P<written>[^"]*)"')


def claims(lock: Source) -> bool:
    """By its name."""
    return lock.path.name == "uv.lock"


def locker(lock: Source) -> str:
    """`[tool.uv.sources]` and `[[tool.uv.index]]`."""
    del lock
    return "uv"


def inputs(lock: Source) -> tuple[str, ...]:
    """The project's file, and those of the workspace's members."""
    del lock
    return ("pyproject.toml", "*/pyproject.toml")


def local(lock: Source) -> Iterator[Local]:
    """Sources that are folders or files outside."""
    yield from leading_out(lock, _PATH)


def unreached(lock: Source, ask: Ask) -> str:
    """A server stands in its table; of a folder it is told by a variable."""
    del lock, ask
    return ""


def refresh(lock: Source, ask: Ask) -> Refresh:
    """uv keeps every version that still fits. Paths that stay are passed over by name: with all
    sources off, uv refuses the members of a workspace."""
    del lock
    environment = {}
    if ask.without_sources:
        environment["UV_NO_SOURCES_PACKAGE"] = " ".join(ask.without_sources)
        if ask.index:
            # An index that only a source names is not asked when the source is passed over.
            environment["UV_INDEX"] = f"{ask.index.name}={ask.index.url}"
    return Refresh("uv", ("lock",), "pip install uv", environment)


settled = as_made
