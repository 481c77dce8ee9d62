import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from railrel.errors import RailrelError, UnreachableError
from railrel.registries.protocol import RemoteFile
from railrel.registries.simple import files_of_page
from railrel.registries.versions import versions_of

PAGE = "https://git.example.com/simple/lib/"
DIGEST = "ab" * 32


@pytest.mark.parametrize(
    ("link", "file"),
    [
        (
            f'<a href="/files/lib-1.0.tar.gz#sha256={DIGEST.upper()}">x</a>',
            RemoteFile("lib-1.0.tar.gz", "https://git.example.com/files/lib-1.0.tar.gz", DIGEST),
        ),
        (
            f'<A HREF="lib-1.0.tar.gz#sha256-{DIGEST}">x</A>',
            RemoteFile("lib-1.0.tar.gz", PAGE + "lib-1.0.tar.gz", DIGEST),
        ),
        (
            '<a href="lib-1.0&#43;l.1.tar.gz#md5=00">x</a>',
            RemoteFile("lib-1.0+l.1.tar.gz", PAGE + "lib-1.0+l.1.tar.gz", None),
        ),
        (
            '<a href="lib-1.0%2Bl.tar.gz">x</a>',
            RemoteFile("lib-1.0+l.tar.gz", PAGE + "lib-1.0%2Bl.tar.gz", None),
        ),
    ],
)
def test_a_link_gives_a_file_with_its_hash(link: str, file: RemoteFile) -> None:
    assert files_of_page(f"<html>{link}</html>".encode(), "text/html", PAGE) == (file,)


def test_json_is_read_as_well() -> None:
    body = b'{"files": [{"filename": "a.whl", "url": "../a.whl", "hashes": {"sha256": "00"}}]}'

    found = files_of_page(body, "application/vnd.pypi.simple.v1+json", PAGE)

    assert found == (RemoteFile("a.whl", "https://git.example.com/simple/a.whl", "00"),)


@pytest.mark.parametrize(
    ("body", "kind"),
    [(b"", "text/html"), (b"sign in", "text/html"), (b"[]", "json"), (b"{", "json")],
)
def test_what_is_no_index_is_not_taken_for_an_empty_one(body: bytes, kind: str) -> None:
    with pytest.raises(UnreachableError, match="not a page of a package index"):
        files_of_page(body, kind, PAGE)


@pytest.mark.parametrize(
    ("page", "end"),
    [
        ('<a href="a-1.0.tar.gz">a</a><a href="a-1.1.tar.g', ""),
        ('<a href="a-1.0.tar.gz">a</a>', "</html>"),
        ("<html><h1>Links for a</h1>", "</html>"),
    ],
    ids=["within a link", "between two", "before the first"],
)
def test_a_page_that_breaks_off_is_not_taken_for_all_there_is(page: str, end: str) -> None:
    with pytest.raises(UnreachableError, match="breaks off"):
        files_of_page(page.encode(), "text/html", PAGE, end=end)


@given(st.binary(max_size=300), st.sampled_from(["text/html", "application/json"]))
def test_no_page_makes_us_crash(body: bytes, kind: str) -> None:
    with contextlib.suppress(RailrelError):
        assert all(file.filename is not None for file in files_of_page(body, kind, PAGE))


def test_a_file_with_a_version_that_no_installer_reads_is_passed_over() -> None:
    digits = "9" * 5_000
    many = ".".join(f"a{number}" for number in range(1_000))
    names = (
        f"lib-2.0-{many}-{many}-{many}.whl",
        f"lib-{digits}.tar.gz",
        f"lib-{digits}-py3-none-any.whl",
        "lib-1.0.tar.gz",
    )

    found = versions_of(RemoteFile(name, PAGE + name, None) for name in names)

    assert found == {Version("1.0")}
