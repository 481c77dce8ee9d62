"""What is said to a runner, read back by small programs that follow the runners' own rules."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from railrel.errors import Problem
from railrel.runner import annotation, cell, command, defused, output
from tests.runner_rules import commands, heard, values

TEXT = st.text(st.sampled_from(list("a%0D2A:,=#[ \t\r\n\x0b\x85\u2028\ufeff|\\")) | st.characters())


@given(TEXT, TEXT.filter(bool))
def test_a_command_says_what_it_was_given_in_one_line(value: str, file: str) -> None:
    line = command("error", value, file=file)

    assert not re.search(r"[\r\n]", line)
    assert heard(line) == ("error", {"file": file}, value)


@given(TEXT)
def test_no_text_of_others_holds_a_command(text: str) -> None:
    assert commands(defused(text)) == []


@given(st.text(st.characters(exclude_characters=":#")))
def test_what_could_be_no_command_is_left_alone(text: str) -> None:
    assert defused(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::set-env name=PATH::/tmp", ": :set-env name=PATH::/tmp"),
        ("built\n  ::add-mask::e", "built\n  : :add-mask::e"),
        ("50 %\r::stop-commands::x", "50 %\r: :stop-commands::x"),
        ("see ##[add-path]/tmp", "see ## [add-path]/tmp"),
        ("std::vector<T>\nfile.py::test_it", "std::vector<T>\nfile.py::test_it"),
    ],
)
def test_a_command_of_others_is_shown_and_not_obeyed(text: str, shown: str) -> None:
    assert commands(shown) == []
    assert defused(text) == shown


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (
            "/work/app/pyproject.toml:4:12",
            "::error file=app/pyproject.toml,line=4,col=12::too old%0Ahint: raise it to 100%25",
        ),
        (
            "/elsewhere/a,b/Dockerfile:7",
            "::error file=/elsewhere/a%2Cb/Dockerfile,line=7::too old%0Ahint: raise it to 100%25",
        ),
        ("/work/app", "::error::too old%0Aat: /work/app%0Ahint: raise it to 100%25"),
        (
            "http://127.0.0.1:3000",
            "::error::too old%0Aat: http://127.0.0.1:3000%0Ahint: raise it to 100%25",
        ),
        ("", "::error::too old%0Ahint: raise it to 100%25"),
    ],
)
def test_a_problem_is_put_beside_its_line_or_told_with_its_place(at: str, said: str) -> None:
    assert annotation(Problem("too old", at, "raise it to 100%"), "error", "/work") == said


@pytest.mark.parametrize(
    ("kind", "level"),
    [("error", "error"), ("finding", "error"), ("warning", "warning"), ("note", "notice"), ("unknown", "warning")],
)  # fmt: skip
def test_the_level_is_as_grave_as_the_problem(kind: str, level: str) -> None:
    assert annotation(Problem("so it is"), kind, "") == f"::{level}::so it is"


@given(st.lists(TEXT, min_size=1, max_size=3))
def test_outputs_are_read_back_whatever_is_in_them(given: list[str]) -> None:
    outputs = {f"name{number}": value for number, value in enumerate(given)}

    assert values("".join(output(*pair) for pair in outputs.items())) == outputs


def test_nobody_can_foresee_where_an_output_ends() -> None:
    ends = {output("notes", "a\nb").splitlines()[0] for _ in range(3)}

    assert len(ends) == 3


@given(TEXT)
def test_a_cell_stays_one_cell(text: str) -> None:
    shown = cell(text)

    assert not re.search(r"[\r\n]", shown)
    assert not re.search(r"(?<!\\)(?:\\\\)*\|", shown)
    assert re.sub(r"\\(.)", r"\1", shown) == " ".join(text.split())
