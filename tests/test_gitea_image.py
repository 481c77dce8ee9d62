"""The env form of the settings, as `docker run --env-file` takes it, in Gitea's own image."""

import sys
from collections.abc import Iterator

import pytest

from tests.servers.gitea_image import build_gitea_image
from tests.servers.host import Host, running_host
from tests.workbench import IMPORTABLE, Workbench

IMAGE = "docker.gitea.com/gitea:1.26-rootless"
LOCAL = "http://localhost:3000/"
WAIT = ("--silent", "--fail", "--retry", "120", "--retry-delay", "1", "--retry-connrefused", "--retry-all-errors")  # fmt: skip
ADMIN = ("--username", "admin1", "--email", "admin1@example.com", "--random-password")


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with running_host(tmp_path_factory.mktemp("host")) as host:
        build_gitea_image(host.docker, IMAGE, tmp_path_factory.mktemp("image"))
        yield host


def test_the_image_takes_the_printed_variables_and_the_doctor_finds_nothing(
    bench: Workbench, host: Host
) -> None:
    printed = bench.railrel("helm-values", "--url", LOCAL, "--format", "env").out
    file = bench.write("gitea.env", printed)
    host.docker.command("network", "create", "own")
    flags = ["--network", "own", "--publish", "127.0.0.1:3000:3000", "--env-file", str(file)]
    locked = ["--env", "GITEA__SECURITY__INSTALL_LOCK=true"]

    host.docker.command("run", "--detach", "--name", "gitea", *flags, *locked, IMAGE)
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
