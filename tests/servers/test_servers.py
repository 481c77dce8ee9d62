"""The servers of the tests behave as the other tests take for granted."""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.servers.apart import can_be_apart
from tests.servers.gitea import Gitea, running_gitea
from tests.servers.go_programs import GITEA
from tests.servers.install import TOOLS
from tests.servers.missing import gitea_binary, need
from tests.servers.pypiserver import Pypiserver, running_pypiserver
from tests.servers.running import answers, free_port, running
from tests.servers.static import serving
from tests.waiting import eventually

REPOSITORY = Path(__file__).parents[2]
CONTENT = b"any bytes will do"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def test_gitea_takes_an_upload_once_and_refuses_the_same_again(gitea: Gitea) -> None:
    first = _upload(gitea, "uploaded-once")
    second = _upload(gitea, "uploaded-once")
    assert (first.status_code, second.status_code) == (201, 409)
    assert gitea.files("uploaded-once", "1.0") == {"uploaded_once-1.0.tar.gz": SHA256}


def test_gitea_takes_an_upload_again_after_its_version_was_deleted(gitea: Gitea) -> None:
    _upload(gitea, "deleted-once").raise_for_status()
    gitea.delete("deleted-once", "1.0")
    assert gitea.files("deleted-once") == {}
    assert _upload(gitea, "deleted-once").status_code == 201


def test_gitea_lists_the_files_of_all_versions(gitea: Gitea) -> None:
    for version in ("1.0", "1.1"):
        _upload(gitea, "Listed_Twice", version=version).raise_for_status()
    assert gitea.versions("Listed_Twice") == ["1.1", "1.0"]
    assert set(gitea.files("Listed_Twice")) == {
        "listed_twice-1.0.tar.gz",
        "listed_twice-1.1.tar.gz",
    }
    assert gitea.files("never-uploaded") == {}


def test_gitea_refuses_a_digest_of_other_bytes(gitea: Gitea) -> None:
    assert _upload(gitea, "mangled", more={"sha256_digest": "0" * 64}).status_code == 400


@pytest.mark.parametrize("purpose", ["read", "other", ""])
def test_gitea_refuses_an_upload_without_the_right_to_it(gitea: Gitea, purpose: str) -> None:
    token = gitea.tokens[purpose] if purpose else ""
    assert _upload(gitea, "refused", token=token).status_code == 401


@pytest.mark.parametrize(
    ("owner", "purpose", "status"),
    [
        ("acme", "", 200),
        ("acme", "read", 200),
        ("acme", "other", 401),
        ("secret-acme", "", 401),
        ("secret-acme", "other", 401),
        ("secret-acme", "read", 200),
        ("secret-acme", "publish", 200),
    ],
)
def test_gitea_shows_a_page_to_those_who_may_read(
    gitea: Gitea, owner: str, purpose: str, status: int
) -> None:
    assert _upload(gitea, "shown", owner=owner).status_code in (201, 409)
    auth = ("__token__", gitea.tokens[purpose]) if purpose else None
    assert _get(f"{gitea.registry(owner)}/simple/shown/", auth).status_code == status


def test_the_bot_makes_a_repository_with_the_token_for_that(gitea: Gitea) -> None:
    made = httpx.post(
        f"{gitea.url}/api/v1/orgs/{gitea.organisation}/repos",
        json={"name": "made-by-the-bot"},
        headers={"Authorization": f"token {gitea.tokens['repository']}"},
        timeout=30,
        trust_env=False,
    )
    assert made.status_code == 201


def test_a_token_has_the_scopes_that_it_was_made_with_and_no_others(gitea: Gitea) -> None:
    token = gitea.make_token("write:package")
    asked = {"Authorization": f"token {token}"}
    user = httpx.get(f"{gitea.url}/api/v1/user", headers=asked, timeout=30, trust_env=False)
    assert _upload(gitea, "by-a-token", token=token).status_code == 201
    assert user.status_code == 403
    assert "token scope=write:package" in user.text


def test_the_admin_makes_a_repository(gitea: Gitea) -> None:
    gitea.make_repository("made-by-the-admin")
    found = gitea.ask("GET", f"/repos/{gitea.organisation}/made-by-the-admin")
    assert found.json()["empty"] is True


def test_two_giteas_run_at_once_and_leave_nothing_running(tmp_path: Path) -> None:
    with ExitStack() as stack:
        one, other = [
            stack.enter_context(running_gitea(tmp_path / name)) for name in ("one", "other")
        ]
        _upload(one, "only-in-one").raise_for_status()
        assert set(one.files("only-in-one")) == {"only_in_one-1.0.tar.gz"}
        assert other.files("only-in-one") == {}
        assert _is_running(one.pid)
    assert not any(_is_running(server.pid) or _answers(server.url) for server in (one, other))


def test_gitea_takes_further_settings(tmp_path: Path) -> None:
    with running_gitea(tmp_path, {"packages": {"LIMIT_SIZE_PYPI": "1 KiB"}}) as small:
        assert small.ask("GET", "/version").json() == {"version": _version(small)}
        refused = small.upload_raw("large-1.0.tar.gz", b"x" * 2000, name="large", version="1.0")
    assert refused.status_code == 403
    assert "maximum allowed package type size" in refused.text


def test_pypiserver_takes_an_upload_of_its_user_only(pypiserver: Pypiserver) -> None:
    right = (pypiserver.username, pypiserver.password)
    asked = [("nobody", "nothing"), None, right, right]
    assert [_upload_plainly(pypiserver, auth).status_code for auth in asked] == [403, 401, 200, 409]
    page = _get(f"{pypiserver.url}/simple/plain/")
    assert page.status_code == 200
    assert "plain-1.0.tar.gz" in page.text
    assert (pypiserver.packages / "plain-1.0.tar.gz").read_bytes() == CONTENT


def test_pypiserver_leaves_nothing_running(tmp_path: Path) -> None:
    with running_pypiserver(tmp_path) as server:
        assert _is_running(server.pid)
    assert not _is_running(server.pid)


def test_a_static_server_serves_its_folder_and_ends(tmp_path: Path) -> None:
    (tmp_path / "simple" / "lib").mkdir(parents=True)
    (tmp_path / "simple" / "lib" / "index.html").write_text("a page")
    with serving(tmp_path) as url:
        assert _get(f"{url}/simple/lib/").text == "a page"
        assert _get(f"{url}/simple/other/").status_code == 404
    assert not _answers(url)


def test_a_server_that_does_not_come_up_is_told_of_with_its_output(tmp_path: Path) -> None:
    dying = [sys.executable, "-c", "import sys; sys.exit('what went wrong')"]
    with (
        pytest.raises(RuntimeError, match="what went wrong"),
        running(dying, tmp_path, {}, lambda: False),
    ):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of the killed")
def test_a_server_ends_when_its_test_run_is_killed(tmp_path: Path) -> None:
    need("pypiserver")
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from tests.servers.pypiserver import running_pypiserver\n"
        "with running_pypiserver(Path(sys.argv[1])) as server:\n"
        "    print(server.url, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        text=True,
    ) as test_run:
        assert test_run.stdout is not None
        url = test_run.stdout.readline().strip()
        assert _answers(url)
        os.kill(test_run.pid, signal.SIGKILL)
    eventually(lambda: not _answers(url))


def test_nobody_listens_on_a_free_port_and_a_server_may() -> None:
    port = free_port()
    assert not answers(port)
    with socket.create_server(("127.0.0.1", port)):
        assert answers(port)


def test_a_missing_server_is_skipped_at_home_and_fails_on_ci(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAILREL_TEST_CACHE", str(tmp_path))
    monkeypatch.delenv("RAILREL_TEST_GITEA", raising=False)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="Gitea is not here: make servers"):
        need("gitea")
    with pytest.raises(pytest.skip.Exception, match="engine of Gitea's jobs is not here: make"):
        need("act")
    for tool in TOOLS:
        with pytest.raises(pytest.skip.Exception, match=f"(?i){tool} is not here: make servers"):
            need(tool)
    if can_be_apart():
        line = "the base image is not here: make servers|buildah is not here"
        with pytest.raises(pytest.skip.Exception, match=line):
            need("buildah")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="Gitea is not here: make servers"):
        need("gitea")


def test_a_package_of_the_system_that_is_missing_is_told_with_the_line_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(shutil, "which", lambda _name, path: None if path else _name)
    for server, packages in {"docker": "docker.io", "buildah": "buildah"}.items():
        line = f"(?i){server} is not here: sudo apt-get install {packages} busybox-static"
        with pytest.raises(pytest.skip.Exception, match=line):
            need(server)


@pytest.mark.parametrize("tool", TOOLS)
def test_a_lock_tool_runs(tool: str) -> None:
    version = TOOLS[tool].partition("==")[2]
    done = subprocess.run([need(tool), "--version"], capture_output=True, text=True, check=True)
    assert version in done.stdout


def test_a_gitea_of_the_users_own_is_taken_or_its_absence_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("RAILREL_TEST_GITEA", sys.executable)
    assert need("gitea") == Path(sys.executable)
    monkeypatch.setenv("RAILREL_TEST_GITEA", str(tmp_path / "absent"))
    with pytest.raises(pytest.fail.Exception, match="which is no program"):
        need("gitea")


def test_another_gitea_is_the_one_of_its_version_whatever_else_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAILREL_TEST_CACHE", str(tmp_path))
    monkeypatch.setenv("RAILREL_TEST_GITEA", sys.executable)
    monkeypatch.delenv("CI", raising=False)
    line = r"Gitea 1\.26\.0 is not here: make servers \(or: python -m \S+ gitea-1\.26\.0\)"
    with pytest.raises(pytest.skip.Exception, match=line):
        gitea_binary("1.26.0")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=line):
        gitea_binary("1.26.0")


def _upload(
    gitea: Gitea,
    name: str,
    *,
    version: str = "1.0",
    token: str | None = None,
    owner: str = "acme",
    more: dict[str, str] | None = None,
) -> httpx.Response:
    filename = f"{name.lower().replace('-', '_')}-{version}.tar.gz"
    return gitea.upload_raw(
        filename, CONTENT, name=name, version=version, token=token, owner=owner, more=more
    )


def _upload_plainly(server: Pypiserver, auth: tuple[str, str] | None) -> httpx.Response:
    return httpx.post(
        server.url,
        data={":action": "file_upload", "name": "plain", "version": "1.0"},
        files={"content": ("plain-1.0.tar.gz", CONTENT)},
        auth=auth,
        timeout=30,
        trust_env=False,
    )


def _get(url: str, auth: tuple[str, str] | None = None) -> httpx.Response:
    return httpx.get(url, auth=auth, timeout=30, trust_env=False)


def _version(gitea: Gitea) -> str:
    # A Gitea of the user's own may be another one.
    own = "RAILREL_TEST_GITEA" in os.environ
    return gitea.ask("GET", "/version").json()["version"] if own else GITEA.version


def _answers(url: str) -> bool:
    return answers(int(url.rpartition(":")[2]))


def _is_running(pid: int) -> bool:
    # Once it was waited for, nothing is left that a signal could reach.
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
