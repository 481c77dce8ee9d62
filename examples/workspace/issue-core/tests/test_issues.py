from pathlib import Path

import pytest

from issue_core import CorruptStoreError, Issue, JsonStore, State, UnknownMoveError


def test_a_done_issue_cannot_be_reopened() -> None:
    done = Issue("Sign the form").moved_to(State.IN_PROGRESS).moved_to(State.DONE)

    with pytest.raises(UnknownMoveError, match="done cannot become open"):
        done.moved_to(State.OPEN)


def test_labels_are_added_to_a_copy() -> None:
    plain = Issue("Sign the form")

    assert plain.labelled("legal").labels == {"legal"}
    assert plain.labels == frozenset()


def test_what_is_stored_comes_back_as_it_was(tmp_path: Path) -> None:
    store = JsonStore(tmp_path / "deep" / "issues.json")
    issue = store.add(Issue("Sign the form", labels=frozenset({"legal"})))

    store.replace(issue.id, issue.moved_to(State.REJECTED))

    assert store.all() == (issue.moved_to(State.REJECTED),)
    assert store.open() == ()


def test_a_missing_file_is_an_empty_store(tmp_path: Path) -> None:
    assert JsonStore(tmp_path / "issues.json").all() == ()


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"{}", b'""', b"\xff", b'[{"id": "1"}]', b'[{"labels": 3, "title": "x"}]'],
)
def test_a_file_that_is_no_store_is_named_and_kept(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "issues.json"
    path.write_bytes(data)

    with pytest.raises(CorruptStoreError, match=r"issues\.json is not a store"):
        JsonStore(path).add(Issue("Sign the form"))

    assert path.read_bytes() == data


def test_a_write_that_fails_leaves_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no")

    monkeypatch.setattr(Path, "replace", refuse)

    with pytest.raises(PermissionError):
        JsonStore(tmp_path / "issues.json").add(Issue("Sign the form"))

    assert list(tmp_path.iterdir()) == []
