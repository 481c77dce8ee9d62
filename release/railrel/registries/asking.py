"""Requests to a registry, within the time that the settings give it."""

from dataclasses import replace
from typing import Final

from railrel.errors import UnreachableError
from railrel.registries.common_answers import BODY_LIMITS
from railrel.registries.places import Place
from railrel.world import Request, Response, World

# Bytes a second. Whoever sends more slowly sets the time himself.
_SLOWEST: Final = 20_000
# Bytes: what nginx takes when nobody told it.
_SMALLEST_LIMIT: Final = 1_048_576
LARGE: Final = 10_000_000
"""The size in bytes of something whose size is not known before."""


def ask(world: World, place: Place, request: Request, size: int = 0) -> Response:
    """Send it; `size` bytes may take longer than none. A time-out names what gives it more time."""
    seconds = place.seconds * (1 + size / (_SLOWEST * 60))
    try:
        return world.http.send(replace(request, seconds=seconds))
    except UnreachableError as error:
        (problem,) = error.problems
        if problem.rule == "timeout":
            hint = (
                "run the same command again; for a registry that is slow, not gone, set "
                f"RAILREL_TIMEOUT to more than {place.seconds:.0f} seconds"
            )
        elif problem.rule == "cut" and request.upload and size > _SMALLEST_LIMIT:
            # A proxy may hang up on what is too large before its 413 is read.
            hint = f"run the same command again; if it always breaks off, raise the proxy's body limit: {BODY_LIMITS}"
        else:
            raise
        raise UnreachableError(
            problem.message, at=problem.at, hint=hint, rule=problem.rule
        ) from error
