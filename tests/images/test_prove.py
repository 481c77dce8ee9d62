"""`railrel image --prove`, with real builders and a real Gitea."""

import contextlib
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from railrel.effects.processes import RealProcesses
from railrel.errors import ExitCode
from railrel.world import Command, Completed, Running
from tests.servers.builders import COMMANDS, Builder
from tests.servers.gitea import Gitea
from tests.servers.images import PYTHON, PYTHON_IMAGE
from tests.servers.running import free_port
from tests.waiting import eventually
from tests.wheels import wheel
from tests.workbench import Result, Workbench

BASES = (PYTHON_IMAGE, "ghcr.io/astral-sh/uv:0.13")
docker = pytest.mark.parametrize("builder", ["docker"], indirect=True)
each = pytest.mark.parametrize("builder", COMMANDS, indirect=True)
APP_KEY = "marked-key-of-the-app"


@dataclass(frozen=True)
class Shop:
    """A workspace with a private registry, and a builder to prove with."""

    bench: Workbench
    gitea: Gitea
    builder: Builder
    owner: str

    @property
    def token(self) -> str:
        return self.gitea.tokens["read"]

    def having(self, **variables: str) -> "Shop":
        return replace(self, bench=self.bench.having(**variables))

    def prove(self, project: str, *more: str) -> Result:
        """As a user would."""
        return self.bench.railrel(*self.argv(project, *more))

    def argv(self, project: str, *more: str) -> list[str]:
        return ["image", project, "--prove", "--builder", self.builder.kind, *more]

    def small(self, *dockerfile: str, code: str = "print('at work')", pin: str = "0.2.3") -> None:
        """A project that asks for issue-core, and an image of it that is quickly built."""
        simple = f"{self.gitea.registry(self.owner)}/simple/"
        self.bench.write(
            "tender/pyproject.toml",
            '[project]\nname = "tender"\nversion = "1.0"\nrequires-python = ">=3.11"\n'
            'dependencies = ["issue-core>=0.2,<0.3"]\n',
        )
        self.bench.write(
            "tender/uv.lock",
            f'version = 1\n[[package]]\nname = "issue-core"\nversion = "{pin}"\n'
            f'source = {{ registry = "{simple}" }}\n',
        )
        self.bench.write("tender/main.py", code)
        lines = (f"FROM {PYTHON_IMAGE}", "COPY main.py /", *dockerfile)
        last = ("USER 10001:10001", 'CMD ["python", "/main.py"]')
        self.bench.write("tender/Dockerfile", "\n".join((*lines, *last)) + "\n")


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    """With images of the Python that the tests' base image has."""
    return bench.having(RAILREL_IMAGE_PYTHON=PYTHON)


@pytest.fixture
def shop(bench: Workbench, gitea: Gitea, builder: Builder, tmp_path: Path) -> Iterator[Shop]:
    builder.provide(*BASES)
    owner = gitea.make_private_organisation()
    path = wheel(tmp_path / "wheels", "issue-core", "0.2.3", "Requires-Python: >=3.11\n")
    content = path.read_bytes()
    gitea.upload_raw(path.name, content, name="issue-core", version="0.2.3", owner=owner)
    bench.write("railrel.toml", f'registry = "{gitea.registry(owner)}"\nindex-name = "acme"\n')
    bench.library()
    bench = bench.having(
        **{k: v for k, v in builder.environment.items() if k not in ("HOME", "TMPDIR")},
        RAILREL_TOKEN=gitea.tokens["read"],
        RAILREL_IMAGE_BUILD_OPTIONS="--network host",
        SECRET_KEY=APP_KEY,
    )
    yield Shop(bench, gitea, builder, owner)
    assert left_of(bench, builder) == []


def left_of(bench: Workbench, builder: Builder) -> list[str]:
    """Containers, images, scratch folders and processes of a proof."""
    listing = {
        "docker": [
            ["docker", "ps", "--all", "--format", "{{.Names}}"],
            ["docker", "images", "--format", "{{.Repository}}"],
        ],
        "buildah": [
            ["buildah", "containers", "--format", "{{.ContainerName}}"],
            ["buildah", "images", "--format", "{{.Name}}"],
        ],
    }
    said = "".join(bench.call(argv) for argv in listing[builder.kind])
    found = [line for line in said.splitlines() if "railrel-prove" in line]
    found += [str(path) for path in (bench.cache / "images").glob("image-*") if path.is_dir()]
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            line = process.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            # Another test run's have another home.
            ours = f"HOME={bench.home}\0".encode() in process.with_name("environ").read_bytes()
            found += [line] if ours and "railrel-prove" in line else []
    return found


# --- what passes


@pytest.fixture
def example(shop: Shop) -> Shop:
    """The example app as its team has it after `publish`, `fix-deps` and `dockerfile`."""
    bench, gitea = shop.bench, shop.gitea
    bench.copy_examples()
    gitea.delete("issue-core", "0.2.3", owner=shop.owner)
    bench.write("railrel.toml", f'registry = "{gitea.registry(shop.owner)}"\nindex-name = "acme"\n')
    publishing = bench.having(RAILREL_TOKEN=gitea.tokens["publish"])
    for argv in (["publish", "issue-core"], ["fix-deps", "vergabe-teilnahme"]):
        result = publishing.railrel(*argv)
        assert result.code == 0, result.err
    bench.call(
        [sys.executable, "-m", "uv", "lock"],
        bench.root / "vergabe-teilnahme",
        UV_INDEX_ACME_USERNAME="__token__",
        UV_INDEX_ACME_PASSWORD=shop.token,
    )
    result = bench.railrel("dockerfile", "vergabe-teilnahme", "--replace")
    assert result.code == 0, result.err
    return shop


@each
def test_the_example_app_is_proved(example: Shop) -> None:
    tag = f"proved-{example.builder.kind}:1"

    result = example.prove("vergabe-teilnahme", "--env", "SECRET_KEY", "--name", tag)

    assert result.code == 0, result.err
    assert [line.split(": ")[1] for line in result.out.splitlines()] == [
        "context ok",
        "registry ok",
        "build ok",
        "start ok",
        "secrets ok",
    ]
    assert "issue-core 0.2.3 is held by" in result.out
    assert "answers 400 on port 8000 at /" in result.out
    assert f"kept as {tag}" in result.err
    assert example.builder.image(tag).holding(example.token) == []
    for secret in (example.token, APP_KEY):
        assert secret not in result.out + result.err


@each
def test_what_serves_nothing_has_to_do_its_work(shop: Shop) -> None:
    shop.small(code="import os, socket\nassert os.environ['GREETING'] == 'good day'\n")

    result = shop.prove("tender", "--env", "GREETING=good day", "--json")

    assert result.code == 0, result.err
    report = result.json
    proofs = report["proofs"]
    assert isinstance(proofs, list)
    assert [(p["name"], p["passed"]) for p in proofs] == [
        ("context", True), ("registry", True), ("build", True), ("start", True), ("secrets", True),
    ]  # fmt: skip
    assert proofs[3]["result"] == "did its work and ended with exit code 0"
    assert report["schema"] == "railrel.image/1"
    assert report["image"] == ""
    assert report["files"] == ["Dockerfile", "main.py", "pyproject.toml", "uv.lock"]


@each
def test_it_starts_without_a_network_as_its_own_user(shop: Shop) -> None:
    shop.small(
        code="import os, socket, time\n"
        "assert os.getuid() == 10001\n"
        f"try: socket.create_connection(('127.0.0.1', {shop.gitea.url.rpartition(':')[2]}))\n"
        "except OSError: time.sleep(60)\n"
    )

    result = shop.prove("tender")

    assert result.code == 0, result.err
    assert "start ok: still runs after 5 seconds" in result.out


# --- what is found before anything is built


def refused(result: Result, code: ExitCode) -> None:
    """It stopped before the build."""
    assert result.code == code, result.err
    assert "building with" not in result.err
    assert "build ok" not in result.out


@docker
def test_a_version_that_is_not_published_stops(shop: Shop) -> None:
    shop.small(pin="0.2.9")

    result = shop.prove("tender")

    refused(result, ExitCode.FOUND)
    assert "finding: issue-core 0.2.9 is not published" in result.err
    assert "hint: railrel publish issue-core" in result.err
    assert "tender: registry failed: 1 finding\n" in result.out


@docker
@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("marked-secret-of-nobody", "Gitea does not know the token from RAILREL_TOKEN"),
        ("other", "lacks the scope read:package"),
    ],
)
def test_a_wrong_token_stops(shop: Shop, token: str, said: str) -> None:
    shop.small()
    token = shop.gitea.tokens.get(token, token)

    result = shop.having(RAILREL_TOKEN=token).prove("tender")

    refused(result, ExitCode.REFUSED)
    assert said in result.err
    assert token not in result.err


@docker
def test_a_registry_out_of_reach_stops(shop: Shop) -> None:
    shop.small()
    path = shop.bench.root / "tender" / "uv.lock"
    gone = shop.gitea.url.rpartition(":")[0] + f":{free_port()}"
    path.write_text(path.read_text().replace(shop.gitea.url, gone))

    result = shop.having(RAILREL_REGISTRY=f"{gone}/api/packages/{shop.owner}/pypi").prove("tender")

    refused(result, ExitCode.UNREACHABLE)
    assert "at: http://127.0.0.1" in result.err


@docker
def test_requirements_that_nothing_fulfils_stop(shop: Shop) -> None:
    shop.small()
    path = shop.bench.root / "tender" / "pyproject.toml"
    path.write_text(path.read_text().replace("issue-core>=0.2,<0.3", "issue-core>=0.3"))

    result = shop.prove("tender")

    refused(result, ExitCode.FOUND)
    assert "nothing fulfils all requirements" in result.err


@docker
def test_a_neighbours_folder_stops(shop: Shop) -> None:
    shop.small("COPY --from=issue-core . /src/", "COPY ../issue-core /src/")

    result = shop.prove("tender")

    refused(result, ExitCode.FOUND)
    file = shop.bench.root / "tender" / "Dockerfile"
    assert f"at: {file}:3:6\n   hint: railrel dockerfile tender --migrate" in result.err
    assert f"at: {file}:4:6" in result.err
    assert "tender: context failed: 2 findings\n" in result.out
    assert "registry" not in result.out


# --- what is found in the image


@each
def test_a_build_that_fails_is_shown(shop: Shop) -> None:
    shop.small("RUN echo what went wrong | tr a-z A-Z; exit 9")

    result = shop.prove("tender")

    assert result.code == ExitCode.UNFIT
    assert "the image cannot be built" in result.err
    assert "WHAT WENT WRONG" in result.err


@each
def test_the_neighbour_is_not_beside_the_copy_and_the_secret_is_ours_alone(shop: Shop) -> None:
    shop.small("RUN --mount=type=secret,id=netrc,target=/run/netrc grep -q machine /run/netrc")
    watched = Watched()

    world = replace(shop.bench.world(), processes=watched)
    result = shop.bench.railrel(*shop.argv("tender", "--env", "SECRET_KEY"), world=world)

    assert result.code == 0, result.err
    assert watched.beside_copy == ["tender"]
    assert stat.S_IMODE(watched.mode) == 0o600
    for argv in watched.argvs:
        assert shop.token not in " ".join(argv)
        assert APP_KEY not in " ".join(argv)


@dataclass
class Watched(RealProcesses):
    """Looks at what is there while the image is built."""

    argvs: list[tuple[str, ...]] = field(default_factory=list)
    beside_copy: list[str] = field(default_factory=list)
    mode: int = 0

    def run(self, command: Command) -> Completed:
        self.argvs.append(command.argv)
        if command.argv[1] == "build":
            self.beside_copy = [path.name for path in command.folder.parent.iterdir()]
            netrc = command.folder.parents[1] / "secrets" / "netrc"
            self.mode = netrc.stat().st_mode
        return super().run(command)

    def beside(self, command: Command) -> "contextlib._GeneratorContextManager[Running]":
        self.argvs.append(command.argv)
        return super().beside(command)


@each
def test_a_token_in_a_layer_is_found_although_a_later_one_takes_it_away(shop: Shop) -> None:
    shop.small(
        "RUN --mount=type=secret,id=netrc,target=/run/netrc cp /run/netrc /kept",
        "RUN rm /kept",
    )

    result = shop.prove("tender", "--keep-image")

    assert result.code == ExitCode.UNFIT, result.err
    assert "from RAILREL_TOKEN, is in layer 3 of 4: kept" in result.err
    assert "cp /run/netrc /kept" in result.err
    assert "kept as" not in result.err
    assert shop.token not in result.out + result.err


@each
@pytest.mark.parametrize(
    ("code", "seconds", "said"),
    [
        ("raise SystemExit('no database')", "60", "it ended with exit code 1; its last words:"),
        ("import time; time.sleep(60)", "3", "nothing answers on port 8000 at / after 3 seconds"),
    ],
    ids=["ends", "is silent"],
)
def test_an_app_that_does_not_start_is_found(
    shop: Shop, code: str, seconds: str, said: str
) -> None:
    shop.small("EXPOSE 8000", code=code)

    result = shop.prove("tender", "--timeout", seconds)

    assert result.code == ExitCode.UNFIT
    assert f"the image does not start: {said}" in result.err
    assert ("no database" in result.err) == ("database" in code)


SICK = """
import http.server


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404 if self.path == "/" else 503)
        self.end_headers()


http.server.HTTPServer(("0.0.0.0", 9000), Handler).serve_forever()
"""


@each
def test_a_health_check_has_to_be_healthy(shop: Shop) -> None:
    shop.small("EXPOSE 9000", code=SICK)

    any_answer = shop.prove("tender")
    checked = shop.having(RAILREL_IMAGE_HEALTHCHECK="healthz")
    seconds = "4"
    sick = checked.prove("tender", "--timeout", seconds)
    if "nothing answers" in sick.err:
        # A busy machine needs longer to start it at all.
        seconds = "60"
        sick = checked.prove("tender", "--timeout", seconds)

    assert "answers 404 on port 9000 at /" in any_answer.out
    assert any_answer.code == 0
    assert sick.code == ExitCode.UNFIT
    assert f"it answers 503 on port 9000 at /healthz after {seconds} seconds" in sick.err


@each
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_nothing_runs_on_when_we_are_asked_to_end(shop: Shop, number: int) -> None:
    shop.small("EXPOSE 8000", code="import time; print('up'); time.sleep(600)")

    with _proving(shop) as process:
        os.kill(process.pid, number)

        assert process.wait(60) == ExitCode.INTERRUPTED


@each
def test_what_a_killed_run_left_is_removed_by_the_next(shop: Shop) -> None:
    shop.small("EXPOSE 8000", code="import time; time.sleep(600)")
    with _proving(shop) as process:
        process.kill()
        process.wait(60)
    assert left_of(shop.bench, shop.builder) != []

    shop.small()
    result = shop.prove("tender")

    assert result.code == 0, result.err


@contextlib.contextmanager
def _proving(shop: Shop) -> Iterator["subprocess.Popen[bytes]"]:
    """A proof whose container runs."""
    process = shop.bench.start(*shop.argv("tender", "--timeout", "500"))
    try:
        eventually(lambda: any(_command_lines()) or None, "the container")
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(60)


def _command_lines() -> Iterator[bytes]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            line = path.read_bytes()
            if line.split(b"\0")[1:] == [b"/main.py", b""]:
                yield line


# --- the plan


@docker
def test_a_dry_run_shows_the_plan(shop: Shop) -> None:
    shop.small()
    before = shop.bench.snapshot()

    result = shop.prove("tender", "-n", "--env", "SECRET_KEY")

    assert result.code == 0, result.err
    assert "tender: context ok" in result.out
    assert "tender: registry ok" in result.out
    assert "would run DOCKER_BUILDKIT=1 BUILDKIT_PROGRESS=plain docker build --tag" in result.out
    assert "--secret id=netrc,src=SCRATCH/secrets/netrc --network host SCRATCH" in result.out
    assert "--network none" in result.out
    assert "--env SECRET_KEY " in result.out
    assert APP_KEY not in result.out
    assert shop.bench.snapshot() == before


@docker
@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--env", "NOT_SET"], "NOT_SET is not set"),
        (["--ca", "nowhere.pem"], "there is no file nowhere.pem"),
    ],
)
def test_what_is_not_there_is_said(shop: Shop, more: list[str], said: str) -> None:
    shop.small()

    result = shop.prove("tender", *more)

    refused(result, ExitCode.USAGE)
    assert said in result.err


def test_without_a_builder_or_a_dockerfile_nothing_is_proved(bench: Workbench) -> None:
    bench.library("tender")

    nothing = bench.railrel("image", "tender")
    no_file = bench.railrel("image", "tender", "--prove")
    bench.write("tender/Dockerfile", "FROM scratch\n")
    no_builder = bench.having(PATH="/nowhere").railrel("image", "tender", "--prove")

    assert nothing.code == no_file.code == no_builder.code == ExitCode.USAGE
    assert "hint: railrel image tender --prove" in nothing.err
    assert "hint: railrel dockerfile tender" in no_file.err
    assert "no image builder is here: docker, podman, buildah" in no_builder.err
