"""Answers that arrive and are not true, or lead elsewhere: nobody builds upon them."""

import pytest

from railrel.errors import ExitCode
from tests.registries.faulty import trial
from tests.servers.gitea import Gitea
from tests.servers.spoiling import (
    Answer,
    Changed,
    Kind,
    Spoilt,
    kind_of,
)
from tests.workbench import Workbench

KINDS: tuple[Kind, ...] = ("check", "page", "upload")


def within_the_second_link(page: bytes) -> bytes:
    return page[: page.rindex(b"<a ") + 20]


def after_the_first_link(page: bytes) -> bytes:
    return page[: page.index(b"</a>") + 4]


@pytest.mark.parametrize("cut", [within_the_second_link, after_the_first_link])
def test_a_page_that_breaks_off_is_not_read_as_a_version_that_is_half_there(
    bench: Workbench, gitea: Gitea, cut: object
) -> None:
    assert callable(cut)
    with trial(bench, gitea, Spoilt("page", Changed(cut))) as tried:
        assert tried.publish(registry=gitea.registry()).code == 0
        result = tried.publish()

        assert (result.code, result.out) == (ExitCode.UNREACHABLE, "")
        assert "breaks off" in result.err
        assert tried.sent == []
        tried.converges()


def with_a_wrong_hash(page: bytes) -> bytes:
    start = page.index(b"#sha256=") + 8
    return page[:start] + b"0" * 64 + page[start + 64 :]


def test_an_index_that_promises_other_bytes_than_it_serves_is_refused_and_said_to_do_so(
    bench: Workbench, gitea: Gitea
) -> None:
    with trial(bench, gitea, Spoilt("page", Changed(with_a_wrong_hash))) as tried:
        assert tried.publish(registry=gitea.registry()).code == 0
        result = tried.publish()

        assert (result.code, result.out) == (ExitCode.REFUSED, "")
        assert "the index promises other bytes of" in result.err
        assert f"promised sha256 {'0' * 64}" in result.err
        for digest in tried.held.values():
            assert (f"served   sha256 {digest}" in result.err) == (digest in result.err)
        assert tried.sent == []
        tried.converges()


def with_each_link_twice(page: bytes) -> bytes:
    start, end = page.index(b"<a "), page.rindex(b"</a>") + 4
    return page[:end] + page[start:end] + page[end:]


def with_a_strangers_file(page: bytes) -> bytes:
    link = b'<a href="/files/stranger-1.0-py3-none-any.whl#sha256=00">stranger</a><br>'
    start = page.index(b"<a ")
    return page[:start] + link + page[start:]


@pytest.mark.parametrize("changed", [with_each_link_twice, with_a_strangers_file])
def test_a_page_that_lists_more_than_there_is_changes_nothing(
    bench: Workbench, gitea: Gitea, changed: object
) -> None:
    assert callable(changed)
    with trial(bench, gitea, Spoilt("page", Changed(changed))) as tried:
        assert tried.publish(registry=gitea.registry()).code == 0
        result = tried.publish()

        assert result.code == 0, result.err
        assert "already published" in result.out
        assert tried.sent == []


def test_a_page_of_somebody_else_is_no_index(bench: Workbench, gitea: Gitea) -> None:
    sign_in = Answer(200, b"<html><body>Please <a href='/login'>sign in</a></body></html>")
    with trial(bench, gitea, Spoilt("page", sign_in)) as tried:
        result = tried.publish()

        assert (result.code, result.out) == (ExitCode.UNREACHABLE, "")
        assert "a proxy or a sign-in page may have answered" in result.err
        tried.converges()


# --- elsewhere


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("kind", KINDS)
def test_a_redirect_to_tls_names_the_address_to_set_and_the_token_goes_no_second_time(
    bench: Workbench, gitea: Gitea, kind: Kind, status: int
) -> None:
    target = "https://127.0.0.1/api/packages/acme/pypi"
    moved = Answer(status, b"", {"Location": f"{target}/"})
    with trial(bench, gitea, Spoilt(kind, moved)) as tried:
        result = tried.publish()

        assert (result.code, result.out) == (ExitCode.REFUSED, "")
        assert f'name the registry with https://: registry = "{target}"' in result.err
        # It was the last that went there, and of its kind the only one.
        kinds = [kind_of(each.method, each.path, each.size) for each in tried.proxy.passed]
        assert (kinds[-1], kinds.count(kind)) == (kind, 1)
        assert tried.held == {}


def test_a_redirect_to_another_host_is_not_followed(bench: Workbench, gitea: Gitea) -> None:
    with trial(bench, gitea) as other:
        moved = Answer(
            307, b"", {"Location": f"{other.registry}/".replace("127.0.0.1", "localhost")}
        )
        with trial(bench, gitea, Spoilt("check", moved)) as tried:
            result = tried.publish()

            assert (result.code, result.out) == (ExitCode.REFUSED, "")
            assert "the server sends us elsewhere (307)" in result.err
            assert other.proxy.passed == []
