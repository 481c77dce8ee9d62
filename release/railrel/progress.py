"""How far a project is on its way to the registry: who publishes it tells, who watches shows it."""

from dataclasses import field, replace
from typing import Final, Literal, Protocol, TypeAlias

from railrel.values import dataclass
from railrel.world import Clock, Told

Stage: TypeAlias = Literal["building", "uploading", "verifying"]


class Watch(Protocol):
    """Who is told. Each project has its own, called from one thread."""

    def stage(self, stage: Stage) -> None:
        """A stage begins, and with that the one before it is over."""
        ...

    def sending(self, filename: str, size: int) -> Told:
        """A file of `size` bytes is about to be sent. Gives what to call with the bytes that are."""
        ...


class Unwatched:
    """Nobody looks."""

    def stage(self, stage: Stage) -> None:
        del stage

    def sending(self, filename: str, size: int) -> Told:
        del filename, size
        return lambda _: None


UNWATCHED: Final = Unwatched()


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long each part took; 0 for one that was not needed."""

    build: float
    """Building and inspecting."""
    upload: float
    """Asking the index what it holds, and sending what it lacks."""
    verify: float
    """Reading back from the index what was sent, and installing it where that is asked for."""
    total: float

    def verified(self, more: float) -> "Seconds":
        """With so many seconds more of verifying."""
        verify, total = round(self.verify + more, 3), round(self.total + more, 3)
        return replace(self, verify=verify, total=total)


@dataclass
class Stopwatch:
    """Measures, and passes on what it hears."""

    clock: Clock
    watch: Watch
    _started: float = field(init=False)
    _since: float = field(init=False)
    _now: Stage | None = None
    _spent: dict[Stage, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._started = self._since = self.clock.monotonic()

    def stage(self, stage: Stage) -> None:
        self._end()
        self._now = stage
        self.watch.stage(stage)

    def sending(self, filename: str, size: int) -> Told:
        return self.watch.sending(filename, size)

    def seconds(self) -> Seconds:
        """What it took until now."""
        self._end()
        spent = {stage: round(seconds, 3) for stage, seconds in self._spent.items()}
        return Seconds(
            build=spent.get("building", 0.0),
            upload=spent.get("uploading", 0.0),
            verify=spent.get("verifying", 0.0),
            total=round(self.clock.monotonic() - self._started, 3),
        )

    def _end(self) -> None:
        now = self.clock.monotonic()
        if self._now:
            self._spent[self._now] = self._spent.get(self._now, 0.0) + now - self._since
        self._now, self._since = None, now
