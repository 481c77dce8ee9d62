"""What can go wrong with one request on its way through the proxy, and how it is made to."""

import socket
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["check", "upload", "page", "file", "other"]
"""Of requests to a PyPI registry; a check is an upload without a body."""

ALWAYS = 10**6
_DRIP_SECONDS = 0.05
# A linger of no time makes a close a reset.
_RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said instead of the server's own, which is not asked."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lost:
    """The server is asked, and does it; its answer does not come back, but this one or none."""

    instead: Answer | None = None


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset after so many bytes of the body; the server is not asked."""

    after: int = 0


@dataclass(frozen=True, slots=True)
class Silence:
    """Nobody is asked and nothing is said."""


@dataclass(frozen=True, slots=True)
class Drip:
    """The server's answer comes byte by byte, with a moment between two."""


@dataclass(frozen=True, slots=True)
class Short:
    """The connection ends in the middle of the server's answer, which is `chunked` or told its length."""

    chunked: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """The body of the server's answer becomes another on its way."""

    to: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Together:
    """It waits for others of its kind, and all go on in the same moment."""

    others: threading.Barrier
    then: Lost | None = None
    """What goes wrong with each afterwards."""


Fault: TypeAlias = Answer | Lost | Reset | Silence | Drip | Short | Changed | Together


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A kind of request that goes wrong the first so many times."""

    kind: Kind
    fault: Fault
    times: int = ALWAYS
    after: int = 0
    """How many of the kind go well before."""


class Spoiler:
    """Says for each request what goes wrong with it."""

    def __init__(self, spoilt: tuple[Spoilt, ...]) -> None:
        self._spoilt = spoilt
        self._seen: dict[Kind, int] = {}
        self._lock = threading.Lock()
        self.over = threading.Event()
        """Set when the proxy ends, which ends every silence."""

    def fault_of(self, method: str, path: str, size: int) -> Fault | None:
        kind = kind_of(method, path, size)
        with self._lock:
            number = self._seen[kind] = self._seen.get(kind, 0) + 1
        for each in self._spoilt:
            if each.kind == kind and each.after < number <= each.after + each.times:
                return each.fault
        return None


def kind_of(method: str, path: str, size: int) -> Kind:
    """What a request to a PyPI registry is; `size` is of its body, in bytes."""
    # A Gitea's, or that of a server which takes uploads at its root.
    if method == "POST" and (path == "/" or path.rstrip("/").endswith("/pypi")):
        return "upload" if size else "check"
    if method == "GET":
        return "page" if "/simple/" in path else "file" if "/pypi/files/" in path else "other"
    return "other"


def reset(handler: BaseHTTPRequestHandler) -> None:
    """End the connection so that the client gets a reset."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    # A file of the handler's that is still open would keep the connection.
    handler.rfile.close()
    handler.close_connection = True
    handler.connection.close()


def drip(handler: BaseHTTPRequestHandler, body: bytes, over: threading.Event) -> None:
    """Send a body byte by byte."""
    handler.send_response_only(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    for byte in body:
        if over.wait(_DRIP_SECONDS):
            return
        handler.wfile.write(bytes([byte]))


def cut_short(handler: BaseHTTPRequestHandler, body: bytes, *, chunked: bool) -> None:
    """Send half of a body that was announced whole, and hang up."""
    half = body[: len(body) // 2]
    handler.send_response_only(200)
    handler.send_header("Content-Type", "text/html")
    if chunked:
        handler.send_header("Transfer-Encoding", "chunked")
    else:
        handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(b"%x\r\n%b\r\n" % (len(half), half) if chunked else half)
    handler.close_connection = True
