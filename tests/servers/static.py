"""A plain static web server on loopback, as any team has one."""

import contextlib
import ssl
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
        del format, args


@contextlib.contextmanager
def serving(folder: Path, authority: trustme.CA | None = None) -> Iterator[str]:
    """Serve a folder and give the URL, without a slash at its end; by TLS with an authority."""
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        if authority:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert("127.0.0.1").configure_cert(context)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        # It looks this often whether to stop.
        often = {"poll_interval": 0.02}
        thread = threading.Thread(target=server.serve_forever, kwargs=often, daemon=True)
        thread.start()
        try:
            yield f"{'https' if authority else 'http'}://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(5)
