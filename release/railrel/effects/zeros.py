"""A file of zeros that lies nowhere."""

import io
import os
from typing import TYPE_CHECKING

from railrel.world import Clock

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer


def zero_file(size: int, clock: Clock, seconds: float) -> io.BufferedReader:
    """Zeros to be sent, of a known length and within a time: TimeoutError after so many seconds."""
    return io.BufferedReader(_Zeros(size, clock, clock.monotonic() + seconds), 65_536)


class _Zeros(io.RawIOBase):
    def __init__(self, size: int, clock: Clock, end: float) -> None:
        super().__init__()
        self._size, self._at = size, 0
        self._clock, self._end = clock, end

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: "Buffer") -> int:
        # A server that takes a byte now and then would keep us for ever.
        if self._clock.monotonic() > self._end:
            raise TimeoutError
        view = memoryview(buffer).cast("B")
        count = min(len(view), self._size - self._at)
        view[:count] = bytes(count)
        self._at += count
        return count
