"""What registries are asked before a build is done: whether we may publish, and what they hold.

Both are asked as early as can be, since an answer from afar takes as long as a build.
"""

import threading
from typing import TypeAlias

from packaging.utils import NormalizedName

from railrel.errands import Errand
from railrel.registries import Registry
from railrel.registries.protocol import RemoteFile
from railrel.world import Clock

_Held: TypeAlias = tuple[RemoteFile, ...]

# What the index held when the build began is asked for again after longer ones.
_FRESH_SECONDS = 5.0


class Access:
    """The questions of a run, for all its threads. What went well is asked once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._may: dict[int, tuple[NormalizedName, Errand[None]]] = {}
        self._held: dict[tuple[int, NormalizedName], tuple[float, Errand[_Held]]] = {}

    def begin(self, registry: Registry, name: NormalizedName) -> None:
        """Ask, unless it is being asked already. Nothing is raised here."""
        may = self.may_publish(registry, name)
        key = id(registry), name

        def held() -> _Held:
            # Who sends us to TLS, or refuses the token, is not shown it a second time.
            may.result()
            return registry.held(name)

        with self._lock:
            if key not in self._held:
                self._held[key] = self._clock.monotonic(), Errand(held)

    def may_publish(self, registry: Registry, name: NormalizedName) -> Errand[None]:
        """Whether the registry lets us publish. A token that it refuses ends a build early.

        What failed for one project is asked again for the next.
        """
        with self._lock:
            asked_for, found = self._may.get(id(registry), (name, None))
            if found is None or (found.failed and asked_for != name):
                found = Errand(registry.check_access)
                self._may[id(registry)] = name, found
            return found

    def held(self, registry: Registry, name: NormalizedName) -> _Held | None:
        """What it held a moment ago; None if that is too long ago to rely on, or nobody asked."""
        asked = self._held.get((id(registry), name))
        if asked is None or self._clock.monotonic() - asked[0] > _FRESH_SECONDS:
            return None
        return asked[1].result()
