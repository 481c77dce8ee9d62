"""A real nginx before a server on loopback, with a limit on bodies, as ingress-nginx has one."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.servers.missing import need
from tests.servers.running import free_port, running

# What ingress-nginx renders of an Ingress comes to this: a server, its limit, and one upstream.
_CONFIGURATION = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        {limit}
        location / {{
            proxy_pass {upstream};
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-Proto $scheme;
        }}
    }}
}}
"""


@contextlib.contextmanager
def nginx_before(upstream: str, folder: Path, body_size: str = "", port: int = 0) -> Iterator[str]:
    """The URL of an nginx before this one; `body_size` as nginx writes it, its own default if empty."""
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    limit = f"client_max_body_size {body_size};" if body_size else ""
    config = folder / "nginx.conf"
    config.write_text(
        _CONFIGURATION.format(folder=folder, port=port, upstream=upstream, limit=limit)
    )
    url = f"http://127.0.0.1:{port}"

    def is_up() -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return bool(httpx.get(url, timeout=2, trust_env=False).status_code)
        return False

    # Its workers may write where only we may.
    user = ["-g", "user root;"] if os.geteuid() == 0 else []
    argv = [str(need("nginx")), "-e", "stderr", "-c", str(config), "-p", str(folder), *user]
    with running(argv, folder, {"PATH": os.environ["PATH"]}, is_up):
        yield url
