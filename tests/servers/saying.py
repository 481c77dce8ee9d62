"""A server on loopback that says the same to everybody, and notes whether it was shown a credential."""

import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(slots=True)
class Saying:
    """A running one."""

    url: str = ""
    """Without a slash at its end."""
    shown: list[str] = field(default_factory=list)
    """Every `Authorization` that it was sent."""


@contextlib.contextmanager
def saying(
    status: int, body: bytes = b"", headers: Mapping[str, str] | None = None, times: int = 1
) -> Iterator[Saying]:
    """Answer every request by this, with the body so many times in a row."""
    said = Saying()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            said.shown += self.headers.get_all("Authorization", [])
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                for _ in range(times):
                    self.wfile.write(body)

        do_GET = do_POST = answer  # noqa: N815 -- the base class's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            del format, args

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        said.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield said
        finally:
            server.shutdown()
            thread.join(5)
