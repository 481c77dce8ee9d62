"""`railrel image --push`, with real builders, into the registry of images of a real Gitea."""

import json
import signal
import stat
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pytest
import trustme

from railrel.effects.processes import RealProcesses
from railrel.errors import ExitCode
from railrel.world import Command, Completed, World
from tests.dying import AT_THE_NTH_CALL, COUNT_PROGRAMS, RUN_RAILREL
from tests.images.test_prove import left_of
from tests.runner_rules import values
from tests.servers.buildah import running_buildah
from tests.servers.builders import COMMANDS, Builder
from tests.servers.gitea import Gitea
from tests.servers.images import PYTHON, PYTHON_IMAGE
from tests.servers.proxy import proxied
from tests.servers.running import free_port
from tests.waiting import eventually
from tests.workbench import IMPORTABLE, Result, Workbench

docker = pytest.mark.parametrize("builder", ["docker"], indirect=True)
each = pytest.mark.parametrize("builder", COMMANDS, indirect=True)
LABEL = "org.opencontainers.image"


@dataclass(frozen=True)
class Shipyard:
    """A project at its tag, its registry a private organisation, and a builder to push with."""

    bench: Workbench
    gitea: Gitea
    builder: Builder
    owner: str

    @property
    def host(self) -> str:
        return self.gitea.url.removeprefix("http://")

    @property
    def name(self) -> str:
        """What the image is called if nobody says otherwise."""
        return f"{self.host}/{self.owner}/tender:1.0"

    @property
    def commit(self) -> str:
        return self.bench.git("tender", "rev-parse", "HEAD").strip()

    def having(self, **variables: str) -> "Shipyard":
        return replace(self, bench=self.bench.having(**variables))

    def push(self, *more: str, world: World | None = None) -> Result:
        """As a user would."""
        return self.bench.railrel(*self.argv(*more), world=world)

    def argv(self, *more: str) -> list[str]:
        return ["image", "tender", "--push", "--builder", self.builder.kind, *more]

    def login(self, token: str) -> str:
        """What `docker login` would have written."""
        auth = b64encode(f"bot:{self.gitea.tokens[token]}".encode()).decode()
        return json.dumps({"auths": {self.host: {"auth": auth}}})

    def change(self, tag: str = "") -> None:
        """One more commit."""
        path = self.bench.root / "tender" / "main.py"
        path.write_text(path.read_text() + "# later\n")
        self.bench.commit("tender", tag)

    def labels(self, tag: str = "1.0") -> dict[str, str]:
        """What the image in the registry says of itself."""
        manifest = self.ask(f"manifests/{tag}").json()
        config = self.ask(f"blobs/{manifest['config']['digest']}").json()
        found: dict[str, str] = config["config"]["Labels"]
        return found

    def digest(self, tag: str = "1.0") -> str:
        return self.ask(f"manifests/{tag}").headers["docker-content-digest"]

    def tags(self) -> list[str]:
        """All names of images in the organisation."""
        path = f"/packages/{self.owner}?type=container&limit=50"
        listed = self.gitea.ask("GET", path).raise_for_status().json()
        return sorted(
            f"{one['name']}:{one['version']}" for one in listed if "sha256" not in one["version"]
        )

    def ask(self, path: str) -> httpx.Response:
        """The registry of images, past everything that is railrel's."""
        url = f"{self.gitea.url}/v2"
        login = ("bot", self.gitea.tokens["read"])
        token = httpx.get(f"{url}/token", auth=login, trust_env=False).json()["token"]
        headers = {"Authorization": f"Bearer {token}", "Accept": "*/*"}
        answer = httpx.get(f"{url}/{self.owner}/tender/{path}", headers=headers, trust_env=False)
        return answer.raise_for_status()


@pytest.fixture
def yard(bench: Workbench, gitea: Gitea, builder: Builder) -> Iterator[Shipyard]:
    builder.provide(PYTHON_IMAGE)
    owner = gitea.make_private_organisation()
    bench.write("railrel.toml", f'registry = "{gitea.registry(owner)}"\n')
    bench.write(
        "tender/pyproject.toml",
        '[project]\nname = "tender"\nversion = "1.0"\nrequires-python = ">=3.11"\n',
    )
    bench.write("tender/main.py", "print('at work')\n")
    bench.write(
        "tender/Dockerfile",
        f"FROM {PYTHON_IMAGE}\nARG REVISION=\nCOPY main.py /\n"
        f'RUN echo "of $REVISION" > /revision\nLABEL {LABEL}.revision="nobody\'s"\n'
        'USER 10001:10001\nCMD ["python", "/main.py"]\n',
    )
    bench.commit("tender", "v1.0")
    bench = bench.having(
        **{k: v for k, v in builder.environment.items() if k not in ("HOME", "TMPDIR")},
        RAILREL_TOKEN=gitea.tokens["publish"],
        RAILREL_IMAGE_PYTHON=PYTHON,
        RAILREL_IMAGE_BUILD_OPTIONS="--network host",
    )
    yield Shipyard(bench, gitea, builder, owner)
    assert left_of(bench, builder) == []


@pytest.fixture
def shipped(yard: Shipyard) -> Shipyard:
    """With the image in its registry."""
    result = yard.push()
    assert result.code == 0, result.err
    return yard


# --- what arrives


@each
def test_an_image_is_pushed_under_its_version_and_says_where_it_comes_from(yard: Shipyard) -> None:
    result = yard.push("--json")

    assert result.code == 0, result.err
    assert result.json["image"] == yard.name
    assert result.json["digest"] == yard.digest()
    assert result.json["pushed"] == "pushed"
    assert result.json["version"] == "1.0"
    assert yard.tags() == ["tender:1.0"]
    labels = yard.labels()
    assert labels[f"{LABEL}.revision"] == yard.commit
    assert labels[f"{LABEL}.version"] == "1.0"


@docker
def test_what_docker_pushed_another_builder_pulls_and_runs(
    shipped: Shipyard, tmp_path: Path
) -> None:
    (tmp_path / "buildah").mkdir()
    login = shipped.bench.write("../login.json", shipped.login("read"))

    with running_buildah(tmp_path / "buildah") as other:
        flags = ("--quiet", "--tls-verify=false", "--authfile", str(login))
        other.command("pull", *flags, f"docker://{shipped.name}")
        said = other.run(shipped.name, ["cat", "/revision"]).stdout

    assert said == f"of {shipped.commit}\n"


@each
def test_the_image_that_is_pushed_is_the_one_that_was_proved(yard: Shipyard) -> None:
    watched = Watched()

    result = yard.push("--prove", world=replace(yard.bench.world(), processes=watched))

    assert result.code == 0, result.err
    lines = [line.split(": ")[1] for line in result.out.splitlines()]
    assert lines == ["context ok", "registry ok", "build ok", "start ok", "secrets ok", "pushed"]
    assert result.out.endswith(f"tender: pushed: {yard.name}@{yard.digest()}\n")
    assert sum(argv[1] == "build" for argv in watched.argvs) == 1


@docker
def test_what_fails_a_proof_is_not_pushed(yard: Shipyard) -> None:
    yard.bench.write("tender/main.py", "raise SystemExit('no database')\n")
    yard.bench.commit("tender", "v1.0")

    result = yard.push("--prove")

    assert result.code == ExitCode.UNFIT
    assert "no database" in result.err
    assert yard.tags() == []


@docker
def test_with_keep_image_the_builder_has_it_under_the_same_name(yard: Shipyard) -> None:
    assert yard.push("--keep-image").code == 0

    assert yard.builder.image(yard.name).files(-1)["revision"] == f"of {yard.commit}\n".encode()


# --- what is there already


@each
def test_the_same_commit_again_does_nothing(yard: Shipyard) -> None:
    assert yard.push().code == 0
    before = yard.digest()
    watched = Watched()

    again = yard.push("--json", world=replace(yard.bench.world(), processes=watched))

    assert again.code == 0, again.err
    assert again.json["pushed"] == "already pushed"
    assert again.json["digest"] == before == yard.digest()
    assert not [argv for argv in watched.argvs if {"build", "push"} & set(argv)]


@docker
def test_another_commit_under_a_versions_tag_is_a_conflict(shipped: Shipyard) -> None:
    before, first = shipped.digest(), shipped.commit
    shipped.change("v1.0")

    result = shipped.push()

    assert result.code == ExitCode.CONFLICT
    assert (
        f"is there already, from commit {first[:12]}; this is {shipped.commit[:12]}" in result.err
    )
    assert f"at: {shipped.host}/{shipped.owner}/tender@{before}" in result.err
    assert "building with" not in result.err
    assert shipped.digest() == before


@docker
def test_a_name_that_moves_goes_on_to_the_next_commit(shipped: Shipyard) -> None:
    edge = shipped.name.replace(":1.0", ":edge")

    first = shipped.push("--name", edge)
    shipped.change()
    second = shipped.push("--name", edge, "--no-tag")
    third = shipped.push("--name", edge, "--no-tag")

    assert (first.code, second.code, third.code) == (0, 0, 0)
    assert "tender: pushed: " in second.out
    assert "tender: already pushed: " in third.out
    assert shipped.labels("edge")[f"{LABEL}.revision"] == shipped.commit
    assert shipped.tags() == ["tender:1.0", "tender:edge"]


@docker
def test_an_image_that_somebody_else_pushed_is_left_alone(yard: Shipyard) -> None:
    folder = yard.bench.write("theirs/Dockerfile", f"FROM {PYTHON_IMAGE}\n").parent
    yard.builder.build(folder, yard.name)
    yard.bench.write("../theirs/config.json", yard.login("publish"))
    config = str(yard.bench.root.parent / "theirs")
    yard.bench.call(["docker", "--config", config, "push", yard.name])
    before = yard.digest()

    result = yard.push()

    assert result.code == ExitCode.CONFLICT
    assert "is there already, and names no commit" in result.err
    assert yard.digest() == before


# --- what keeps it from being pushed


@docker
@pytest.mark.parametrize(
    ("spoil", "flag", "said"),
    [
        ("dirty", "--allow-dirty", "tender has changes that no commit holds: later.txt"),
        ("untagged", "--no-tag", "HEAD is not at the tag of this version"),
    ],
)
def test_a_checkout_that_is_not_the_version_is_refused_until_told_otherwise(
    yard: Shipyard, spoil: str, flag: str, said: str
) -> None:
    if spoil == "dirty":
        yard.bench.write("tender/later.txt", "x")
    else:
        yard.change()

    refused = yard.push()
    assert yard.tags() == []
    allowed = yard.push(flag)

    assert refused.code == ExitCode.REFUSED
    assert said in refused.err
    assert f"or: railrel image tender --push {flag}" in refused.err
    assert allowed.code == 0, allowed.err
    dirty = "-dirty" if spoil == "dirty" else ""
    assert yard.labels()[f"{LABEL}.revision"] == f"{yard.commit}{dirty}"


@docker
@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("marked-secret-of-nobody", "Gitea does not know the token from RAILREL_TOKEN"),
        ("other", "the token from RAILREL_TOKEN lacks the scope write:package; it has read:user"),
        ("read", "the token from RAILREL_TOKEN lacks the scope write:package; it has read:package"),
        ("", "Gitea wants to know who may publish packages of secret-"),
    ],
)
def test_a_token_that_may_not_push_stops_before_the_build(
    yard: Shipyard, token: str, said: str
) -> None:
    token = yard.gitea.tokens.get(token, token)

    result = yard.having(RAILREL_TOKEN=token).push()

    assert result.code == ExitCode.REFUSED
    assert said in result.err
    assert "write:package" in result.err
    assert "building with" not in result.err
    assert not token or token not in result.err
    assert yard.tags() == []


@docker
def test_an_owner_who_is_not_there_is_said(yard: Shipyard) -> None:
    result = yard.push("--name", f"{yard.host}/nobody/tender:1.0")

    assert result.code == ExitCode.REFUSED
    assert "there is no user or organisation nobody on this Gitea" in result.err


@docker
def test_a_registry_out_of_reach_stops(yard: Shipyard) -> None:
    gone = f"127.0.0.1:{free_port()}"

    result = yard.having(RAILREL_REGISTRY=f"http://{gone}/api/packages/acme/pypi").push()

    assert result.code == ExitCode.UNREACHABLE
    assert f"{gone} cannot be reached" in result.err
    assert "building with" not in result.err


@docker
@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("tender:1.0", "no image can be pushed as 'tender:1.0'"),
        ("acme/tender:1.0", "names no registry, and builders would take Docker Hub's"),
    ],
)
def test_a_name_that_is_not_whole_is_said(yard: Shipyard, tag: str, said: str) -> None:
    result = yard.push("--name", tag)

    assert result.code == ExitCode.USAGE
    assert said in result.err


def test_packages_in_a_folder_say_nothing_of_images(bench: Workbench) -> None:
    bench.library("tender")
    bench.write("tender/Dockerfile", "FROM scratch\n")
    bench.commit("tender", "v0.2.3")

    result = bench.railrel("image", "tender", "--push")

    assert result.code == ExitCode.USAGE
    assert 'hint: set image = "git.example.com/acme/{name}"' in result.err


# --- who we are, and who the registry is


@pytest.mark.parametrize("builder", ["buildah"], indirect=True)
def test_a_registry_with_an_authority_of_its_own(yard: Shipyard) -> None:
    authority = trustme.CA()
    ca = yard.bench.root.parent / "ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    with proxied(yard.gitea.url, certificate=authority.issue_cert("127.0.0.1")) as proxy:
        own = yard.having(
            RAILREL_REGISTRY=f"{proxy.url}/api/packages/{yard.owner}/pypi",
            # Of these two only railrel reads the second, which Go's programs do not.
            SSL_CERT_FILE="",
            REQUESTS_CA_BUNDLE=str(ca),
        )

        unknown = own.push()
        result = own.push("--ca", str(ca))

    assert unknown.code == ExitCode.REFUSED
    assert "hint: name the CA by --ca for Podman and buildah" in unknown.err
    assert result.code == 0, result.err
    assert yard.tags() == ["tender:1.0"]


@each
def test_the_token_is_in_no_argument_no_output_and_no_file_that_is_left(
    yard: Shipyard, tmp_path: Path
) -> None:
    own = replace(yard, bench=replace(yard.bench, cache=tmp_path / "cache"))
    watched = Watched()

    result = own.push("--prove", world=replace(own.bench.world(), processes=watched))

    assert result.code == 0, result.err
    token = yard.gitea.tokens["publish"]
    spellings = (token, b64encode(f"__token__:{token}".encode()).decode().rstrip("="))
    assert stat.S_IMODE(watched.mode) == 0o600
    assert watched.auths == [yard.host]
    for spelling in spellings:
        assert spelling not in result.out + result.err
        assert not [argv for argv in watched.argvs if spelling in " ".join(argv)]
        for path in tmp_path.rglob("*"):
            assert not path.is_file() or spelling.encode() not in path.read_bytes(), path


@docker
def test_docker_is_asked_where_its_own_context_says(yard: Shipyard) -> None:
    socket = yard.builder.environment["DOCKER_HOST"]
    config = str(yard.bench.root.parent / "docker")
    kept = {k: v for k, v in yard.bench.variables.items() if k != "DOCKER_HOST"}
    own = replace(yard, bench=replace(yard.bench, variables={**kept, "DOCKER_CONFIG": config}))
    own.bench.call(["docker", "context", "create", "ours", "--docker", f"host={socket}"])
    own.bench.call(["docker", "context", "use", "ours"])

    result = own.push()

    assert result.code == 0, result.err
    assert yard.tags() == ["tender:1.0"]


@dataclass
class Watched(RealProcesses):
    """Looks at what is there while an image is pushed."""

    argvs: list[tuple[str, ...]] = field(default_factory=list)
    auths: list[str] = field(default_factory=list)
    mode: int = 0

    def run(self, command: Command) -> Completed:
        self.argvs.append(command.argv)
        login = command.folder / "login" / "config.json"
        if login.is_file():
            self.auths = list(json.loads(login.read_bytes())["auths"])
            self.mode = login.stat().st_mode
        return super().run(command)


# --- in a job


def in_a_job(yard: Shipyard, tag: str) -> tuple[Shipyard, Path]:
    """A job that is for a tag, and the file for its outputs."""
    output = yard.bench.write("../output", "")
    yard.bench.git("tender", "remote", "add", "origin", f"{yard.gitea.url}/acme/tender.git")
    job = yard.having(
        CI="true",
        GITHUB_ACTIONS="true",
        GITEA_ACTIONS="true",
        GITHUB_SERVER_URL=yard.gitea.url,
        GITHUB_REPOSITORY="acme/tender",
        GITHUB_EVENT_NAME="push",
        GITHUB_REF=f"refs/tags/{tag}",
        GITHUB_SHA=yard.commit,
        GITHUB_OUTPUT=str(output),
    )
    return job, output


@docker
def test_a_job_of_a_tag_pushes_its_project_and_hands_the_digest_on(yard: Shipyard) -> None:
    job, output = in_a_job(yard, "v1.0")
    argv = ["image", "--push", "--builder", "docker"]

    first = job.bench.railrel(*argv, folder="tender")
    told = values(output.read_text())
    output.write_text("")
    again = job.bench.railrel(*argv, folder="tender")

    assert (first.code, again.code) == (0, 0), first.err
    assert told == {
        "project": "tender",
        "version": "1.0",
        "image": yard.name,
        "digest": yard.digest(),
        "pushed": "true",
    }
    assert values(output.read_text()) == {**told, "pushed": "false"}


@docker
def test_a_job_of_a_tag_that_the_version_does_not_agree_with_pushes_nothing(
    yard: Shipyard,
) -> None:
    yard.bench.git("tender", "tag", "v1.1")
    job, _ = in_a_job(yard, "v1.1")

    result = job.push()

    assert result.code == ExitCode.REFUSED
    assert "the tag v1.1 names 1.1, but tender is 1.0 at this commit" in result.err
    assert yard.tags() == []


# --- the plan, and what is left of a run


@each
def test_a_dry_run_shows_the_commands_and_changes_nothing(yard: Shipyard) -> None:
    before = yard.bench.snapshot()

    result = yard.push("-n")
    refused = yard.having(RAILREL_TOKEN=yard.gitea.tokens["read"]).push("-n")

    assert result.code == 0, result.err
    pushing = {
        "docker": f"docker --config SCRATCH/login push {yard.name}\n",
        "buildah": "buildah push --authfile SCRATCH/login/config.json --tls-verify=false "
        f"{yard.name} docker://{yard.name}\n",
    }
    assert f"tender: would run {_variables(yard)}{pushing[yard.builder.kind]}" in result.out
    assert f"--label {LABEL}.revision={yard.commit} " in result.out
    assert f"--build-arg REVISION={yard.commit} " in result.out
    assert "tender: in a copy of 3 files\n" in result.out
    assert refused.code == ExitCode.REFUSED
    assert yard.bench.snapshot() == before
    assert yard.tags() == []


def _variables(yard: Shipyard) -> str:
    return "DOCKER_BUILDKIT=1 BUILDKIT_PROGRESS=plain " if yard.builder.kind == "docker" else ""


SUICIDAL = AT_THE_NTH_CALL + COUNT_PROGRAMS + RUN_RAILREL


@each
def test_killed_at_any_moment_the_next_run_goes_on(yard: Shipyard) -> None:
    environment = {**yard.bench.environment, **IMPORTABLE}

    def was_killed_at(moment: int) -> bool:
        argv = [sys.executable, "-c", SUICIDAL, str(moment), *yard.argv()]
        done = subprocess.run(
            argv,
            cwd=yard.bench.root,
            env=environment,
            capture_output=True,
            timeout=300,
            check=False,
        )
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        return done.returncode != 0

    survived = next(moment for moment in range(1, 60) if not was_killed_at(moment))

    assert survived > 5
    # A builder that outlived us may still have been at it.
    eventually(lambda: yard.push().code == 0 and not left_of(yard.bench, yard.builder))
    assert yard.tags() == ["tender:1.0"]
    assert yard.labels()[f"{LABEL}.revision"] == yard.commit
