"""Whether the cache is ours alone: what lies there is run, and published."""

import os
import stat
from pathlib import Path
from shlex import quote

from railrel.errors import RefusedError
from railrel.world import World

_ROOMS = ("", "artefacts", "build-environments")


def must_be_own(world: World) -> None:
    """RefusedError where somebody else could put something into the cache, or did."""
    for room in _ROOMS:
        folder = world.cache / room
        if not is_own(folder):
            raise RefusedError(
                "others on this machine may write here, and what lies here is run and published",
                at=str(folder),
                hint=f"rm -r {quote(str(folder))}, and see that its folder is yours alone: chmod 700",
                rule="open-cache",
            )


def is_own(folder: Path) -> bool:
    """Whether nobody else may put something there. What is not there is nobody's."""
    try:
        status = folder.stat()
    except OSError:
        return True
    # Root may write anywhere as it is, and keeps files of others where they are: in a job's container.
    mine = status.st_uid in (0, os.geteuid()) or os.geteuid() == 0
    return mine and not status.st_mode & stat.S_IWOTH
