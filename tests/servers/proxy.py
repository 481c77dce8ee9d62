"""A proxy on loopback that speaks TLS for a server behind it, as ingresses do."""

import contextlib
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import httpx
import trustme

SECONDS = 60
# Of one connection alone (RFC 9110, 7.6.1), or said anew.
NOT_HANDED_ON = {
    "connection",
    "transfer-encoding",
    "content-length",
    "accept-encoding",
    "keep-alive",
}


class _Forward(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    upstream: ClassVar[str]

    def _forward(self) -> None:
        headers = {k: v for k, v in self.headers.items() if k.lower() not in NOT_HANDED_ON}
        answer = httpx.request(
            self.command,
            f"{self.upstream}{self.path}",
            headers={**headers, "X-Forwarded-Proto": "https", "Accept-Encoding": "identity"},
            content=self._body(),
            timeout=SECONDS,
            trust_env=False,
        )
        self.send_response(answer.status_code)
        for name, value in answer.headers.multi_items():
            if name.lower() not in NOT_HANDED_ON:
                self.send_header(name, value)
        length = answer.headers.get("content-length") or str(len(answer.content))
        self.send_header("Content-Length", length)
        self.end_headers()
        self.wfile.write(answer.content)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _forward  # noqa: N815 -- http.server's names

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", "0")))
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        del format, args


@contextlib.contextmanager
def speaking_tls(upstream: str, authority: trustme.CA) -> Iterator[str]:
    """Give the URL, without a slash at its end, at which the server upstream is reached by TLS."""
    handler = type("Forward", (_Forward,), {"upstream": upstream})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.daemon_threads = True
        often = {"poll_interval": 0.02}
        thread = threading.Thread(target=server.serve_forever, kwargs=often, daemon=True)
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(5)
