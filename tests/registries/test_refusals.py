"""What refuses a publish for good: certificates, tokens, limits; the one thing to change is named."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from railrel.errors import ExitCode
from railrel.world import Request
from tests.registries.faulty import trial
from tests.servers.gitea import Gitea, running_gitea
from tests.servers.proxy import proxied
from tests.wheels import sdist, wheel
from tests.workbench import Workbench

PATH = "/api/packages/acme/pypi"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def bundle(authority: trustme.CA, folder: Path) -> str:
    path = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


# --- TLS


def test_a_private_authority_is_trusted_when_it_is_named(
    bench: Workbench, gitea: Gitea, authority: trustme.CA, tmp_path: Path
) -> None:
    ours = authority.issue_cert("127.0.0.1")
    named = bundle(authority, tmp_path)
    with proxied(gitea.url, certificate=ours) as proxy, trial(bench, gitea) as tried:
        result = tried.publish(registry=proxy.url + PATH, SSL_CERT_FILE=named)

        assert result.code == 0, result.err
        assert len(tried.held) == 2


def of_another_host(authority: trustme.CA) -> trustme.LeafCert:
    return authority.issue_cert("git.example.com")


def expired(authority: trustme.CA) -> trustme.LeafCert:
    now = datetime.now(UTC)
    return authority.issue_cert(
        "127.0.0.1",
        not_before=now - timedelta(days=20),
        not_after=now - timedelta(days=10),
    )


def of_another_authority(authority: trustme.CA) -> trustme.LeafCert:
    del authority
    return trustme.CA().issue_cert("127.0.0.1")


@pytest.mark.parametrize(
    ("issue", "said"),
    [
        (expired, "its certificate has expired"),
        (of_another_host, "its certificate is for another host name"),
        (
            of_another_authority,
            "its certificate is not trusted here; name your CA in SSL_CERT_FILE",
        ),
    ],
)
def test_a_certificate_that_is_wrong_is_said_to_be_and_the_token_stays_here(
    bench: Workbench,
    gitea: Gitea,
    authority: trustme.CA,
    tmp_path: Path,
    issue: Callable[[trustme.CA], trustme.LeafCert],
    said: str,
) -> None:
    named, certificate = bundle(authority, tmp_path), issue(authority)
    with proxied(gitea.url, certificate=certificate) as proxy, trial(bench, gitea) as tried:
        result = tried.publish(registry=proxy.url + PATH, SSL_CERT_FILE=named)

        assert (result.code, result.out) == (ExitCode.UNREACHABLE, "")
        assert said in result.err
        # Another try would be answered by the same certificate.
        assert (proxy.passed, tried.clock.waits) == ([], [])


def test_an_authority_that_nobody_named_is_asked_for_by_the_name_of_the_variable(
    bench: Workbench, gitea: Gitea, authority: trustme.CA
) -> None:
    ours = authority.issue_cert("127.0.0.1")
    with proxied(gitea.url, certificate=ours) as proxy, trial(bench, gitea) as tried:
        result = tried.publish(registry=proxy.url + PATH)

        assert (result.code, result.out) == (ExitCode.UNREACHABLE, "")
        assert "name your CA in SSL_CERT_FILE" in result.err


def test_a_file_of_authorities_that_is_not_there_is_named(
    bench: Workbench, gitea: Gitea, authority: trustme.CA
) -> None:
    ours = authority.issue_cert("127.0.0.1")
    with proxied(gitea.url, certificate=ours) as proxy, trial(bench, gitea) as tried:
        result = tried.publish(registry=proxy.url + PATH, SSL_CERT_FILE="/nowhere/ca.pem")

        assert result.out == ""
        assert "SSL_CERT_FILE names /nowhere/ca.pem, which is not there" in result.err


def test_authorities_are_of_no_account_where_nobody_is_asked_by_tls(
    bench: Workbench, gitea: Gitea
) -> None:
    with trial(bench, gitea) as tried:
        assert tried.publish(SSL_CERT_FILE="/nowhere/ca.pem").code == 0


def test_a_proxy_that_is_asked_by_tls_is_held_against_the_authorities(
    bench: Workbench, gitea: Gitea, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = authority.issue_cert("127.0.0.1")
    with proxied(gitea.url, certificate=ours) as proxy, trial(bench, gitea) as tried:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("no_proxy", "")

        result = tried.publish(registry="http://git.example.com" + PATH)

        assert (result.code, result.out) == (ExitCode.UNREACHABLE, "")
        assert "certificate" in result.err
        assert proxy.passed == []


# --- tokens and owners


def test_a_revoked_token_is_told_from_one_without_a_right_and_a_new_one_goes_on(
    bench: Workbench, gitea: Gitea
) -> None:
    token = gitea.make_token("write:package")
    with trial(bench, gitea) as tried:
        last = gitea.ask("GET", f"/users/{gitea.bot}/tokens").json()
        newest = max(last, key=lambda each: int(each["id"]))
        gitea.ask("DELETE", f"/users/{gitea.bot}/tokens/{newest['id']}").raise_for_status()

        result = tried.publish(RAILREL_TOKEN=token)

        assert (result.code, result.out) == (ExitCode.REFUSED, "")
        assert "does not know the token from RAILREL_TOKEN: mistyped, revoked or exp" in result.err
        assert tried.sent == []
        tried.converges()


# --- limits


def test_each_limit_of_an_owner_is_named_by_its_setting(bench: Workbench, tmp_path: Path) -> None:
    limits = {"LIMIT_TOTAL_OWNER_COUNT": "1", "LIMIT_TOTAL_OWNER_SIZE": "5000"}
    with running_gitea(tmp_path / "limited", {"packages": limits}) as limited:
        with trial(bench, limited) as first:
            assert first.publish().code == 0
        with trial(bench, limited) as second:
            counted = second.publish()
            assert second.held == {}
        owner = limited.make_public_organisation()
        with trial(bench, limited) as third:
            full = wheel(tmp_path, third.name, "1.0", text="x" * 10_000)
            limited.upload_raw(
                "filler.bin", full.read_bytes()[:4000], name=third.name, version="1.0", owner=owner
            ).raise_for_status()
            sized = third.publish(registry=limited.registry(owner))

    assert counted.code == sized.code == ExitCode.REFUSED
    assert counted.out == sized.out == ""
    assert "as many versions as it may" in counted.err
    assert "gitea.config.packages.LIMIT_TOTAL_OWNER_COUNT" in counted.err
    assert "has used up its storage" in sized.err
    assert "gitea.config.packages.LIMIT_TOTAL_OWNER_SIZE" in sized.err


# --- what others left in the registry


def test_an_sdist_without_a_wheel_gets_its_wheel(bench: Workbench, gitea: Gitea) -> None:
    with trial(bench, gitea) as tried:
        assert tried.publish().code == 0
        (kept,) = [path for path in tried.held if path.endswith(".tar.gz")]
        page = f"{gitea.registry()}/files/{tried.name}/1.0/{kept}"
        content = bench.world().http.send(Request("GET", page)).body
        gitea.delete(tried.name, "1.0")
        sent = gitea.upload_raw(kept, content, name=tried.name, version="1.0")
        sent.raise_for_status()

        result = tried.publish()

        assert result.code == 0, result.err
        assert result.err.count("  uploaded ") == 1
        assert len(tried.held) == 2


def test_a_wheel_with_other_bytes_stops_the_sdist_as_well(bench: Workbench, gitea: Gitea) -> None:
    with trial(bench, gitea) as tried:
        other = wheel(bench.root, tried.name, "1.0", text="other = 1")
        sent = gitea.upload_raw(other.name, other.read_bytes(), name=tried.name, version="1.0")
        sent.raise_for_status()

        result = tried.publish()

        assert (result.code, result.out) == (ExitCode.CONFLICT, "")
        assert tried.sent == []
        assert len(tried.held) == 1


def test_the_version_in_another_spelling_is_the_same_version(
    bench: Workbench, gitea: Gitea
) -> None:
    with trial(bench, gitea) as tried:
        for made in (
            wheel(bench.root, tried.name, "1.0.0"),
            sdist(bench.root, tried.name, "1.0.0"),
        ):
            sent = gitea.upload_raw(made.name, made.read_bytes(), name=tried.name, version="1.0.0")
            sent.raise_for_status()

        result = tried.publish()

        assert (result.code, result.out) == (ExitCode.CONFLICT, "")
        assert f"is published as {made.name} with other bytes" in result.err
        assert gitea.versions(tried.name) == ["1.0.0"]
