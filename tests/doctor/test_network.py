"""Certificates, proxies and clocks that are wrong, before a real Gitea."""

import contextlib
import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from tests.doctor.examined import examine
from tests.servers.gitea import Gitea, running_gitea
from tests.servers.proxy import Faults, proxied
from tests.servers.running import free_port
from tests.servers.spoiling import Answer, Spoilt
from tests.servers.static import serving
from tests.workbench import Workbench

PATH = "/api/packages/acme/pypi"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def test_a_private_authority_that_nobody_named(
    bench: Workbench, gitea: Gitea, authority: trustme.CA
) -> None:
    with proxied(gitea.url, certificate=authority.issue_cert("127.0.0.1")) as proxy:
        found = examine(bench, proxy.url + PATH, gitea.tokens["publish"])

    assert (found.code, found.wrong) == (1, {"reachable"})
    assert "is of an authority that is not trusted here" in found.said("reachable")
    assert found.changes["reachable"][0] == "variable SSL_CERT_FILE=/path/to/your-ca.pem"
    assert found.findings["token"] == (("unknown", "not asked, because of reachable"),)


def test_a_certificate_of_another_host(
    bench: Workbench, gitea: Gitea, authority: trustme.CA, bundle: str
) -> None:
    with proxied(gitea.url, certificate=authority.issue_cert("git.example.com")) as proxy:
        found = examine(bench, proxy.url + PATH, gitea.tokens["publish"], SSL_CERT_FILE=bundle)

    assert found.wrong == {"reachable"}
    assert "is for another name" in found.said("reachable")
    assert "helm ingress.tls[0].hosts[0]=127.0.0.1" in found.changes["reachable"]


@pytest.mark.parametrize(("since", "until"), [(-20, -10), (10, 20)], ids=["expired", "not yet"])
def test_a_certificate_out_of_its_time(
    bench: Workbench, gitea: Gitea, authority: trustme.CA, bundle: str, since: int, until: int
) -> None:
    now = datetime.now(UTC)
    expired = authority.issue_cert(
        "127.0.0.1",
        not_before=now + timedelta(days=since),
        not_after=now + timedelta(days=until),
    )
    with proxied(gitea.url, certificate=expired) as proxy:
        found = examine(bench, proxy.url + PATH, gitea.tokens["publish"], SSL_CERT_FILE=bundle)

    assert found.wrong == {"reachable"}
    assert "has expired, or is not valid yet" in found.said("reachable")


def test_plain_http_where_tls_was_asked_for(bench: Workbench, gitea: Gitea) -> None:
    found = examine(bench, gitea.registry().replace("http://", "https://"), gitea.tokens["publish"])

    assert found.wrong == {"reachable"}
    assert "speaks plain HTTP, and https was asked for" in found.said("reachable")
    assert found.changes["reachable"] == (f"setting registry={gitea.registry()}",)


def test_an_authority_whose_file_is_not_there(bench: Workbench, gitea: Gitea) -> None:
    found = examine(
        bench, gitea.registry(), gitea.tokens["publish"], SSL_CERT_FILE="/nowhere/ca.pem"
    )

    assert found.wrong == {"reachable"}
    assert "SSL_CERT_FILE names /nowhere/ca.pem, which is not there" in found.said("reachable")


def test_an_authority_whose_file_holds_no_certificate(
    bench: Workbench, gitea: Gitea, authority: trustme.CA, tmp_path: Path
) -> None:
    empty = tmp_path / "ca.pem"
    empty.write_text("no certificate")

    with proxied(gitea.url, certificate=authority.issue_cert("127.0.0.1")) as proxy:
        found = examine(bench, proxy.url + PATH, gitea.tokens["publish"], SSL_CERT_FILE=str(empty))

    assert (found.code, found.wrong) == (1, {"reachable"})
    assert "SSL_CERT_FILE names a file that holds no certificates" in found.said("reachable")


def test_nobody_there_could_not_be_told(bench: Workbench) -> None:
    found = examine(bench, f"http://127.0.0.1:{free_port()}{PATH}", "marked-token")

    assert (found.code, found.wrong) == (3, set())
    assert "nothing listens at 127.0.0.1:" in found.said("reachable")


def waiting_at(server: socket.socket) -> Iterator[None]:
    """Whoever has connected and was not answered."""
    server.setblocking(False)  # noqa: FBT003 -- as the function has it
    with contextlib.suppress(BlockingIOError):
        while True:
            server.accept()[0].close()
            yield


def test_a_server_that_is_silent_is_waited_for_once(bench: Workbench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        found = examine(bench, f"http://127.0.0.1:{port}{PATH}", "marked-token")
        asked = list(waiting_at(silent))

    assert len(asked) == 1
    assert (found.code, found.wrong) == (3, set())
    assert "did not answer within 10 seconds" in found.said("reachable")


def test_a_host_that_nobody_knows_could_not_be_told(bench: Workbench) -> None:
    found = examine(bench, f"https://git.example.invalid{PATH}", "marked-token")

    assert (found.code, found.wrong) == (3, set())
    assert "nobody knows the host git.example.invalid" in found.said("reachable")


def test_a_proxy_behind_which_nobody_is(bench: Workbench, gitea: Gitea) -> None:
    away = Faults(answers={"/api/v1/version": Answer(502, b"<html>Bad Gateway</html>")})
    with proxied(gitea.url, away) as proxy:
        found = examine(bench, proxy.url + PATH, gitea.tokens["publish"])

    assert (found.code, found.statuses("reachable")) == (3, ["unknown"])
    assert "nobody behind it (502)" in found.said("reachable")


@pytest.mark.parametrize("lingers", [True, False], ids=["lingers", "hangs up"])
def test_a_proxy_that_takes_small_bodies_only(
    bench: Workbench, gitea: Gitea, *, lingers: bool
) -> None:
    with proxied(gitea.url, Faults(largest_body=1_048_576, lingers=lingers)) as proxy:
        small = examine(bench, proxy.url + PATH, gitea.tokens["publish"], "--size", "900kB")
        large = examine(bench, proxy.url + PATH, gitea.tokens["publish"], "--size", "20MB")

    assert small.statuses("body-limit") == ["ok", "note"]
    assert "body-limit" in large.wrong
    assert large.said("body-limit") == "a proxy before Gitea takes no 20 MB (413)"
    assert large.changes["body-limit"][0] == (
        "annotation nginx.ingress.kubernetes.io/proxy-body-size=20m"
    )


def test_a_quota_of_forgejo_s_is_no_body_limit(bench: Workbench, gitea: Gitea) -> None:
    answer = Answer(413, b"enforcePackagesQuota\n")
    used_up = Faults(spoilt=(Spoilt("check", answer), Spoilt("upload", answer)))
    with proxied(gitea.url, used_up) as proxy:
        found = examine(bench, proxy.url + PATH, gitea.tokens["publish"], "--size", "900kB")

    assert "writing" in found.wrong
    assert "the token's user has used up its quota of packages" in found.said("writing")
    assert found.changes["writing"][0].startswith("right raise the user's quota")
    assert found.statuses("body-limit") == ["unknown"]


def test_the_whole_size_goes_through_and_is_made_of_no_file(bench: Workbench, gitea: Gitea) -> None:
    with proxied(gitea.url) as proxy:
        found = examine(bench, proxy.url + PATH, gitea.tokens["publish"], "--size", "30MB")

    assert found.statuses("body-limit") == ["ok", "note"]
    assert max(passed.size for passed in proxy.passed) > 30_000_000
    assert found.said("body-limit").startswith("an upload of 30 MB comes through to Gitea")


def test_an_upload_that_is_cut_could_not_be_told(bench: Workbench, gitea: Gitea) -> None:
    with proxied(gitea.url, Faults(cuts_uploads=True)) as proxy:
        found = examine(bench, proxy.url + PATH, gitea.tokens["publish"], "--size", "20MB")

    assert found.statuses("body-limit") == ["unknown"]
    assert "an upload of 20 MB ended without an answer" in found.said("body-limit")


@pytest.mark.parametrize(
    ("seconds", "words"), [(3600, "ahead of this machine's"), (-90, "behind this machine's")]
)
def test_a_clock_that_is_wrong(bench: Workbench, gitea: Gitea, seconds: int, words: str) -> None:
    with proxied(gitea.url, Faults(ahead=timedelta(seconds=seconds))) as proxy:
        found = examine(bench, proxy.url + PATH, gitea.tokens["publish"])

    assert "clock" in found.wrong
    said = re.search(rf"(\d+) seconds {words}", found.said("clock"))
    assert said, found.text
    # What the answer was on its way counts too.
    assert abs(int(said[1]) - abs(seconds)) < 60


def test_a_server_that_tells_no_time(bench: Workbench, gitea: Gitea) -> None:
    with proxied(gitea.url, Faults(without_date=True)) as proxy:
        found = examine(bench, proxy.url + PATH, gitea.tokens["publish"])

    assert found.statuses("clock") == ["unknown"]


def test_forgejo_is_known_by_its_own_version(bench: Workbench, gitea: Gitea) -> None:
    """A double of that one answer, before a real Gitea: no Forgejo runs here."""
    answer = b'{"version": "11.0.1+gitea-1.22.0"}'
    with proxied(
        gitea.url, Faults(answers={"/api/forgejo/v1/version": Answer(200, answer)})
    ) as proxy:
        found = examine(bench, proxy.url + PATH, gitea.tokens["publish"])

    assert found.statuses("server") == ["ok", "note"]
    assert found.said("server").startswith("Forgejo 11.0.1+gitea-1.22.0")


def test_a_server_that_is_no_gitea(bench: Workbench, gitea: Gitea) -> None:
    other = Faults(answers={"/api/v1/version": Answer(404, b"not found")})
    with proxied(gitea.url, other) as proxy:
        found = examine(bench, proxy.url + PATH, gitea.tokens["publish"])

    assert "this is no Gitea" in found.said("gitea")
    assert found.wrong == {"gitea"}


def test_an_address_that_has_moved(bench: Workbench, gitea: Gitea) -> None:
    new = "https://git.example.com"
    moved = Answer(301, headers={"Location": f"{new}/api/v1/version"})
    with proxied(gitea.url, Faults(answers={"/api/v1/version": moved})) as proxy:
        found = examine(bench, proxy.url + PATH, gitea.tokens["publish"])

    assert found.wrong == {"reachable"}
    assert found.changes["reachable"] == (f"setting registry={new}{PATH}",)


def test_tls_that_ends_before_a_gitea_that_does_not_know_it(
    bench: Workbench, gitea: Gitea, authority: trustme.CA, bundle: str
) -> None:
    with proxied(gitea.url, certificate=authority.issue_cert("127.0.0.1")) as proxy:
        found = examine(bench, proxy.url + PATH, gitea.tokens["publish"], SSL_CERT_FILE=bundle)

    assert "root-url" in found.wrong
    assert "links to http, as if nothing before Gitea spoke https" in found.said("root-url")
    assert f"helm gitea.config.server.ROOT_URL={proxy.url}/" in found.changes["root-url"]


def test_files_that_lie_in_a_storage_are_fetched_from_there(
    bench: Workbench, tmp_path: Path
) -> None:
    """A double of SERVE_DIRECT's redirect, before a real Gitea: no object storage runs here."""
    port, file = free_port(), "lib-1.0.tar.gz"
    (tmp_path / file).write_bytes(b"an sdist")
    root = {"server": {"ROOT_URL": f"http://127.0.0.1:{port}/"}}
    with running_gitea(tmp_path / "g", root) as gitea, serving(tmp_path) as storage:
        gitea.upload_raw(file, b"an sdist", name="lib", version="1.0")
        found = []
        for target in (storage, f"http://127.0.0.1:{free_port()}"):
            away = Answer(303, headers={"Location": f"{target}/{file}?signature=marked"})
            faults = Faults(answers={f"{PATH}/files/lib/1.0/{file}": away})
            with proxied(gitea.url, faults, port=port) as proxy:
                found.append(examine(bench, proxy.url + PATH, gitea.tokens["publish"]))

    given, kept = found
    assert given.statuses("links") == ["ok"], given.text
    assert kept.wrong == {"links"}
    assert "helm gitea.config.packages.SERVE_DIRECT=false" in kept.changes["links"]
    assert "marked" not in given.text + kept.text


def test_addresses_that_are_none_are_no_reason_to_break_down(
    bench: Workbench, gitea: Gitea
) -> None:
    odd = Answer(200, b'{"authorization_endpoint": "http://[x:y/login/oauth/authorize"}')
    with proxied(gitea.url, Faults(answers={"/.well-known/openid-configuration": odd})) as proxy:
        found = examine(bench, proxy.url + PATH, gitea.tokens["publish"])

    assert found.findings["root-url"] == (("unknown", "the server gives an address that is none"),)
