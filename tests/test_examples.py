"""The example projects hold what their own tests say, and the example's Gitea starts."""

import contextlib
import os
import re
from pathlib import Path

import httpx
import pytest
import yaml

from tests.servers.missing import gitea_binary
from tests.servers.running import free_port, running
from tests.workbench import REPOSITORY, Workbench

GITEA = REPOSITORY / "examples" / "gitea"
LOCAL = "http://localhost:3000/"


def test_both_example_projects_pass_their_own_tests(bench: Workbench) -> None:
    bench.copy_examples()
    environment = bench.environment_folder("examples")
    library, app = bench.root / "issue-core", bench.root / "vergabe-teilnahme"
    python = str(environment / "bin" / "python")
    bench.uv("pip", "install", "--quiet", "--python", python, str(library), str(app), "pytest")

    for folder in (library, app):
        said = bench.call([python, "-m", "pytest", "-q", "-p", "no:cacheprovider"], folder)
        assert " passed" in said

    assert "no issues" in bench.call([python, "manage.py", "check"], app, DJANGO_DEBUG="1")
    refused = bench.write("refused.sh", f'"{python}" vergabe-teilnahme/manage.py check || true\n')
    assert "set SECRET_KEY" in bench.call(["sh", str(refused)])


@pytest.mark.parametrize(("name", "form"), [("gitea.env", "env"), ("app.ini", "ini")])
def test_the_settings_of_the_example_are_what_railrel_prints(
    bench: Workbench, name: str, form: str
) -> None:
    printed = bench.railrel("helm-values", "--url", LOCAL, "--format", form).out

    assert (GITEA / name).read_text() == printed


def test_the_compose_file_publishes_the_address_that_links_begin_with() -> None:
    service = yaml.safe_load((GITEA / "compose.yaml").read_text())["services"]["gitea"]

    written, made = service["env_file"]
    assert f"GITEA__server__ROOT_URL={LOCAL}\n" in (GITEA / written).read_text()
    # It is of each Gitea's own.
    assert made in (GITEA / ".gitignore").read_text().splitlines()
    assert "127.0.0.1:3000:3000" in service["ports"]


def test_the_script_starts_a_gitea_with_the_settings_and_goes_on_with_it(tmp_path: Path) -> None:
    binary, static = gitea_binary()
    folder = tmp_path / "a folder"
    folder.mkdir()
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "GITEA": str(binary),
        "PORT": str(port),
        "GITEA_I_AM_BEING_UNSAFE_RUNNING_AS_ROOT": "true",
        # This one was built without what it shows.
        **({"GITEA__server__STATIC_ROOT_PATH": str(static)} if static else {}),
    }
    argv = ["sh", str(GITEA / "start.sh"), str(folder)]

    def version() -> int:
        with contextlib.suppress(httpx.HTTPError):
            url = f"http://127.0.0.1:{port}/api/v1/version"
            return httpx.get(url, timeout=2, trust_env=False).status_code
        return 0

    def read() -> str:
        return (folder / "app.ini").read_text()

    keys: list[list[str]] = []
    for start in range(2):
        with running(argv, folder, environment, lambda: version() > 0):
            # Strangers see nothing.
            assert version() == httpx.codes.FORBIDDEN
        log = (folder / "server.log").read_text()
        assert ("generated random password" in log) is (start == 0)
        assert "next: sign in as admin1" in log
        keys.append(re.findall(r"^SECRET_KEY *= (\w{64})$", read(), re.MULTILINE))
    assert keys[0] == keys[1] != []
    assert (folder / "app.ini").stat().st_mode & 0o077 == 0
    written = read()
    assert re.search(rf"^ROOT_URL *= http://localhost:{port}/$", written, re.MULTILINE)
    assert re.search(r"^LIMIT_SIZE_PYPI *= 100MiB$", written, re.MULTILINE)
