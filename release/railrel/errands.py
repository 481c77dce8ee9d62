"""Something that is done beside us, in a thread, while we do something else."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Errand(Generic[T]):
    """Begins when it is made. What it fails with is kept for whoever asks how it went.

    Nobody need ask: what is no longer wanted ends with the process at the latest.
    """

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._done: list[T] = []
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def check(self) -> None:
        """Raise what it has failed with; nothing when it went well or still goes on."""
        if self._failure is not None:
            raise self._failure

    @property
    def failed(self) -> bool:
        """Whether it has ended, and not well."""
        return self._failure is not None

    def result(self) -> T:
        """Wait for the end, and give or raise what came of it."""
        self._thread.join()
        self.check()
        return self._done[0]

    def _run(self) -> None:
        try:
            self._done.append(self._work())
        except BaseException as error:  # noqa: BLE001 -- it is raised where somebody can hear it
            self._failure = error
