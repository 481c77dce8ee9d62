"""A little GitHub in memory: the shapes of its documentation, for what the module asks.

https://docs.github.com/rest/releases. It was never compared with the real one.
"""

import contextlib
import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass
class Double:
    """One repository, `acme/core`, and who asked."""

    url: str = ""
    token: str = "marked-github-token"
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    """Name to the object that it marks: type and sha."""
    annotated: dict[str, dict[str, object]] = field(default_factory=dict)
    """Tag objects by their sha."""
    releases: dict[int, dict[str, object]] = field(default_factory=dict)
    assets: dict[int, dict[str, object]] = field(default_factory=dict)
    contents: dict[int, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    """Method, path and Authorization, in their order."""

    def answer(self, method: str, url: str, body: bytes) -> tuple[int, object]:  # noqa: C901 -- a table of routes
        """Status, and JSON or bytes or the address elsewhere."""
        parts = urlsplit(url)
        path = parts.path.removeprefix("/api/v3/repos/acme/core").removeprefix(
            "/api/uploads/repos/acme/core"
        )
        words = [unquote(word) for word in path.strip("/").split("/")]
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        match method, words:
            case "GET", [""]:
                return 200, {"full_name": "acme/core"}
            case "GET", ["git", "ref", "tags", *rest]:
                name = "/".join(rest)
                return self._one({"object": self.tags[name]} if name in self.tags else None)
            case "GET", ["git", "tags", sha]:
                return self._one(self.annotated.get(sha))
            case "GET", ["releases", "tags", name]:
                out = (r for r in self.releases.values() if not r["draft"])
                return self._one(next((r for r in out if r["tag_name"] == name), None))
            case "GET", ["releases"]:
                return 200, list(self.releases.values()) if query["page"] == "1" else []
            case "POST", ["releases"]:
                return self._release(json.loads(body))
            case "GET", ["releases", number, "assets"]:
                mine = [a for a in self.assets.values() if a["release"] == int(number)]
                return 200, mine if query["page"] == "1" else []
            case "POST", ["releases", number, "assets"]:
                return self._asset(int(number), query["name"], body)
            case "GET", ["releases", "assets", number]:
                return 302, f"{self.url}/storage/{number}"
            case "DELETE", ["releases", "assets", number]:
                return (204, b"") if self.assets.pop(int(number), None) else (404, {})
            case "GET", ["storage", number]:
                return 200, self.contents[int(number)]
            case _:
                return self._one(None)

    def add_release(self, tag: str, *, draft: bool = False) -> int:
        """As somebody makes it by hand; its number."""
        number = len(self.releases) + 1
        place = f"{self.url}/api/uploads/repos/acme/core/releases/{number}/assets"
        self.releases[number] = {
            "id": number,
            "tag_name": tag,
            "draft": draft,
            "html_url": f"{self.url}/acme/core/releases/tag/{tag}",
            "upload_url": f"{place}{{?name,label}}",
        }
        return number

    def add_asset(self, release: int, name: str, content: bytes, state: str = "uploaded") -> int:
        """As an upload left it; its number."""
        number = max(self.contents, default=0) + 1
        self.contents[number] = content
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        self.assets[number] = {
            "id": number,
            "release": release,
            "name": name,
            "size": len(content),
            "state": state,
            "digest": digest if state == "uploaded" else None,
            "url": f"{self.url}/api/v3/repos/acme/core/releases/assets/{number}",
        }
        return number

    def _one(self, found: object) -> tuple[int, object]:
        return (404, {"message": "Not Found"}) if found is None else (200, found)

    def _release(self, wanted: dict[str, object]) -> tuple[int, object]:
        tag = wanted.get("tag_name")
        if not isinstance(tag, str):
            return 422, {"message": "Invalid request.", "errors": [{"code": "missing_field"}]}
        if any(r["tag_name"] == tag and not r["draft"] for r in self.releases.values()):
            return 422, {"message": "Validation Failed", "errors": [{"code": "already_exists"}]}
        self.tags.setdefault(tag, {"type": "commit", "sha": str(wanted["target_commitish"])})
        return 201, self.releases[self.add_release(tag)]

    def _asset(self, release: int, name: str, body: bytes) -> tuple[int, object]:
        if any(a["release"] == release and a["name"] == name for a in self.assets.values()):
            return 422, {"message": "Validation Failed", "errors": [{"code": "already_exists"}]}
        return 201, self.assets[self.add_asset(release, name, body)]


@contextlib.contextmanager
def doubled() -> Iterator[Double]:
    """Start one."""
    double = Double()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            who = self.headers.get("Authorization", "")
            double.asked.append((self.command, self.path, who))
            status, said = double.answer(self.command, self.path, body)
            if who not in ("", f"Bearer {double.token}"):
                status, said = 401, {"message": "Bad credentials"}
            elif self.command != "GET" and not who:
                status, said = 404, {"message": "Not Found"}
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", str(said))
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = answer  # noqa: N815 -- the base class's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            del format, args

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        double.url = f"http://127.0.0.1:{server.server_port}"
        yield double
        server.shutdown()
        thread.join(5)
