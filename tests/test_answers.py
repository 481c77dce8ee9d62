"""JSON that others wrote."""

import pytest

from railrel.answers import scopes_told, table_of, value_of

NO_JSON = [b"", b"<html>", b"{", b"\xff\xfe\x00", b"[" * 200_000]


@pytest.mark.parametrize("body", NO_JSON, ids=["nothing", "a page", "cut", "bytes", "too deep"])
def test_what_is_no_json_is_no_value_and_no_table(body: bytes) -> None:
    assert value_of(body) is None
    assert table_of(value_of(body)) == {}


def test_a_value_that_is_no_object_is_an_empty_table() -> None:
    assert table_of(value_of(b"[1]")) == {}
    assert table_of(value_of(b'{"a": [1]}')) == {"a": [1]}


def test_scopes_are_read_where_gitea_tells_them() -> None:
    said = "token does not have at least one of required scope(s), required=[x], token scope="

    assert scopes_told(f"{said}write:package,read:user") == "write:package,read:user"
    assert scopes_told(said) == ""
    assert scopes_told("Only signed in user is allowed to call APIs.") is None
