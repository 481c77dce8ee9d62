"""What answers in the place of a Gitea: it is told no token, and nothing of it is taken for an answer."""

import gzip
from pathlib import Path

import pytest

from tests.doctor.examined import examination_of, examine
from tests.servers.gitea import Gitea
from tests.servers.pypiserver import Pypiserver
from tests.servers.running import free_port
from tests.servers.saying import saying
from tests.workbench import Workbench

PATH = "/api/packages/acme/pypi"
PAGE = b"<!DOCTYPE html><html><title>Sign in</title></html>"
TOKEN = "marked0123456789abcdef0123456789abcdef01"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, PAGE),
        (200, b""),
        (200, b'{"version": "1.26'),
        (200, b'{"version": 5}'),
        (200, b"[1, 2, 3]"),
        (401, PAGE),
        (403, b"denied"),
    ],
)
def test_a_sign_in_before_gitea_is_shown_no_token(
    bench: Workbench, status: int, body: bytes
) -> None:
    with saying(status, body, {"Content-Type": "text/html"}) as other:
        found = examine(bench, other.url + PATH, TOKEN)

    assert (found.code, found.wrong) == (1, {"gitea"}), found.text
    assert f"a sign-in before it, or another program ({status} to" in found.said("gitea")
    assert found.said("token") == "not asked, because of gitea"
    assert other.shown == []


def test_a_network_that_wants_a_sign_in_is_no_new_address(bench: Workbench) -> None:
    location = {"Location": "http://portal.example.com/login?session=marked"}
    with saying(302, headers=location) as other:
        found = examine(bench, other.url + PATH, TOKEN)

    assert found.wrong == {"reachable"}
    assert "sends us to http://portal.example.com, to a page" in found.said("reachable")
    assert "setting" not in "".join(found.changes["reachable"])
    assert "marked" not in found.text
    assert other.shown == []


@pytest.mark.parametrize("status", [429, 500, 520])
def test_a_server_that_is_broken_may_be_well_later(bench: Workbench, status: int) -> None:
    with saying(status, b'{"message": "no"}', {"Retry-After": "3600"}) as other:
        found = examine(bench, other.url + PATH, TOKEN)

    assert (found.code, found.wrong) == (3, set())
    assert f"answers {status}" in found.said("reachable")


def test_a_proxy_on_the_way_that_wants_a_sign_in_is_told_apart(bench: Workbench) -> None:
    with saying(407) as other:
        found = examine(bench, other.url + PATH, TOKEN)

    assert found.wrong == {"reachable"}
    assert "wants a sign-in (407)" in found.said("reachable")


@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_without_end_is_not_read_to_its_end(bench: Workbench, *, packed: bool) -> None:
    piece = b"1" * 1_000_000
    body = gzip.compress(piece * 64) if packed else piece
    headers = {"Content-Encoding": "gzip"} if packed else {}
    with saying(200, body, headers, times=1 if packed else 1000) as other:
        found = examine(bench, other.url + PATH, TOKEN)

    assert (found.code, found.wrong) == (3, set())
    assert "answers with more than 8388608 bytes" in found.said("reachable")


def test_a_version_of_a_million_digits_and_a_cursor_that_moves_are_no_crash(
    bench: Workbench,
) -> None:
    for version in (b"1" * 1_000_000, b"\\u001b[2J\\n::set-env name=x::y"):
        with saying(200, b'{"version": "' + version + b'"}') as other:
            found = examine(bench, other.url + PATH, TOKEN)

        assert found.statuses("server") == ["note"]
        assert "tells nothing of it" in found.said("server")
        assert len(found.text) < 20_000
        # It says the same to the question who we are, and that is no name.
        assert found.statuses("token") == ["unknown"]


def test_what_does_not_speak_http_is_said_in_words(bench: Workbench) -> None:
    with saying(200, b"x", {"Content-Length": "500", "Connection": "close"}) as other:
        found = examine(bench, other.url + PATH, TOKEN)

    assert found.code == 3
    assert "does not speak HTTP/1.1, or hung up" in found.said("reachable")


def test_a_proxy_that_is_not_there_is_not_taken_for_gitea(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = f"http://marked-user:marked-password@127.0.0.1:{free_port()}"
    monkeypatch.setenv("HTTP_PROXY", proxy)

    found = examine(bench, "http://git.example.com" + PATH, TOKEN, HTTP_PROXY=proxy)

    assert "asked by the proxy that HTTP_PROXY names" in found.said("reachable")
    assert "variable NO_PROXY=git.example.com" in found.changes["reachable"]
    assert "marked" not in found.text


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "ftp://u:marked@127.0.0.1:9"])
def test_a_proxy_of_another_kind_is_a_finding(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)

    found = examine(bench, "http://git.example.com" + PATH, TOKEN, HTTP_PROXY=proxy)

    assert found.code == 1
    assert "a proxy that railrel cannot ask" in found.said("reachable")
    assert "marked" not in found.text


def test_the_address_of_gitea_itself_is_not_that_of_its_packages(
    bench: Workbench, gitea: Gitea
) -> None:
    found = examine(bench, f"{gitea.url}/", gitea.tokens["publish"])

    assert (found.code, found.wrong) == (1, {"gitea"})
    assert found.changes["gitea"] == (f"setting registry={gitea.url}/api/packages/OWNER/pypi",)


def test_of_another_index_it_is_said_that_it_is_no_gitea(
    bench: Workbench, pypiserver: Pypiserver
) -> None:
    found = examine(bench, pypiserver.url, TOKEN)

    assert found.findings["gitea"] == (
        ("ok", "it is no Gitea; what applies to any index is asked"),
    )


def test_a_registry_that_is_named_is_examined_where_no_project_is(
    bench: Workbench, tmp_path: Path, gitea: Gitea
) -> None:
    having = bench.having(RAILREL_TOKEN=gitea.tokens["publish"])

    named = having.railrel(
        "-C", str(tmp_path), "doctor", "registry", "--registry", gitea.registry(), "--json"
    )
    unnamed = having.railrel("-C", str(tmp_path), "doctor", "registry")

    assert examination_of(named).wrong == set(), named.err
    assert named.code == 0
    assert unnamed.code == 2
    assert "there is no project here" in unnamed.err


def test_what_was_not_asked_is_told_in_a_line(bench: Workbench) -> None:
    registry = f"http://127.0.0.1:{free_port()}{PATH}"

    result = bench.railrel("doctor", "registry", "--registry", registry)

    assert result.code == 3
    assert result.out.count("not asked") == 1
    assert (
        "\nunknown  not asked, because of reachable: gitea, server, packages, owner, " in result.out
    )
