"""Generated images, built by real builders from a real Gitea, run without a network."""

import json
import os
import shutil
import sys
import time
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import trustme

from railrel.distributions.artefacts import inspect
from railrel.registries import choose
from railrel.settings import resolve
from tests.images.samples import SAMPLES, Sample
from tests.servers.builders import Builder
from tests.servers.gitea import Gitea
from tests.servers.images import PYTHON, PYTHON_IMAGE
from tests.servers.install import tool_command
from tests.servers.missing import need
from tests.servers.postgres import Postgres
from tests.servers.running import free_port
from tests.servers.static import serving
from tests.waiting import eventually
from tests.wheels import wheel
from tests.workbench import Workbench

BASES = (PYTHON_IMAGE, "ghcr.io/astral-sh/uv:0.13")
docker = pytest.mark.parametrize("builder", ["docker"], indirect=True)


@dataclass(frozen=True)
class Team:
    """A workspace whose registry is a private organisation of Gitea's."""

    bench: Workbench
    gitea: Gitea
    netrc: Path
    owner: str

    @property
    def registry(self) -> str:
        return self.gitea.registry(self.owner)

    def publish(self, version: str = "0.2.3") -> None:
        """Put a tiny issue-core into the registry; it says its version."""
        folder = self.bench.root.parent / "wheels"
        text = f'VERSION = "{version}"\n'
        path = wheel(folder, "issue-core", version, "Requires-Python: >=3.11\n", text=text)
        answer = self.gitea.upload_raw(
            path.name, path.read_bytes(), name="issue-core", version=version, owner=self.owner
        )
        assert answer.status_code in (201, 409)

    def lock(self, sample: Sample) -> None:
        """By the sample's own tool."""
        folder = self.bench.root / sample.name
        variables = {"NETRC": str(self.netrc)}
        uv = [sys.executable, "-m", "uv"]
        match sample.tool:
            case "uv":
                self.bench.call([*uv, "lock"], folder, **variables)
            case "pip":
                compiling = [
                    "pip",
                    "compile",
                    "--generate-hashes",
                    "--index",
                    f"{self.registry}/simple/",
                ]
                self.bench.call(
                    [*uv, *compiling, "pyproject.toml", "-o", "requirements.txt"],
                    folder,
                    **variables,
                )
            case tool:
                need(tool)
                # Poetry remembers a version's files by its source's name alone: other tests have
                # other files of that version.
                variables["POETRY_CACHE_DIR"] = str(self.bench.root.parent / "poetry")
                self.bench.call([str(tool_command(tool)), "lock"], folder, **variables)

    def ready(self, sample: Sample) -> Path:
        """The sample with its lock and its Dockerfile; the sibling is nowhere."""
        sample.write(self.bench, self.registry)
        self.lock(sample)
        result = self.bench.railrel("dockerfile", sample.name)
        assert result.code == 0, result.err
        shutil.rmtree(self.bench.root / "issue-core", ignore_errors=True)
        return self.bench.root / sample.name


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    """With images of the Python that the tests' base image has."""
    return bench.having(RAILREL_IMAGE_PYTHON=PYTHON)


@pytest.fixture
def team(bench: Workbench, gitea: Gitea) -> Team:
    owner = gitea.make_private_organisation()
    bench.write("railrel.toml", f'registry = "{gitea.registry(owner)}"\nindex-name = "acme"\n')
    bench.library()
    netrc = bench.write("../netrc", _netrc(gitea.tokens["read"]))
    made = Team(bench, gitea, netrc, owner)
    made.publish()
    return made


def _netrc(token: str) -> str:
    return f"machine 127.0.0.1\nlogin __token__\npassword {token}\n"


def page(url: str) -> str:
    """What a page of the app says, once it answers."""

    def asked() -> str | None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            return None

    return eventually(asked, url)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_every_kind_of_project_builds_and_runs(
    team: Team, builder: Builder, sample: Sample
) -> None:
    builder.provide(*BASES)
    folder = team.ready(sample)
    port = str(free_port())
    if sample.serves:
        assert (
            team.bench.having(RAILREL_IMAGE_PORT=port).railrel("dockerfile", sample.name).code == 0
        )

    builder.build(folder, sample.name, secrets={"netrc": team.netrc})

    if sample.serves:
        with builder.start(sample.name, environment={"SECRET_KEY": "x"}):
            assert "issue_core" in page(f"http://127.0.0.1:{port}{sample.serves}")
    else:
        assert sample.says in builder.run(sample.name).stdout
    image = builder.image(sample.name)
    assert image.holding(team.gitea.tokens["read"]) == []
    config = image.config["config"]
    assert isinstance(config, dict)
    assert config["User"] == "10001:10001"


def test_the_example_app_serves_and_logs_in_to_its_database(
    bench: Workbench, gitea: Gitea, builder: Builder, postgres: Postgres
) -> None:
    builder.provide(*BASES)
    bench.copy_examples()
    having = bench.having(RAILREL_REGISTRY=gitea.registry(), RAILREL_TOKEN=gitea.tokens["publish"])
    assert having.railrel("publish", "issue-core").code == 0
    app = bench.root / "vergabe-teilnahme"
    assert having.railrel("fix-deps", "vergabe-teilnahme").code == 0
    bench.call([sys.executable, "-m", "uv", "lock"], app)
    result = having.railrel("dockerfile", "vergabe-teilnahme", "--replace")
    assert result.code == 0, result.err
    shutil.rmtree(bench.root / "issue-core")

    builder.build(app, "vergabe")

    port = str(free_port())
    variables = {
        "SECRET_KEY": "x",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": postgres.dsn,
        "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{port}",
    }
    migrate = ["python", "-m", "vergabe_teilnahme", "migrate"]
    assert (
        "Running migrations"
        in builder.run("vergabe", migrate, network="host", environment=variables).output
    )
    command = ["gunicorn", "vergabe_teilnahme.wsgi"]
    with builder.start("vergabe", command, environment=variables):
        assert json.loads(page(f"http://127.0.0.1:{port}/healthz")) == {"status": "ok"}
        assert "<html" in page(f"http://127.0.0.1:{port}/").lower()


def test_the_migrated_dockerfile_of_the_example_builds_and_starts(
    bench: Workbench, gitea: Gitea, builder: Builder
) -> None:
    builder.provide(*BASES)
    bench.copy_examples()
    having = bench.having(RAILREL_REGISTRY=gitea.registry(), RAILREL_TOKEN=gitea.tokens["publish"])
    assert having.railrel("publish", "issue-core").code == 0
    app = bench.root / "vergabe-teilnahme"
    # The base image of these tests holds the Python of this machine.
    file = app / "Dockerfile"
    file.write_text(file.read_text().replace("3.12", PYTHON))
    assert having.railrel("dockerfile", "vergabe-teilnahme", "--migrate").code == 0
    shutil.rmtree(bench.root / "issue-core")

    netrc = bench.write("../netrc", _netrc(gitea.tokens["read"]))
    builder.build(app, "migrated", secrets={"netrc": netrc})

    check = ["python", "-m", "vergabe_teilnahme", "check"]
    done = builder.run("migrated", check, environment={"SECRET_KEY": "x"})
    assert "no issues" in done.output


WORKER = next(sample for sample in SAMPLES if sample.tool == "pip")


@docker
@pytest.mark.parametrize(
    ("token", "lock", "said"),
    [
        ("", "", "answers 401: no secret netrc is given"),
        ("other", "", "answers 401: the token in the secret netrc is wrong, or lacks the scope"),
        ("read", "9.9.9", "issue-core 9.9.9 is not published at"),
    ],
)
def test_what_is_wrong_with_the_registry_is_said_before_the_slow_part(
    team: Team, builder: Builder, token: str, lock: str, said: str
) -> None:
    builder.provide(*BASES)
    folder = team.ready(WORKER)
    if lock:
        path = folder / "requirements.txt"
        path.write_text(path.read_text().replace("issue-core==0.2.3", f"issue-core=={lock}"))
    secret = team.bench.write("../other", _netrc(team.gitea.tokens[token])) if token else None

    secrets = {"netrc": secret} if secret else {}
    done = builder.build(folder, "refused", secrets=secrets, more=["--no-cache"], check=False)

    assert done.code != 0
    assert said in done.output
    assert "Installing collected" not in done.output
    assert token == "" or team.gitea.tokens[token] not in done.output


@docker
def test_a_registry_out_of_reach_is_said(team: Team, builder: Builder) -> None:
    builder.provide(*BASES)
    folder = team.ready(WORKER)
    file = folder / "Dockerfile"
    file.write_text(file.read_text().replace(team.gitea.url, f"http://127.0.0.1:{free_port()}"))

    done = builder.build(folder, "refused", secrets={"netrc": team.netrc}, check=False)

    assert done.code != 0
    assert "cannot be reached" in done.output


@docker
def test_a_change_of_the_code_installs_nothing_again(team: Team, builder: Builder) -> None:
    builder.provide(*BASES)
    folder = team.ready(SAMPLES[0])
    secrets = {"netrc": team.netrc}
    builder.build(folder, "changed", secrets=secrets)
    first = builder.image("changed")
    with (folder / "src/tender_api/app.py").open("a") as file:
        file.write("\n# later\n")

    again = builder.build(folder, "changed", secrets=secrets)

    second = builder.image("changed")
    assert " CACHED\n" in again.output.split("uv sync")[1]
    assert first.files(-2) == second.files(-2)
    assert b"# later" in second.files(-1)["app/own/tender_api/app.py"]


@docker
def test_two_builds_hold_the_same(team: Team, builder: Builder) -> None:
    builder.provide(*BASES)
    folder = team.ready(SAMPLES[0])
    images = []
    for tag in ("first", "second"):
        builder.build(folder, tag, secrets={"netrc": team.netrc}, more=["--no-cache"])
        images.append(builder.image(tag))
        time.sleep(1.1)

    first, second = images
    for layer in (-1, -2):
        assert first.files(layer) == second.files(layer)
        assert first.files(layer)


@docker
@pytest.mark.parametrize("tool", ["uv", "poetry", "pdm", "pip"])
def test_a_higher_version_of_our_name_on_another_index_never_wins(
    team: Team, builder: Builder, tool: str
) -> None:
    builder.provide(*BASES)
    sample = next(sample for sample in SAMPLES if sample.tool == tool)
    with serving(team.bench.root.parent / "evil") as url:
        _stock_evil(team.bench, url)
        if tool == "poetry":
            evil = f'\n[[tool.poetry.source]]\nname = "evil"\nurl = "{url}/simple/"\n'
            sample = replace(sample, pyproject=sample.pyproject + evil)
        folder = team.ready(sample)
        # As if it were the public one: each installer asks it for whatever it is not told otherwise.
        asked = (
            f"UV_INDEX={url}/simple/ PIP_EXTRA_INDEX_URL={url}/simple/ PDM_PYPI_URL={url}/simple/"
        )
        file = folder / "Dockerfile"
        mine = "# own lines: packages for building\n"
        file.write_text(file.read_text().replace(mine, f"{mine}ENV {asked}\n"))

        builder.build(folder, f"evil-{tool}", secrets={"netrc": team.netrc})

    version = ["python", "-c", "import issue_core; print(issue_core.VERSION)"]
    assert builder.run(f"evil-{tool}", version).stdout.strip() == "0.2.3"


def _stock_evil(bench: Workbench, url: str) -> None:
    """An index like any other, on which somebody has published under our name."""
    text = 'VERSION = "99, from somebody else"\n'
    _stock(bench, "evil", wheel(bench.root.parent / "wheels", "issue-core", "0.2.99", text=text))
    with urllib.request.urlopen(f"{url}/simple/issue-core/", timeout=5) as answer:
        assert b"issue_core-0.2.99" in answer.read()


def _stock(bench: Workbench, index: str, path: Path) -> None:
    """Put a wheel into an index that is a folder beside the workspace."""
    folder = bench.root.parent / index
    settings = resolve(
        flags={"registry": str(folder)}, environment={}, start=folder, project=None,
        workspace=folder, user=folder,
    )  # fmt: skip
    choose(settings, folder, bench.world(), lambda _: None).upload(inspect(path))


@docker
@pytest.mark.parametrize("tool", ["uv", "pip"])
def test_a_registry_with_an_authority_of_its_own(
    bench: Workbench, builder: Builder, tool: str
) -> None:
    builder.provide(*BASES)
    authority = trustme.CA()
    _stock(bench, "shop", wheel(bench.root.parent / "wheels", "issue-core", "0.2.3"))
    sample = next(sample for sample in SAMPLES if sample.tool == tool)
    ca = bench.root.parent / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    both = bench.root.parent / "both.pem"
    both.write_bytes(
        Path(os.environ.get("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")).read_bytes()
        + ca.read_bytes()
    )
    with serving(bench.root.parent / "shop", authority) as url:
        having = bench.having(SSL_CERT_FILE=str(both), RAILREL_INDEX_URL=f"{url}/simple/")
        having = having.having(RAILREL_REGISTRY=f"{url}/", RAILREL_INDEX_NAME="acme")
        bench.library()
        sample.write(bench, url)
        folder = bench.root / sample.name
        uv = [sys.executable, "-m", "uv"]
        index = ["--index", f"{url}/simple/"]
        compiling = [*uv, "pip", "compile", "--generate-hashes", *index, "pyproject.toml"]
        locking = [*uv, "lock"] if tool == "uv" else [*compiling, "-o", "requirements.txt"]
        bench.call(locking, folder, SSL_CERT_FILE=str(both))
        assert having.railrel("dockerfile", sample.name).code == 0

        unknown = builder.build(folder, f"ca-{tool}", more=["--no-cache"], check=False)
        builder.build(folder, f"ca-{tool}", secrets={"ca": ca}, more=["--no-cache"])

    assert "cannot be reached: <urlopen error [SSL: CERTIFICATE_VERIFY_FAILED]" in unknown.output
    (line,) = [line for line in ca.read_text().splitlines()[1:2] if line]
    assert builder.image(f"ca-{tool}").holding(line) == []
    assert builder.run(f"ca-{tool}", ["python", "-c", "import issue_core"]).code == 0


@docker
def test_a_command_in_a_copy_builds_what_the_checkout_could_not(
    bench: Workbench, gitea: Gitea, builder: Builder
) -> None:
    builder.provide(*BASES)
    bench.copy_examples()
    app = bench.root / "vergabe-teilnahme"
    kept = {k: v for k, v in builder.environment.items() if k not in ("HOME", "TMPDIR")}
    having = bench.having(
        RAILREL_REGISTRY=gitea.registry(), RAILREL_TOKEN=gitea.tokens["publish"], **kept
    )
    assert having.railrel("publish", "issue-core").code == 0
    having.call([sys.executable, "-m", "uv", "lock"], app)
    assert "../issue-core" in (app / "uv.lock").read_text()
    assert having.railrel("dockerfile", "vergabe-teilnahme", "--replace").code == 0
    before = bench.snapshot()

    words = ["docker", "build", "--network", "host", "-t", "in-a-copy", "."]
    done = having.start("with-fixed-deps", "vergabe-teilnahme", "--", *words)

    assert done.wait(300) == 0
    assert bench.snapshot() == before
    check = ["python", "-m", "vergabe_teilnahme", "check"]
    assert builder.run("in-a-copy", check, environment={"SECRET_KEY": "x"}).code == 0


@docker
def test_a_member_of_a_monorepo_builds_from_its_own_folder(team: Team, builder: Builder) -> None:
    builder.provide(*BASES)
    bench = team.bench
    bench.write("mono/pyproject.toml", '[tool.uv.workspace]\nmembers = ["packages/*"]\n')
    for name, needs, source in (
        ("issue-core", "", ""),
        ("web", '"issue-core>=0.2,<0.3"', "[tool.uv.sources]\nissue-core = { workspace = true }\n"),
    ):
        bench.write(
            f"mono/packages/{name}/pyproject.toml",
            f'[project]\nname = "{name}"\nversion = "0.2.3"\nrequires-python = ">=3.11"\n'
            f"dependencies = [{needs}]\n{source}",
        )
    bench.write("mono/packages/web/main.py", "import issue_core\nprint(issue_core.VERSION)\n")
    web = bench.root / "mono/packages/web"
    refused = bench.railrel("dockerfile", ".", folder="mono/packages/web")
    hint = next(line for line in refused.err.splitlines() if line.strip().startswith("hint:"))
    assert "uv pip compile --no-sources --generate-hashes" in hint

    index = ["--index", f"{team.registry}/simple/"]
    compiling = ["--no-sources", "--generate-hashes", *index, "pyproject.toml"]
    uv = [sys.executable, "-m", "uv", "pip", "compile", *compiling, "-o", "requirements.txt"]
    bench.call(uv, web, NETRC=str(team.netrc))
    assert bench.railrel("dockerfile", ".", folder="mono/packages/web").code == 0
    builder.build(web, "member", secrets={"netrc": team.netrc})

    assert builder.run("member").stdout == "0.2.3\n"
