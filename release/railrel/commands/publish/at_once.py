"""Carry out a run over several projects, as many at once as may be."""

import threading
from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from typing import Final, Generic, TypeVar

from packaging.utils import NormalizedName

from railrel.values import dataclass
from railrel.workspace.waves import Waves

T = TypeVar("T")

_FAREWELL_SECONDS: Final = 5.0


def carried_out(
    run: Waves,
    jobs: int,
    work: Callable[[NormalizedName], T],
    told: Callable[[NormalizedName, T], bool],
    stop: Callable[[], None],
) -> Waves:
    """Begin each project as soon as it may, at most `jobs` at once, and see all to their end.

    `work` is called in a thread for each, or in this one if there is but one job. `told` hears in
    this one of each end, and says whether it was a good one. What either raises ends the run: `stop`
    is called, what runs is waited for a little while, and then it is raised.
    """
    team: _Alone[T] | _Team[T] = _Alone(work) if jobs == 1 else _Team(work)
    try:
        while True:
            for name in run.ready[: jobs - len(run.running)]:
                run = run.began(name)
                team.begin(name)
            if not run.running:
                return run
            name, result = team.next()
            run = run.ended(name, well=told(name, result))
    except BaseException:
        stop()
        for name, result in team.rest(len(run.running)):
            told(name, result)
        raise


class _Alone(Generic[T]):
    """One after the other, in this thread."""

    def __init__(self, work: Callable[[NormalizedName], T]) -> None:
        self._work = work
        self._ended: list[tuple[NormalizedName, T]] = []

    def begin(self, name: NormalizedName) -> None:
        self._ended.append((name, self._work(name)))

    def next(self) -> tuple[NormalizedName, T]:
        return self._ended.pop()

    def rest(self, running: int) -> Iterator[tuple[NormalizedName, T]]:
        del running
        yield from self._ended


@dataclass(frozen=True, slots=True)
class _Raised:
    error: BaseException


class _Team(Generic[T]):
    """A thread for each."""

    def __init__(self, work: Callable[[NormalizedName], T]) -> None:
        self._work = work
        self._ended: SimpleQueue[tuple[NormalizedName, T | _Raised]] = SimpleQueue()

    def begin(self, name: NormalizedName) -> None:
        # Nobody waits for one that does not hear that it shall stop.
        threading.Thread(target=self._run, args=(name,), daemon=True).start()

    def _run(self, name: NormalizedName) -> None:
        try:
            self._ended.put((name, self._work(name)))
        except BaseException as error:  # noqa: BLE001 -- it is raised again where somebody hears it
            self._ended.put((name, _Raised(error)))

    def next(self) -> tuple[NormalizedName, T]:
        name, result = self._ended.get()
        if isinstance(result, _Raised):
            raise result.error
        return name, result

    def rest(self, running: int) -> Iterator[tuple[NormalizedName, T]]:
        for _ in range(running):
            try:
                name, result = self._ended.get(timeout=_FAREWELL_SECONDS)
            except Empty:
                return
            if not isinstance(result, _Raised):
                yield name, result
