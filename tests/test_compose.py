"""Gitea's own image takes the printed settings: by the example's compose file, as its README says it step
by step, and as variables."""

import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from tests.servers.gitea_image import build_gitea_image
from tests.servers.host import Host, running_host
from tests.servers.missing import need
from tests.workbench import IMPORTABLE, REPOSITORY, Workbench, scripts

GITEA = REPOSITORY / "examples" / "gitea"
LOCAL = "http://localhost:3000/"
WAIT = ("--silent", "--fail", "--retry", "120", "--retry-delay", "1", "--retry-connrefused", "--retry-all-errors")  # fmt: skip
ADMIN = ("--username", "admin1", "--email", "admin1@example.com", "--random-password")


def example_image() -> str:
    """What the example's compose file calls Gitea's image."""
    described = yaml.safe_load((GITEA / "compose.yaml").read_text())
    return str(described["services"]["gitea"]["image"])


@dataclass(frozen=True, slots=True)
class Composer:
    """Docker with its plugin, a copy of the example, and a workspace to publish."""

    host: Host
    example: Path
    bench: Workbench

    def do(self, script: str) -> str:
        """Run lines of shell in the example, on the machine that Docker publishes ports on."""
        docker = self.host.docker
        path = f"{docker.client.parent}:{scripts()}:{self.bench.environment['PATH']}"
        mine = {**docker.environment, **IMPORTABLE, "PATH": path, "HOME": str(self.bench.home)}
        argv = self.host.inside("bash", "-ec", script)
        return self.bench.call(argv, self.example, **mine)

    def left(self) -> str:
        """Containers, volumes and networks of the example that are still there."""
        listed = ["ps --all", "volume ls", "network ls --filter name=gitea"]
        return "".join(self.do(f"docker {each} --quiet") for each in listed)


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A daemon that has the image which the example names, and the plugin."""
    plugin = need("compose")
    with running_host(tmp_path_factory.mktemp("host")) as host:
        plugins = Path(host.docker.environment["DOCKER_CONFIG"], "cli-plugins")
        plugins.mkdir(parents=True)
        (plugins / "docker-compose").symlink_to(plugin)
        build_gitea_image(host.docker, example_image(), tmp_path_factory.mktemp("image"))
        yield host


@pytest.fixture
def composer(host: Host, bench: Workbench, tmp_path: Path) -> Iterator[Composer]:
    composer = Composer(host, tmp_path / "gitea", bench)
    shutil.copytree(GITEA, composer.example)
    try:
        yield composer
    finally:
        composer.do("docker compose down --volumes --timeout 5")


def steps() -> list[str]:
    """What the README tells to type."""
    found = re.findall(
        r"^```sh\n(.*?)^```$", (GITEA / "README.md").read_text(), re.MULTILINE | re.DOTALL
    )
    return [str(step) for step in found]


def test_who_follows_the_readme_has_a_registry_that_packages_come_back_from(
    composer: Composer,
) -> None:
    bench = composer.bench
    bench.library()
    bench.commit("issue-core", "v0.2.3")
    # No package index is to be reached from there, so what the build needs is fetched before.
    assert bench.railrel("publish", "issue-core", "--registry", str(bench.root / "kept")).code == 0
    python = bench.environment_folder("stranger") / "bin" / "python"
    follow = [
        *steps(),
        f'cd "{bench.root}"',
        "railrel publish issue-core",
        'export PIP_INDEX_URL="http://any:$RAILREL_TOKEN@localhost:3000/api/packages/acme/pypi/simple/"',
        f'"{sys.executable}" -m pip --python "{python}" install --no-cache-dir issue-core',
    ]

    said = composer.do("\n".join(follow))

    assert "generated random password" in said
    assert "nothing is wrong\n" in said
    assert "Successfully installed issue-core-0.2.3" in said
    assert bench.call([str(python), "-c", "import issue_core; print(issue_core.NAME)"]) == (
        "issue-core\n"
    )
    assert composer.left() != ""
    composer.do("docker compose down --volumes")
    assert composer.left() == ""


def test_a_second_compose_file_of_railrel_s_changes_what_the_first_one_says(
    composer: Composer,
) -> None:
    url = "http://127.0.0.1:3000/"
    wishes = ["helm-values", "--format", "compose", "--url", url, "--max-file", "7MiB"]
    (composer.example / "registry.yaml").write_text(composer.bench.railrel(*wishes).out)

    key = steps()[0].splitlines()[0]

    composer.do(f"{key}\ndocker compose -f compose.yaml -f registry.yaml up --detach --wait")

    written = composer.do("docker compose exec -T gitea cat /etc/gitea/app.ini")
    assert re.search(rf"^ROOT_URL *= {url}$", written, re.MULTILINE)
    assert re.search(r"^LIMIT_SIZE_PYPI *= 7MiB$", written, re.MULTILINE)
    own = (composer.example / "secret.env").read_text().strip().partition("=")[2]
    assert re.search(rf"^SECRET_KEY *= {own}$", written, re.MULTILINE)
    assert re.search(r"^\[cron\.cleanup_packages\]$", written, re.MULTILINE)
    started, made, examined = steps()
    files = "export COMPOSE_FILE=compose.yaml:registry.yaml"
    there = f"RAILREL_REGISTRY={url}api/packages/acme/pypi"
    said = composer.do(f"{files}\n{started}\n{made}\n{there}\n{examined}")
    assert said.endswith("nothing is wrong\n")


def test_the_image_takes_the_printed_variables_and_the_doctor_finds_nothing(
    bench: Workbench, host: Host
) -> None:
    printed = bench.railrel("helm-values", "--url", LOCAL, "--format", "env").out
    file = bench.write("gitea.env", printed)
    host.docker.command("network", "create", "own")
    flags = ["--network", "own", "--publish", "127.0.0.1:3000:3000", "--env-file", str(file)]
    locked = ["--env", "GITEA__security__INSTALL_LOCK=true"]

    host.docker.command("run", "--detach", "--name", "gitea", *flags, *locked, example_image())
    bench.call(host.inside("curl", *WAIT, f"{LOCAL}api/healthz"), NO_PROXY="localhost")
    asked = ["exec", "gitea", "gitea", "admin", "user"]
    host.docker.command(*asked, "create", "--admin", *ADMIN)
    scope = ["--username", "admin1", "--scopes", "write:package", "--raw"]
    token = host.docker.command(*asked, "generate-access-token", *scope).stdout.strip()
    said = bench.call(
        host.inside(sys.executable, "-m", "railrel", "doctor", "registry"),
        None,
        RAILREL_REGISTRY=f"{LOCAL}api/packages/admin1/pypi",
        RAILREL_TOKEN=token,
        NO_PROXY="localhost",
        **IMPORTABLE,
    )

    assert "nothing is wrong" in said
    assert token not in said
    host.docker.command("rm", "--force", "--volumes", "gitea")
