"""The kinds of registry: one a file, listed here; the first that claims a place gets it."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from railrel.errors import ConfigError
from railrel.registries import folder, gitea, legacy
from railrel.registries.places import Place, place_of
from railrel.registries.protocol import Registry
from railrel.settings import Settings
from railrel.world import Secret, World

__all__ = ["KINDS", "Kind", "Registry", "choose"]


class Kind(Protocol):
    """A module that knows one kind of registry."""

    KIND: str
    TITLE: str

    def claims(self, place: Place) -> bool:
        """Whether a registry at this place is of this kind."""
        ...

    def connect(self, place: Place, world: World, hide: Callable[[Secret], None]) -> Registry:
        """The registry there. `hide` is told of every credential that is found."""
        ...


KINDS: tuple[Kind, ...] = (folder, gitea, legacy)


def choose(
    settings: Settings, root: Path, world: World, hide: Callable[[Secret], None]
) -> Registry:
    """The registry that the settings name; without one, `.railrel/index` in the workspace."""
    place = place_of(settings, root)
    if place.password:
        hide(place.password)
    for kind in KINDS:
        if kind.claims(place):
            return kind.connect(place, world, hide)
    raise ConfigError(
        f"{place.shown} is no registry that railrel knows",
        at=place.origin,
        hint="name https://HOST/api/packages/OWNER/pypi, an upload URL, or a folder",
    )
