"""What registries are asked before a build is done: whether we may publish, and what they hold.

Both are asked as early as can be, since an answer from afar takes as long as a build.
"""

import threading
from typing import TypeAlias

from packaging.utils import NormalizedName

from railrel.errands import Errand
from railrel.errors import RefusedError
from railrel.registries import Registry
from railrel.registries.common_answers import SENT_ELSEWHERE
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
        self._uploading = threading.Event()

    def begin(self, registry: Registry, name: NormalizedName) -> Errand[None]:
        """Ask what it holds, and then whether it lets us publish, unless that is asked already.

        Gives the second question. A token that is refused ends a build early; what failed for one
        project is asked again for the next.
        """
        with self._lock:
            key = id(registry), name
            if key not in self._held:
                self._held[key] = self._clock.monotonic(), Errand(lambda: _held(registry, name))
            asked_for, may = self._may.get(id(registry), (name, None))
            if may is None or (may.failed and asked_for != name):
                held = self._held[key][1]
                may = Errand(lambda: self._may_publish(registry, held))
                self._may[id(registry)] = name, may
            return may

    def held(self, registry: Registry, name: NormalizedName) -> _Held | None:
        """What it held a moment ago; None if that is too long ago to rely on, or nobody asked.

        To be asked just before the first upload.
        """
        self._uploading.set()
        asked = self._held.get((id(registry), name))
        if asked is None or self._clock.monotonic() - asked[0] > _FRESH_SECONDS:
            return None
        return asked[1].result()

    def _may_publish(self, registry: Registry, held: Errand[_Held]) -> None:
        held.result()
        # An upload says the same, and wants the connection.
        if not self._uploading.is_set():
            registry.check_access()


def _held(registry: Registry, name: NormalizedName) -> _Held:
    try:
        return registry.held(name)
    except RefusedError as error:
        # Who sends us elsewhere is not shown the token a second time.
        if error.problems[0].rule not in SENT_ELSEWHERE:
            # Who may publish may read, so it says better what is missing.
            registry.check_access()
        raise
