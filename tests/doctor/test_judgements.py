"""What answers mean, where no server that gives them can be had."""

import pytest

from railrel.doctor.changes import Change, gitea
from railrel.doctor.findings import Examined, exit_code, fine, note, unknown, wrong
from railrel.doctor.proxies import variable_for
from railrel.doctor.registry.body_limit import judged, shown
from railrel.doctor.registry.root_url import judged as root_judged
from railrel.doctor.registry.server import forgejo_of, gitea_of
from railrel.world import Response


@pytest.mark.parametrize(
    ("version", "statuses", "words"),
    [
        ("1.16.9", ["finding"], "no package registry"),
        ("1.21.11", ["finding"], "hashes into its index that uv refuses"),
        ("1.22.0", ["ok", "note", "note"], "no API to list a package's versions"),
        ("1.24.7", ["ok", "note"], "answers 500 to some of several uploads"),
        ("1.26.1", ["ok", "note"], "1.26.2 does not do it"),
        ("1.26.2", ["ok"], "Gitea 1.26.2"),
        ("1.27.0+dev-123-g0123abc", ["ok"], "is a 409"),
        ("v1.26.4", ["ok"], "is a 409"),
        ("development", ["note"], "which tells nothing of it"),
        ("1" * 5000, ["note"], "which tells nothing of it"),
        ("1.26.4\x1b[2J", ["note"], "which tells nothing of it"),
    ],
)
def test_what_a_version_of_gitea_means(version: str, statuses: list[str], words: str) -> None:
    found = gitea_of(version)

    assert [finding.status for finding in found] == statuses
    assert words in "\n".join(finding.said for finding in found)


@pytest.mark.parametrize(
    ("version", "statuses"),
    [
        ("1.21.11-2", ["finding"]),
        ("7.0.0+gitea-1.22.0", ["ok", "note"]),
        ("?", ["note"]),
    ],
)
def test_what_a_version_of_forgejo_means(version: str, statuses: list[str]) -> None:
    assert [finding.status for finding in forgejo_of(version)] == statuses


@pytest.mark.parametrize(
    ("status", "body", "found", "words"),
    [
        (
            403,
            b"maximum allowed package type size exceeded",
            "finding",
            "the server itself takes no",
        ),
        (413, b"<html>nginx</html>", "finding", "a proxy before Gitea takes no 5 MB"),
        (413, b"enforcePackagesQuota\n", "unknown", "has used up its quota of packages"),
        (400, b"<html>Bad Request</html>", "unknown", "was answered by 400"),
        (504, b"", "unknown", "was answered by 504"),
    ],
)
def test_what_an_answer_to_an_upload_means(
    status: int, body: bytes, found: str, words: str
) -> None:
    (finding,) = judged(Response(status, {}, body), 5_000_000)

    assert finding.status == found
    assert words in finding.said


@pytest.mark.parametrize(
    ("size", "text"),
    [(1, "1 B"), (2_000_000, "2 MB"), (1_500_000_000, "1.5 GB"), (2048, "2.048 kB")],
)
def test_sizes_are_shown_as_gitea_reads_them(size: int, text: str) -> None:
    assert shown(size) == text


def test_a_section_with_dots_is_one_quoted_key_of_the_chart() -> None:
    assert gitea("cron.cleanup_packages", "ENABLED", "true") == (
        Change("helm", 'gitea.config."cron.cleanup_packages".ENABLED', "true"),
        Change("ini", "[cron.cleanup_packages] ENABLED", "true"),
        Change("environment", "GITEA__cron_0X2E_cleanup_packages__ENABLED", "true"),
    )


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (Change("helm", "a.b", "1"), 'a.b: "1"'),
        (Change("ini", "[a] B", "1"), "[a] B = 1"),
        (Change("variable", "A", "1"), "A=1"),
        (Change("setting", "registry", "x"), 'registry = "x"'),
        (Change("host", "start it"), "start it"),
        (Change("right", "log in", "there"), "log in: there"),
    ],
)
def test_a_change_is_shown_as_it_is_written(change: Change, text: str) -> None:
    assert change.shown == text


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ((fine("x"), note("x")), 0),
        ((fine("x"), unknown("x")), 3),
        ((wrong("x"), unknown("x")), 1),
        ((), 0),
    ],
)
def test_a_finding_counts_more_than_what_could_not_be_told(findings: tuple[()], code: int) -> None:
    assert exit_code([Examined("one", findings)]) == code


@pytest.mark.parametrize(
    ("theirs", "ours", "words"),
    [
        ("https://git.example.com", "https://GIT.example.com:443", ""),
        ("http://git.example.com", "https://git.example.com", "links to http, as if nothing"),
        ("https://git.example.com:3000", "https://git.example.com", "another host"),
        ("https://gitea-http", "https://git.example.com", "another host"),
        ("https://git.example.com", "https://git.example.com/git", "another path"),
    ],
)
def test_what_another_root_url_means(theirs: str, ours: str, words: str) -> None:
    finding = root_judged(theirs, ours, "acme")

    assert finding.status == ("finding" if words else "ok")
    assert words in finding.said
    if words:
        assert finding.changes == (
            *gitea("server", "ROOT_URL", f"{ours}/"),
            Change("setting", "registry", f"{theirs}/api/packages/acme/pypi"),
        )


@pytest.mark.parametrize(
    ("url", "variables", "variable"),
    [
        ("https://git.example.com/x", {"https_proxy": "http://p"}, "https_proxy"),
        ("https://git.example.com/x", {"HTTPS_PROXY": "http://p"}, "HTTPS_PROXY"),
        ("https://git.example.com/x", {"ALL_PROXY": "http://p"}, "ALL_PROXY"),
        ("https://git.example.com/x", {"HTTP_PROXY": "http://p", "HTTPS_PROXY": ""}, ""),
        ("https://git.example.com/x", {"HTTPS_PROXY": "p", "NO_PROXY": "a, .Example.com"}, ""),
        ("https://git.example.com/x", {"HTTPS_PROXY": "p", "no_proxy": "*"}, ""),
        (
            "https://git.example.com:8443/x",
            {"HTTPS_PROXY": "p", "NO_PROXY": "git.example.com:8443"},
            "",
        ),
        ("https://git.example.com/x", {"HTTPS_PROXY": "p", "NO_PROXY": "ample.com"}, "HTTPS_PROXY"),
    ],
)
def test_a_proxy_on_the_way_is_known_by_its_variable(
    url: str, variables: dict[str, str], variable: str
) -> None:
    assert variable_for(url, variables) == variable
