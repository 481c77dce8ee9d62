"""The image builders of the tests behave as the other tests take for granted."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from tests.servers.builders import KINDS, Builder
from tests.servers.images import in_full, stand_in_for
from tests.servers.postgres import Postgres
from tests.servers.running import answers, free_port
from tests.waiting import eventually

REPOSITORY = Path(__file__).parents[2]
SECRET = "marked-secret-of-the-index"
TWO_STAGES = """\
FROM python:3.11-slim AS build
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/uv
RUN --mount=type=secret,id=index \\
    uv venv --quiet /app && wc -c < /run/secrets/index > /app/length && cp /etc/passwd /app/kept
RUN rm /app/kept

FROM python:3.11-slim
ARG GREETING=hello
LABEL org.example.greeting=$GREETING
RUN groupadd --gid 1001 app && useradd --uid 1001 --gid app --create-home app
COPY --from=build --chown=app:app /app /app
COPY talk.py /app/
USER app
ENTRYPOINT ["/app/bin/python"]
CMD ["/app/talk.py"]
"""
TALK = """\
import os, sys
print(os.getuid(), os.environ.get("WORD"), open('/app/length').read().strip(), sys.argv[1:])
"""
SERVE = """\
import http.server, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
print("serving", flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


def test_two_stages_with_a_secret_become_an_image_that_runs_without_a_network(
    builder: Builder, tmp_path: Path
) -> None:
    tag = _build_two_stages(builder, tmp_path)

    image = builder.image(tag)
    assert image.holding(SECRET) == []
    assert image.holding("org.example.greeting") != []
    assert image.holding("open('/app/length')") == [f"{image.layers[-1]}: app/talk.py"]
    assert image.files(-1) == {"app/talk.py": TALK.encode()}
    assert 100_000_000 < image.size < 300_000_000

    assert builder.run(tag).stdout == "1001 None 26 []\n"
    told = builder.run(tag, ["/app/talk.py", "more"], user="0", environment={"WORD": "said"})
    assert told.stdout == "0 said 26 ['more']\n"
    interfaces = builder.run(tag, ["-c", "import socket; print(socket.if_nameindex())"])
    assert interfaces.stdout == "[(1, 'lo')]\n"
    assert builder.run(tag, ["-c", "exit 3"], entrypoint="sh", check=False).code == 3
    loopback = "import socket; socket.create_server(('127.0.0.1', 0)); print('fine')"
    assert builder.run(tag, ["-c", loopback]).stdout == "fine\n"


def test_what_a_layer_keeps_is_found_also_when_a_later_one_takes_it_away(
    builder: Builder, tmp_path: Path
) -> None:
    builder.provide("python:3.13-slim")
    (tmp_path / "Dockerfile").write_text(
        "FROM python:3.13-slim\n"
        f"RUN echo {SECRET[:10]}'{SECRET[10:]}' > /kept\n"
        "RUN rm /kept\n"
        f"ENV TOKEN={SECRET}-too\n"
    )
    builder.build(tmp_path, "leaky:1")
    places = builder.image("leaky:1").holding(SECRET)
    assert any(place.endswith(": kept") for place in places)
    assert any(place.endswith("json") or "sha256" in place for place in places)


def test_a_build_that_fails_gives_its_output(builder: Builder, tmp_path: Path) -> None:
    builder.provide("python:3.11-slim")
    (tmp_path / "Dockerfile").write_text(
        "FROM python:3.11-slim\nRUN echo what went wrong | tr a-z A-Z; exit 9\n"
    )
    failed = builder.build(tmp_path, "failing:1", check=False)
    assert failed.code != 0
    assert "WHAT WENT WRONG" in failed.output
    with pytest.raises(RuntimeError, match="WHAT WENT WRONG"):
        builder.build(tmp_path, "failing:1")


@pytest.mark.parametrize(
    "lines",
    [
        "FROM nobody-has-this:1",
        "FROM registry.example.com/nobody/has:1",
        "FROM python:3.11-slim\nCOPY --from=nobody-has-this:1 /uv /uv",
    ],
)
def test_an_unknown_base_image_is_an_error(builder: Builder, tmp_path: Path, lines: str) -> None:
    builder.provide("python:3.11-slim")
    (tmp_path / "Dockerfile").write_text(f"{lines}\n")
    failed = builder.build(tmp_path, "unknown:1", check=False)
    assert failed.code != 0
    assert re.search("nobody", failed.output)


def test_a_container_serves_and_is_asked_to_end(builder: Builder, tmp_path: Path) -> None:
    builder.provide("python:3.11-slim")
    (tmp_path / "serve.py").write_text(SERVE)
    (tmp_path / "Dockerfile").write_text(
        'FROM python:3.11-slim\nCOPY serve.py /\nENTRYPOINT ["python", "/serve.py"]\n'
    )
    builder.build(tmp_path, "serving:1")
    port = free_port()
    with builder.start("serving:1", [str(port)]) as container:
        eventually(lambda: answers(port))
        assert httpx.get(f"http://127.0.0.1:{port}/etc/", trust_env=False).status_code == 200
        assert container.is_running()
        assert "serving" in container.logs()
        assert container.stop() == 7
        assert not container.is_running()
    with builder.start("serving:1", [str(port)]):
        eventually(lambda: answers(port))
    assert not answers(port)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_left_of_a_builder_not_even_when_its_test_run_is_killed(
    kind: str, tmp_path: Path
) -> None:
    with KINDS[kind](_folder(tmp_path / "used")) as builder:
        builder.provide("python:3.11-slim")
        with builder.start("python:3.11-slim", ["sleep", "61"]) as container:
            assert container.is_running()
        builder.run("python:3.11-slim", ["true"])
    assert _left_of(tmp_path) == []

    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from tests.servers.builders import KINDS\n"
        "with KINDS[sys.argv[1]](Path(sys.argv[2])) as builder:\n"
        "    builder.provide('python:3.11-slim')\n"
        "    with builder.start('python:3.11-slim', ['sleep', '62']):\n"
        "        print('up', flush=True)\n"
        "        time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, kind, str(_folder(tmp_path / "killed"))],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        text=True,
    ) as test_run:
        assert test_run.stdout is not None
        assert test_run.stdout.readline() == "up\n"
        assert _left_of(tmp_path) != []
        os.kill(test_run.pid, signal.SIGKILL)
    eventually(lambda: not _left_of(tmp_path))


def test_a_name_tells_which_image_stands_in() -> None:
    assert {stand_in_for(name) for name in ("python:3.11-slim", "python:3.14-slim-bookworm")} == {
        "python"
    }
    assert stand_in_for("ghcr.io/astral-sh/uv:0.9.2") == "uv"
    with pytest.raises(ValueError, match="no image of ours stands in"):
        stand_in_for("python:3.11")
    assert in_full("python:3.11-slim") == "docker.io/library/python:3.11-slim"
    assert in_full("acme/app:1") == "docker.io/acme/app:1"
    assert in_full("ghcr.io/astral-sh/uv:0.9") == "ghcr.io/astral-sh/uv:0.9"


def _build_two_stages(builder: Builder, folder: Path) -> str:
    builder.provide("python:3.11-slim", "ghcr.io/astral-sh/uv:0.9")
    context, secret, tag = folder / "context", folder / "secret", "localhost/two-stages:1"
    context.mkdir()
    (context / "talk.py").write_text(TALK)
    file = folder / "Dockerfile"
    file.write_text(TWO_STAGES)
    secret.write_text(SECRET)
    arguments = {"GREETING": "good day"}
    builder.build(context, tag, file=file, secrets={"index": secret}, arguments=arguments)
    return tag


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _left_of(folder: Path) -> list[str]:
    """What mentions a folder among mounts and the command lines of processes."""
    mounts = Path("/proc/self/mountinfo").read_text().splitlines()
    found = [line for line in mounts if str(folder) in line]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if str(folder) in line or str(folder).encode() in environment:
            found.append(line)
    return found


def test_postgres_lets_its_role_in_by_the_whole_password_alone(postgres: Postgres) -> None:
    assert postgres.ask(postgres.dsn, "SELECT current_user").stdout == "app\n"

    cut = postgres.dsn.replace(quote("of%postgres", safe=""), "")
    refused = postgres.ask(cut, "SELECT 1", check=False)

    assert refused.code != 0
    assert "password authentication failed" in refused.stderr
