"""What a rewrite changed is taken back to the byte, or said to be changed since."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from railrel.dependencies.undo import Record, read, record, taken_back, written
from railrel.edits import FileRewrite

PATH = Path("/ws/app/pyproject.toml")
BEFORE = b'a = 1\r\nb = "../x" # \xff\n\nc = 3\n[sources]\nx = 1\nd = 4\n'
AFTER = b'a = 1\r\nb = ">=1" # \xff\n\nc = 3\nd = 4\n'


def kept(before: bytes = BEFORE, after: bytes = AFTER) -> Record:
    """A record, as it comes back from the disk."""
    made = record([FileRewrite(PATH, before, after)], Path("/ws"))
    assert read(written({"app": made})) == {"app": made}
    return made


def test_an_untouched_file_comes_back_to_the_byte() -> None:
    (file,) = kept().files

    assert file.path == "app/pyproject.toml"
    assert taken_back(file, AFTER, PATH) == BEFORE


def test_what_was_added_elsewhere_stays() -> None:
    (file,) = kept().files
    edited = b"# new\n" + AFTER + b"e = 5\n"

    assert taken_back(file, edited, PATH) == b"# new\n" + BEFORE + b"e = 5\n"


def test_a_changed_line_is_named_with_what_was_there() -> None:
    (file,) = kept().files

    found = taken_back(file, AFTER.replace(b">=1", b">=2"), PATH)

    assert isinstance(found, list)
    (problem,) = found
    assert problem.at == "/ws/app/pyproject.toml:2:1"
    assert 'b = ">=2"' in problem.message
    assert '"../x"' in problem.hint


def test_a_line_with_a_password_is_kept_nowhere() -> None:
    secret = b'url = "https://bob:marked-token@example.com/simple"\n'
    made = record([FileRewrite(PATH, secret + b"x\n", b"x\n")], Path("/ws"))

    assert b"marked-token" not in written({"app": made})
    assert isinstance(taken_back(made.files[0], b"x\n", PATH), list)


@pytest.mark.parametrize("data", [b"", b"[]", b'{"a": 1}', b'{"a": {"files": [1]}}', b"\xff"])
def test_what_is_no_record_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read(data)


lines = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\r\n", b"d", b"\n", b"\xff\n"]), max_size=12)


@given(lines, lines)
def test_any_change_can_be_taken_back(before: list[bytes], after: list[bytes]) -> None:
    old, new = b"".join(before), b"".join(after)
    (file,) = kept(old, new).files

    assert taken_back(file, new, PATH) == old
