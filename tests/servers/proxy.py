"""A proxy before a real server that does what badly set ones do: for tests of how that is found."""

import contextlib
import http.client
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import trustme

from tests.servers.spoiling import (
    Answer,
    Changed,
    Drip,
    Fault,
    Kind,
    Lost,
    Reset,
    Short,
    Silence,
    Spoiler,
    Spoilt,
    Together,
    cut_short,
    drip,
    kind_of,
    reset,
)

SECONDS = 30
_PIECE = 65_536
# Of one connection alone (RFC 9110, 7.6.1), or written anew here.
_NOT_PASSED_ON = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with it; nothing by default."""

    largest_body: int | None = None
    """Bytes; a request that announces more is answered by 413 before it is read."""
    lingers: bool = True
    """Whether it waits after a 413 until the client has stopped, as nginx does; else it hangs up."""
    ahead: timedelta = timedelta()
    """How far the `Date` of its answers is before the true one."""
    without_date: bool = False
    answers: Mapping[str, Answer] = field(default_factory=dict)
    """By path: what it says itself there."""
    cuts_uploads: bool = False
    """Whether it closes the connection in the middle of an upload, without an answer."""
    spoilt: tuple[Spoilt, ...] = ()
    """What goes wrong now and then; the first that fits counts."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What went through it."""

    method: str
    path: str
    size: int
    """Bytes of the body that were read."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """A running one."""

    url: str
    """Without a slash at its end; its host is 127.0.0.1."""
    passed: list[Passed]
    answered: list[tuple[Kind, int]]
    """What the server itself was asked, and the status of each of its answers."""

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0


@contextlib.contextmanager
def proxied(
    upstream: str,
    faults: Faults | None = None,
    certificate: trustme.LeafCert | None = None,
    port: int = 0,
) -> Iterator[Proxy]:
    """Stand before the server at this URL on loopback; by TLS with a certificate.

    On any port, if none is given.
    """
    passed: list[Passed] = []
    answered: list[tuple[Kind, int]] = []
    faults = faults or Faults()
    spoiler = Spoiler(faults.spoilt)
    handler = partial(_Handler, upstream, faults, spoiler, passed, answered)
    with _Server(("127.0.0.1", port), handler) as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            certificate.configure_cert(context)
            server.socket = context.wrap_socket(
                server.socket, server_side=True, do_handshake_on_connect=False
            )
        often = {"poll_interval": 0.02}
        thread = threading.Thread(target=server.serve_forever, kwargs=often, daemon=True)
        thread.start()
        try:
            scheme = "https" if certificate else "http"
            yield Proxy(f"{scheme}://127.0.0.1:{server.server_port}", passed, answered)
        finally:
            spoiler.over.set()
            server.shutdown()
            thread.join(5)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that trusts us not hangs up, which is what the test is about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(
        self,
        upstream: str,
        faults: Faults,
        spoiler: Spoiler,
        passed: list[Passed],
        answered: list[tuple[Kind, int]],
        *arguments: object,
    ) -> None:
        self._upstream, self._faults, self._passed = upstream, faults, passed
        self._spoiler, self._answered = spoiler, answered
        super().__init__(*arguments)  # type: ignore[arg-type]  # the server's own

    def _pass_on(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if self._faults.largest_body is not None and length > self._faults.largest_body:
            self._note(0)
            self._refuse()
            return
        if self._faults.cuts_uploads and length > _PIECE:
            self._note(len(self.rfile.read(_PIECE)))
            self.close_connection = True
            return
        fault = self._spoiler.fault_of(self.command, self.path, length)
        if isinstance(fault, Reset):
            self._note(len(self.rfile.read(min(fault.after, length))))
            reset(self)
            return
        body = self._body(length)
        self._note(len(body))
        if isinstance(fault, Together):
            fault.others.wait(SECONDS)
            fault = fault.then
        if fault:
            self._spoil(fault, body)
            return
        own = self._faults.answers.get(urlsplit(self.path).path)
        if own:
            now = format_datetime(datetime.now(UTC), usegmt=True)
            self._give(own.status, {"Date": now, **own.headers}, own.body)
        else:
            self._ask(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = _pass_on  # noqa: N815 -- the base class's names

    def _spoil(self, fault: Fault, body: bytes) -> None:
        match fault:
            case Answer():
                self._give(fault.status, fault.headers, fault.body)
            case Silence():
                self._spoiler.over.wait(SECONDS)
                self.close_connection = True
            case Lost(instead):
                self._asked(body)
                self.close_connection = instead is None
                if instead:
                    self._give(instead.status, instead.headers, instead.body)
            case Drip():
                drip(self, self._asked(body).body, self._spoiler.over)
            case Short():
                cut_short(self, self._asked(body).body, chunked=fault.chunked)
            case Changed():
                answer = self._asked(body)
                self._give(answer.status, answer.headers, fault.to(answer.body))
            case Reset() | Together():
                pass

    def _ask(self, body: bytes) -> None:
        answer = self._asked(body)
        self._give(answer.status, answer.headers, answer.body)

    def _asked(self, body: bytes) -> Answer:
        parts = urlsplit(self._upstream)
        asked = http.client.HTTPConnection(parts.netloc, timeout=SECONDS)
        with contextlib.closing(asked):
            headers = {k: v for k, v in self.headers.items() if k.lower() not in _NOT_PASSED_ON}
            if isinstance(self.connection, ssl.SSLSocket):
                headers["X-Forwarded-Proto"] = "https"
            asked.request(self.command, f"{parts.path}{self.path}", body or None, headers)
            answer = asked.getresponse()
            kind = kind_of(self.command, self.path, len(body))
            self._answered.append((kind, answer.status))
            return Answer(answer.status, answer.read(), dict(answer.getheaders()))

    def _body(self, length: int) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(length)
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _note(self, size: int) -> None:
        self._passed.append(Passed(self.command, self.path, size))

    def _refuse(self) -> None:
        self._give(413, {"Connection": "close"}, b"<html>413 Request Entity Too Large</html>")
        self.wfile.flush()
        self.close_connection = True
        if not self._faults.lingers:
            return
        self.connection.settimeout(SECONDS)
        with contextlib.suppress(OSError):
            while self.rfile.read1(_PIECE):
                pass

    def _give(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() == "date":
                self._send_date(value)
            elif name.lower() not in _NOT_PASSED_ON:
                self.send_header(name, value)
        # A HEAD tells the length of what a GET would give.
        told = headers.get("Content-Length") if self.command == "HEAD" else None
        self.send_header("Content-Length", told or str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _send_date(self, value: str) -> None:
        if not self._faults.without_date:
            changed = parsedate_to_datetime(value) + self._faults.ahead
            self.send_header("Date", format_datetime(changed, usegmt=True))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        del format, args
