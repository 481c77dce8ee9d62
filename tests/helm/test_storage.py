"""Packages in a bucket: our settings in a real Gitea, and a server of S3 behind it."""

from pathlib import Path

import httpx
import pytest

from railrel.helm.wishes import S3, Wishes
from tests.doctor.examined import examine
from tests.helm.test_gitea import by_env
from tests.servers.gitea import running_gitea
from tests.servers.nginx import nginx_before
from tests.servers.running import free_port
from tests.servers.s3 import s3_server
from tests.workbench import Workbench

SECONDS = 60


def test_packages_lie_in_the_bucket_and_the_doctor_finds_nothing(
    bench: Workbench, tmp_path: Path
) -> None:
    port = free_port()
    keys = tmp_path / "secrets" / S3("").secret
    keys.mkdir(parents=True)
    (keys / "access-key").write_text("of-tests")
    (keys / "secret-key").write_text("marked-secret-key")
    with s3_server(tmp_path / "s3") as storage:
        wishes = Wishes(
            f"http://127.0.0.1:{port}/",
            storage=S3(storage.endpoint, bucket="packages-of-tests", tls=False),
        )
        sections = by_env(wishes, tmp_path, tmp_path / "secrets")
        with (
            running_gitea(tmp_path / "gitea", sections) as server,
            nginx_before(server.url, tmp_path / "nginx", "108m", port) as url,
        ):
            stored = server.upload_raw("lib-1.0.tar.gz", b"an sdist", name="lib", version="1.0")
            file = f"{url}/api/packages/acme/pypi/files/lib/1.0/lib-1.0.tar.gz"
            auth = ("__token__", server.tokens["read"])
            read = httpx.get(file, auth=auth, timeout=SECONDS, trust_env=False)
            found = examine(
                bench, f"{url}/api/packages/acme/pypi", server.tokens["publish"], "--size", "3MB"
            )
            objects = storage.objects("packages-of-tests")
            on_disk = list((tmp_path / "gitea" / "data").glob("packages/**/*"))

    assert stored.status_code == 201
    assert (read.status_code, read.content) == (200, b"an sdist")
    assert [name.partition("/")[0] for name in objects] == ["packages"]
    assert [path for path in on_disk if path.is_file()] == []
    assert (found.code, found.wrong, found.untold) == (0, set(), set()), found.text
    assert "marked-secret-key" not in found.text


@pytest.mark.parametrize(("body_size", "gets_through"), [("", False), ("10m", True), ("0", True)])
def test_a_real_nginx_lets_through_what_its_limit_says(
    bench: Workbench, tmp_path: Path, body_size: str, *, gets_through: bool
) -> None:
    port = free_port()
    sections = {"server": {"ROOT_URL": f"http://127.0.0.1:{port}/"}}
    with (
        running_gitea(tmp_path / "gitea", sections) as server,
        nginx_before(server.url, tmp_path / "nginx", body_size, port) as url,
    ):
        found = examine(
            bench, f"{url}/api/packages/acme/pypi", server.tokens["publish"], "--size", "2MB"
        )

    if gets_through:
        assert (found.code, found.wrong) == (0, set()), found.text
    else:
        assert (found.code, found.wrong) == (1, {"body-limit"}), found.text
        assert "takes no 2 MB (413)" in found.said("body-limit")
        assert "annotation nginx.ingress.kubernetes.io/proxy-body-size=2m" in "".join(
            found.changes["body-limit"]
        )
