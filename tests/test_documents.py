import tomllib
from pathlib import Path

import pytest
import tomlkit
from hypothesis import given
from hypothesis import strategies as st

from railrel.documents import Document, KeyPath, read
from railrel.errors import ConfigError

FILE = Path("/ws/pyproject.toml")


def places(text: str) -> dict[KeyPath, str]:
    document = Document(FILE, text.encode())
    return {place.path: document.raw(place.value) for place in document.places}


def test_every_way_to_write_a_value_has_its_place() -> None:
    found = places(
        "a.\"b c\".'d' = 1\n[t]\nk = [1, {x = 'y', z.w = 2}]  # c\n[[t.list]]\nn = 1\n[[t.list]]\nn = 2\n"
    )

    assert found == {
        ("a", "b c", "d"): "1",
        ("t",): "[t]",
        ("t", "k"): "[1, {x = 'y', z.w = 2}]",
        ("t", "k", 0): "1",
        ("t", "k", 1): "{x = 'y', z.w = 2}",
        ("t", "k", 1, "x"): "'y'",
        ("t", "k", 1, "z", "w"): "2",
        ("t", "list", 0): "[[t.list]]",
        ("t", "list", 0, "n"): "1",
        ("t", "list", 1): "[[t.list]]",
        ("t", "list", 1, "n"): "2",
    }


def test_lines_and_columns_count_characters_from_one_behind_a_byte_order_mark() -> None:
    document = Document(FILE, "\ufeffa = 1\r\n[t]\r\n'ä' = 'ü'\r\n".encode())

    assert document.values == {"a": 1, "t": {"ä": "ü"}}
    assert document.at(("a",)) == f"{FILE}:1:1"
    assert document.at(("t", "ä")) == f"{FILE}:3:1"


@pytest.mark.parametrize(
    ("data", "where", "said"),
    [
        (b"[project\nname = 1\n", "1:9", "not valid TOML"),
        (b"a = 1\na = 2\n", "2:6", "not valid TOML"),
        (b"a = 1\n# \xff\n", "2:3", "not UTF-8"),
        (b'a = "x', "1:1", "not valid TOML"),
    ],
)
def test_a_file_that_is_not_toml_is_named_with_line_and_column(
    data: bytes, where: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        _ = Document(FILE, data).values

    assert caught.value.problems[0].at == f"{FILE}:{where}"


def test_a_file_nested_beyond_measure_is_an_error_and_no_crash() -> None:
    with pytest.raises(ConfigError):
        _ = Document(FILE, b"a = " + b"[" * 100_000).values


def test_a_folder_in_place_of_a_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is no file"):
        read(tmp_path)


scalars = st.one_of(
    st.integers(-(2**60), 2**60),
    st.booleans(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)
keys = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
tables = st.dictionaries(
    keys,
    st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=5,
)


def leaves(value: object, path: KeyPath = ()) -> dict[KeyPath, object]:
    if isinstance(value, dict):
        return {k: v for key, item in value.items() for k, v in leaves(item, (*path, key)).items()}
    if isinstance(value, list):
        return {k: v for n, item in enumerate(value) for k, v in leaves(item, (*path, n)).items()}
    return {path: value}


@given(tables)
def test_what_stands_at_a_place_is_the_value_at_its_path(table: dict[str, object]) -> None:
    document = Document(FILE, tomlkit.dumps(table).encode())

    for path, value in leaves(document.values).items():
        place = document.place(path)
        assert place
        assert tomllib.loads(f"v = {document.raw(place.value)}".replace("\r\n", "\n"))["v"] == value
