"""A plain TCP relay before a server on loopback that makes it as far away as one is told."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

_PIECE = 65_536


@contextlib.contextmanager
def distant(upstream: str, seconds: float) -> Iterator[str]:
    """Stand before the server at this URL, a round trip of so many seconds away; the URL to ask.

    A new connection costs one round trip, as its handshake would, and each way of what is sent
    takes half of one.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        relay = _Relay(urlsplit(upstream).port or 80, seconds)
        port = asyncio.run_coroutine_threadsafe(relay.listen(), loop).result(10)
        yield f"http://127.0.0.1:{port}"
        asyncio.run_coroutine_threadsafe(relay.end(), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


class _Relay:
    def __init__(self, port: int, seconds: float) -> None:
        self._port, self._seconds = port, seconds
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def listen(self) -> int:
        self._server = await asyncio.start_server(self._accepted, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def end(self) -> None:
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._joined(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self._seconds)
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._port)
        await asyncio.gather(self._late(reader, up_writer), self._late(up_reader, writer))

    async def _late(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass on what comes, half a round trip later, without holding back what comes behind it."""
        loop, half = asyncio.get_running_loop(), self._seconds / 2
        with contextlib.suppress(OSError):
            while piece := await reader.read(_PIECE):
                loop.call_later(half, writer.write, piece)
        loop.call_later(half, writer.close)
