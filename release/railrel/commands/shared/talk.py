"""What several verbs say alike."""

from urllib.parse import urlsplit

from railrel.commands.shared.context import Context
from railrel.errors import Problem
from railrel.registries import Registry
from railrel.workspace.hosts import is_loopback


def warn_of_plain_http(context: Context, registry: Registry) -> None:
    """Say that a credential would be seen on its way, unless it stays on this machine."""
    parts = urlsplit(registry.publish_url)
    if parts.scheme == "http" and not is_loopback(parts.netloc):
        context.console.problem(
            Problem(
                "the credential goes over the network in the clear",
                at=registry.place,
                hint="name the registry with https://",
            ),
            "note",
        )


def size_of(size: int) -> str:
    """Bytes, as people read them."""
    return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
