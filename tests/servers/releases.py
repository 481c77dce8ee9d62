"""As much of a Kubernetes API on loopback as Helm asks to tell the values of a release.

Helm keeps a release in a Secret: JSON, gzipped, in base64, and once more so as any Secret's data.
"""

import base64
import contextlib
import gzip
import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

Values = Mapping[str, object]


@contextlib.contextmanager
def serving_release(
    name: str, namespace: str, given: Values, chart: Values
) -> Iterator[dict[str, str]]:
    """Serve one release, and give the variables by which Helm asks here.

    `given` are the values that its user gave, `chart` those of its chart.
    """
    secret = _secret(name, namespace, given, chart)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            selector = parse_qs(url.query).get("labelSelector", [""])[0]
            if url.path == "/version":
                self._answer({"major": "1", "minor": "33", "gitVersion": "v1.33.0"})
            elif url.path == f"/api/v1/namespaces/{namespace}/secrets":
                found = [secret] if f"name={name}" in selector.split(",") else []
                self._answer({"kind": "SecretList", "apiVersion": "v1", "items": found})
            elif url.path.endswith("/secrets"):
                self._answer({"kind": "SecretList", "apiVersion": "v1", "items": []})
            else:
                self.send_error(404)

        def _answer(self, content: object) -> None:
            body = json.dumps(content).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the base class's name
            del format, args

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        often = {"poll_interval": 0.02}
        thread = threading.Thread(target=server.serve_forever, kwargs=often, daemon=True)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_port}"
            yield {"HELM_KUBEAPISERVER": url, "KUBECONFIG": "/nonexistent"}
        finally:
            server.shutdown()
            thread.join(5)


def _secret(name: str, namespace: str, given: Values, chart: Values) -> dict[str, object]:
    release = {
        "name": name,
        "namespace": namespace,
        "version": 1,
        "info": {"status": "deployed", "first_deployed": "2026-01-02T03:04:05Z", "last_deployed": "2026-01-02T03:04:05Z", "deleted": ""},
        "chart": {"metadata": {"name": "gitea", "version": "12.4.0", "apiVersion": "v2"}, "values": chart},
        "config": given,
        "manifest": "",
    }  # fmt: skip
    packed = base64.b64encode(gzip.compress(json.dumps(release).encode()))
    return {
        "kind": "Secret",
        "apiVersion": "v1",
        "metadata": {
            "name": f"sh.helm.release.v1.{name}.v1",
            "namespace": namespace,
            "labels": {"owner": "helm", "name": name, "status": "deployed", "version": "1"},
        },
        "type": "helm.sh/release.v1",
        "data": {"release": base64.b64encode(packed).decode()},
    }
