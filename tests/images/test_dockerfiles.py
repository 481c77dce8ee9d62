"""Dockerfiles are read as BuildKit reads them, and each part is found at its place."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from railrel.images.dockerfiles import Dockerfile, Instruction
from railrel.sources import Span

INSTRUCTIONS = (
    "FROM a",
    "from a as B",
    "COPY --from=x . /y",
    "RUN --mount=type=bind,from=x echo",
    "RUN echo a",
    "ONBUILD RUN a",
    "onbuild copy --from=x a b",
    'RUN ["a","b"]',
    'COPY ["a b","c"]',
    "USER x",
    "ENV a=b",
    "CMD x",
)
PARTS = (
    *(*INSTRUCTIONS, " && b", " \\", "\\", "\\\\", " `", "\n", "\n\n", "\r\n", "# c", " # c", "\t"),
    *("#escape=`", "# escape=`\n", "# syntax=x\n", "# foo=b\n", "  ", "<<EOF", "<<-EOF", "<<"),
    *(" <<'E F'", "EOF\n", "\tEOF\n", "EOF", "--x='a b'", "--", "'", '"', "\ufeff", "ä", "\xa0"),
)


def read(text: str | bytes) -> Dockerfile:
    return Dockerfile(Path("Dockerfile"), text.encode() if isinstance(text, str) else text)


def test_each_part_is_found_at_its_place() -> None:
    file = read(
        "# syntax=docker/dockerfile:1\n"
        "FROM python:3.12 AS Build\n"
        "run --mount=type=bind,from=issue-core,target=/x \\\n"
        "    # why\n"
        '    --mount="type=cache,target=/a,b" pip install \\\n'
        "\n"
        "    /x\n"
        "COPY --from=build --chown=1:1 a b\\\n"
        "c /d/\n"
    )

    _, run, copy = file.instructions

    assert (run.keyword, run.stage, run.onbuild) == ("RUN", 0, False)
    assert file.at(run.whole) == "Dockerfile:3:1"
    assert file.raw(run.whole).endswith("/x")
    assert [mount.kind for mount in run.mounts] == ["bind", "cache"]
    assert (run.mounts[0].options["from"], run.mounts[0].target) == ("issue-core", "/x")
    assert file.raw(run.mounts[1].flag.span) == '--mount="type=cache,target=/a,b"'
    assert run.rest.text == "pip install     /x"
    assert file.raw(run.rest.span) == "pip install \\\n\n    /x"
    assert [(w.text, file.at(w.span)) for w in run.words][-1] == ("/x", "Dockerfile:7:5")
    assert copy.flag("from") is not None
    assert copy.flag("link") is None
    assert [word.text for word in copy.words] == ["a", "bc", "/d/"]
    assert [file.raw(comment) for comment in file.comments] == [
        "# syntax=docker/dockerfile:1",
        "# why",
    ]


def test_stages_are_known_by_name_in_any_case_and_by_number() -> None:
    file = read("ARG V=1\nFROM a:$V AS One\nFROM --platform=linux/amd64 one\nFROM b as two\n")

    assert [(s.number, s.name, s.image) for s in file.stages] == [
        (0, "one", "a:$V"),
        (1, "", "one"),
        (2, "two", "b"),
    ]
    assert file.stage("ONE") == file.stage("0") == file.stages[0]
    assert file.parent(file.stages[1]) == file.stages[0]
    assert file.stage("3") is None
    assert file.stage("b") is None
    assert file.parent(file.stages[2]) is None


@pytest.mark.parametrize(
    ("text", "keywords"),
    [
        ("# escape=`\r\nFROM a\r\nRUN b `\r\n  c\r\nCOPY a b\\\r\n", ["FROM", "RUN", "COPY"]),
        ("FROM a\n# escape=`\nRUN b \\\nc\n", ["FROM", "RUN"]),
        ("\ufeff  from a\n\trun b", ["FROM", "RUN"]),
        ("FROM a\nRUN <<A cat <<-'B'\nUSER x\nA\nUSER y\n\tB\nUSER z\n", ["FROM", "RUN", "USER"]),
        ('FROM a\nRUN echo "<<A"\nUSER x\n', ["FROM", "RUN", "USER"]),
        ("FROM a\nRUN cat <<A\nno end", ["FROM", "RUN"]),
        ("FROM a\nRUN a \\\\\nUSER x", ["FROM", "RUN", "USER"]),
        ("", []),
    ],
)
def test_lines_are_joined_as_the_parser_joins_them(text: str, keywords: list[str]) -> None:
    assert [i.keyword for i in read(text).instructions] == keywords


def test_bytes_that_are_no_text_are_bytes_like_others() -> None:
    file = read(b"FROM a\nRUN echo \xe4 \\\n && b # \xff\n")

    run = file.instructions[1]

    assert file.data[run.whole.start : run.whole.end] == b"RUN echo \xe4 \\\n && b # \xff"
    assert run.rest.text == "echo \xe4  && b # \xff"


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PARTS), max_size=10).map("".join))
@example("FROM a\nRUN a <<'E F' \"\nEOF\n")
@example("FROM a\n\xa0RUN a\xa0\n")
def test_the_parser_of_buildkit_says_the_same(text: str) -> None:
    dockerfile = pytest.importorskip("dockerfile")
    file = read(text)
    ours = [_ours(file, instruction) for instruction in file.instructions]
    try:
        parsed = dockerfile.parse_string(text)
    except (dockerfile.GoParseError, AttributeError):
        # AttributeError: the binding trips over an ONBUILD with nothing behind it.
        return

    assert ours == [
        (
            _keyword(str(command.sub_cmd or command.cmd or "").upper()),
            str(command.cmd).upper() == "ONBUILD",
            command.start_line,
            command.end_line,
            # The binding gives none of those behind ONBUILD, and each byte of others as a character.
            () if command.sub_cmd else command.flags,
            [heredoc.content.encode() for heredoc in command.heredocs],
            _values(command),
        )
        for command in parsed
    ]


def _ours(file: Dockerfile, instruction: Instruction) -> object:
    first, last = instruction.whole.start, instruction.whole.end
    start = file.data.count(b"\n", 0, first) + 1
    array = instruction.array
    values = None
    if array is not None:
        values = tuple(text.encode("latin-1") for text in array)
    elif instruction.keyword in ("RUN", "USER", "CMD"):
        values = (instruction.rest.text.encode("latin-1"),)
    elif instruction.keyword == "COPY":
        values = tuple(word.text.encode("latin-1") for word in instruction.words)
    return (
        _keyword(instruction.keyword),
        instruction.onbuild,
        start,
        start + file.data.count(b"\n", first, last),
        () if instruction.onbuild else tuple(flag.text for flag in instruction.flags),
        [_bytes(file, span) for span in instruction.heredocs],
        values,
    )


def _values(command: object) -> object:
    keyword = str(getattr(command, "sub_cmd", "") or getattr(command, "cmd", "")).upper()
    if keyword not in ("RUN", "USER", "CMD", "COPY"):
        return None
    return tuple(value.encode() for value in getattr(command, "value", ()))


def _keyword(keyword: str) -> str:
    return keyword if keyword.isascii() else "?"


def _bytes(file: Dockerfile, span: Span) -> bytes:
    return file.data[span.start : span.end]
