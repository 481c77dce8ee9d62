"""Requests to a registry, within the time that the settings give it."""

from dataclasses import replace
from typing import Final

from railrel.errors import UnreachableError
from railrel.registries.places import Place
from railrel.world import Request, Response, World

# Bytes a second. Whoever sends more slowly sets the time himself.
_SLOWEST: Final = 20_000
LARGE: Final = 10_000_000
"""The size in bytes of something whose size is not known before."""


def ask(world: World, place: Place, request: Request, size: int = 0) -> Response:
    """Send it; `size` bytes may take longer than none. A time-out names what gives it more time."""
    seconds = place.seconds * (1 + size / (_SLOWEST * 60))
    try:
        return world.http.send(replace(request, seconds=seconds))
    except UnreachableError as error:
        (problem,) = error.problems
        if problem.rule != "timeout":
            raise
        raise UnreachableError(
            problem.message,
            at=problem.at,
            hint="run the same command again; for a registry that is slow, not gone, set "
            f"RAILREL_TIMEOUT to more than {place.seconds:.0f} seconds",
            rule=problem.rule,
        ) from error
