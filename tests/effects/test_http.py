"""Against a little server that answers as scripted."""

import contextlib
import random
import socket
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from railrel.effects.clock import RealClock
from railrel.effects.http import RealHttp
from railrel.effects.zeros import zero_file
from railrel.errors import RefusedError, UnreachableError
from railrel.world import Credential, Request, Secret, Upload, Zeros
from tests.servers.running import free_port
from tests.workbench import IMPORTABLE


@dataclass
class Script:
    """What the server answers, one after the other, and what it was sent."""

    answers: list[tuple[int, dict[str, str]]]
    seen: list[tuple[str, str, bytes]] = field(default_factory=list)
    url: str = ""


@contextlib.contextmanager
def scripted(*answers: tuple[int, dict[str, str]]) -> Iterator[Script]:
    script = Script(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            script.seen.append((self.command, self.headers.get("Authorization", ""), body))
            status, headers = script.answers.pop(0)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = answer  # noqa: N815 -- the base class's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            del format, args

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        script.url = f"http://127.0.0.1:{server.server_port}/"
        yield script
        server.shutdown()
        thread.join(5)


@dataclass
class Waits:
    """A clock that only notes how long it should wait."""

    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return 0.0

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def clock() -> Waits:
    return Waits()


@pytest.fixture
def http(clock: Waits) -> Iterator[RealHttp]:
    client = RealHttp({}, clock)
    yield client
    client.close()


def test_reading_is_repeated_after_trouble_with_growing_waits(
    http: RealHttp, clock: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "random", lambda: 0.5)
    with scripted((503, {}), (500, {}), (200, {})) as server:
        answer = http.send(Request("GET", server.url))

    assert answer.status == 200
    assert clock.slept == [0.5, 1.0]


def test_a_server_that_says_how_long_to_wait_is_heeded(http: RealHttp, clock: Waits) -> None:
    # The clock stands at the first second of 1970.
    at_the_ninth = {"Retry-After": "Thu, 01 Jan 1970 00:00:09 GMT"}
    with scripted((429, {"Retry-After": "7"}), (503, at_the_ninth), (200, {})) as server:
        http.send(Request("GET", server.url))

    assert clock.slept == [7.0, 9.0]


def test_who_asks_for_a_longer_wait_than_we_have_time_is_not_asked_again_before(
    http: RealHttp, clock: Waits
) -> None:
    with scripted((429, {"Retry-After": "61"}), (200, {})) as server:
        answer = http.send(Request("GET", server.url, seconds=60))

    assert answer.status == 429
    assert (len(server.seen), clock.slept) == (1, [])


def test_a_wait_that_nobody_can_read_is_taken_as_none(http: RealHttp, clock: Waits) -> None:
    with scripted((503, {"Retry-After": "soon"}), (200, {})) as server:
        assert http.send(Request("GET", server.url)).status == 200

    assert len(clock.slept) == 1


def test_a_post_that_changes_nothing_is_repeated_as_well(http: RealHttp) -> None:
    with scripted((503, {}), (400, {})) as server:
        answer = http.send(Request("POST", server.url, harmless=True))

    assert (answer.status, len(server.seen)) == (400, 2)


def test_an_upload_is_never_repeated_by_itself(http: RealHttp, clock: Waits) -> None:
    with scripted((500, {}), (201, {})) as server:
        answer = http.send(Request("POST", server.url))

    assert answer.status == 500
    assert (len(server.seen), clock.slept) == (1, [])


def test_a_redirect_is_not_followed_and_the_credential_not_sent_on(http: RealHttp) -> None:
    credential = Credential("u", Secret("p"), "here")
    with scripted() as other, scripted((307, {"Location": other.url})) as server:
        answer = http.send(Request("POST", server.url, credential))

    assert (answer.status, answer.headers["location"]) == (307, other.url)
    assert other.seen == []
    assert server.seen[0][1].startswith("Basic ")


def test_nobody_there_is_code_3_with_the_reason(http: RealHttp, clock: Waits) -> None:
    with pytest.raises(UnreachableError, match=r"cannot be reached: .*Connection refused"):
        http.send(Request("GET", f"http://127.0.0.1:{free_port()}/"))

    assert len(clock.slept) == 3


def test_a_malformed_credential_is_not_quoted(http: RealHttp) -> None:
    request = Request(
        "GET", "http://127.0.0.1:1/\x00marked", Credential("u", Secret("marked\n"), "x")
    )

    with pytest.raises(RefusedError) as caught:
        http.send(request)

    assert "marked" not in caught.value.problems[0].message


def test_a_form_carries_fields_that_repeat_and_the_file(http: RealHttp, tmp_path: Path) -> None:
    path = tmp_path / "lib-1.0.whl"
    path.write_bytes(b"wheel bytes")
    form = (("classifiers", "one"), ("classifiers", "two"), ("name", "lib"))
    with scripted((201, {})) as server:
        http.send(Request("POST", server.url, form=form, upload=Upload("content", path)))

    body = server.seen[0][2]
    assert body.count(b'name="classifiers"') == 2
    assert b'name="content"; filename="lib-1.0.whl"' in body
    assert b"wheel bytes" in body


def test_an_upload_tells_how_much_of_it_is_on_its_way(http: RealHttp, tmp_path: Path) -> None:
    file = tmp_path / "a.whl"
    file.write_bytes(b"x" * 200_000)
    heard: list[int] = []

    with scripted((201, {})) as server:
        http.send(Request("POST", server.url, upload=Upload("content", file, heard.append)))

    assert heard[0] == 0
    assert heard[-1] == 200_000
    assert heard == sorted(heard)
    assert len(heard) > 3
    assert server.seen[0][2].count(b"x" * 200_000) == 1


def test_who_hears_of_an_upload_can_end_it(http: RealHttp, tmp_path: Path) -> None:
    file = tmp_path / "a.whl"
    file.write_bytes(b"x" * 200_000)

    def enough(sent: int) -> None:
        if sent:
            raise KeyboardInterrupt

    with scripted() as server, pytest.raises(KeyboardInterrupt):
        http.send(Request("POST", server.url, upload=Upload("content", file, enough)))


def test_a_file_is_sent_as_it_is_with_its_length(http: RealHttp, tmp_path: Path) -> None:
    path = tmp_path / "lib-1.0.whl"
    path.write_bytes(bytes(range(256)) * 1000)
    with scripted((201, {})) as server:
        http.send(Request("POST", server.url, content=path))

    # The server reads as many bytes as the request's Content-Length says.
    assert server.seen[0][2] == path.read_bytes()


def test_a_bearer_goes_without_a_name_and_not_with_a_redirect(http: RealHttp) -> None:
    credential = Credential("u", Secret("marked"), "here", bearer=True)
    with scripted() as other, scripted((302, {"Location": other.url})) as server:
        http.send(Request("GET", server.url, credential))

    assert server.seen[0][1] == "Bearer marked"
    assert other.seen == []


def test_a_malformed_bearer_is_not_quoted_and_named_by_where_it_is_from(http: RealHttp) -> None:
    credential = Credential("u", Secret("marked\u2028"), "RAILREL_FORGE_TOKEN", bearer=True)

    with pytest.raises(RefusedError) as caught:
        http.send(Request("GET", "http://127.0.0.1:1/", credential))

    (problem,) = caught.value.problems
    assert "marked" not in problem.message
    assert "set RAILREL_FORGE_TOKEN again" in problem.hint


def test_who_asks_once_is_answered_once(http: RealHttp, clock: Waits) -> None:
    with scripted((503, {}), (200, {})) as server:
        answer = http.send(Request("GET", server.url, once=True))

    assert (answer.status, clock.slept) == (503, [])


def test_zeros_are_sent_with_their_length_and_come_from_no_file(http: RealHttp) -> None:
    zeros = Zeros("content", "lib-1.0.whl", 300_000)
    with scripted((400, {})) as server:
        http.send(Request("POST", server.url, form=(("name", "lib"),), upload=zeros))

    body = server.seen[0][2]
    assert b'name="content"; filename="lib-1.0.whl"' in body
    assert body.count(b"\0") == 300_000


@dataclass
class Hurries(Waits):
    """A clock on which a second goes by each time that somebody looks."""

    seconds: float = 0.0

    def monotonic(self) -> float:
        self.seconds += 1
        return self.seconds


@contextlib.contextmanager
def dripping(head: bytes, drip: bytes) -> Iterator[str]:
    """A server that sends this and then one more piece after the other for as long as it may."""
    over = threading.Event()

    def drip_on() -> None:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(65_536)
            connection.sendall(head)
            while not over.wait(0.05):
                connection.sendall(drip)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip_on, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        over.set()
        thread.join(5)


@pytest.mark.parametrize(
    ("head", "drip"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
    ],
    ids=["body", "head"],
)
def test_an_answer_that_only_drips_ends_all_the_same(head: bytes, drip: bytes) -> None:
    http = RealHttp({}, RealClock())
    with dripping(head, drip) as url, pytest.raises(UnreachableError) as caught:
        http.send(Request("GET", url, seconds=0.5, once=True))
    http.close()

    assert caught.value.problems[0].rule == "timeout"


def test_zeros_end_when_their_time_is_up() -> None:
    file = zero_file(10**9, Hurries(), 3)

    with pytest.raises(TimeoutError):
        deque(iter(lambda: file.read(65_536), b""), maxlen=0)


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("http://127.0.0.1:{free}/", "refused"),
        ("http://nobody.example.invalid/", "no-such-host"),
        ("https://127.0.0.1:{http}/", "not-tls"),
    ],
)
def test_silence_is_given_a_name(http: RealHttp, url: str, rule: str) -> None:
    with scripted() as server:
        port = server.url.rstrip("/").rpartition(":")[2]
        request = Request("GET", url.format(free=free_port(), http=port), once=True)
        with pytest.raises(UnreachableError) as caught:
            http.send(request)

    assert caught.value.problems[0].rule == rule


def test_what_draws_httpxs_own_command_line_is_not_loaded() -> None:
    look = (
        "import sys; from railrel.effects.httpx_alone import httpx; "
        "print({'rich', 'pygments', 'click', 'httpx._main'} & set(sys.modules), httpx.Client)"
    )

    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, env=IMPORTABLE, check=False
    )

    assert done.stdout == "set() <class 'httpx.Client'>\n", done.stderr
