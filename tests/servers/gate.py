"""A gate before a server: what a client sends gets so far, and on once the gate is open."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

_PIECE = 65_536


@dataclass(frozen=True, slots=True)
class Gate:
    """A running one."""

    url: str
    """Without a slash at its end."""
    waiting: threading.Event = field(default_factory=threading.Event)
    """Set when somebody stands before it."""
    _open: threading.Event = field(default_factory=threading.Event)

    def open(self) -> None:
        """Let through what comes."""
        self._open.set()

    def passes(self) -> None:
        """Wait until it is open."""
        self.waiting.set()
        self._open.wait(60)


@contextlib.contextmanager
def gated(port: int, after: int) -> Iterator[Gate]:
    """Stand before a port of this machine; a connection waits once so many bytes came by it."""
    listener = socket.socket()
    # What waits in buffers has been sent, as far as the client can tell.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _PIECE)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    gate = Gate(f"http://127.0.0.1:{listener.getsockname()[1]}")
    threading.Thread(target=_accept, args=(listener, port, after, gate), daemon=True).start()
    try:
        yield gate
    finally:
        gate.open()
        listener.close()


def _accept(listener: socket.socket, port: int, after: int, gate: Gate) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_serve, args=(client, port, after, gate), daemon=True).start()


def _serve(client: socket.socket, port: int, after: int, gate: Gate) -> None:
    with client, socket.create_connection(("127.0.0.1", port)) as server:
        back = threading.Thread(target=_carry, args=(server, client), daemon=True)
        back.start()
        _carry(client, server, after, gate)
        back.join()


def _carry(
    source: socket.socket, target: socket.socket, free: int = 0, gate: Gate | None = None
) -> None:
    carried = 0
    with contextlib.suppress(OSError):
        while piece := source.recv(_PIECE):
            carried += len(piece)
            if gate and carried > free:
                gate.passes()
            target.sendall(piece)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
