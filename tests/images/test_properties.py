"""Any Dockerfile: what is not about a neighbour stays, a second run is empty, nothing is a crash."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from railrel.images.dockerfiles import Dockerfile
from railrel.sources import Span
from tests.images.migrating import APP, migrated

FROMS = ("FROM python:3.12", "from python:3.12 as build", "FROM build", "FROM issue-core")
COPIES = (
    "COPY --from=issue-core . /src/issue-core",
    "COPY --from=issue-core . issue-core",
    "copy --from=mail-kit pyproject.toml src /src/kit/",
    "COPY ../issue-core \\\n  /src/issue-core/",
    "ADD --chown=1:1 ../libs/mail-kit /src/kit",
    "COPY --from=issue-core docs /docs",
    "COPY --from=build /src /src",
    "COPY . .",
    'COPY --from=issue-core ["." , "/src/issue-core"]',
    "ONBUILD COPY --from=issue-core . /x",
)
OTHERS = (
    "WORKDIR /src",
    "WORKDIR issue-core",
    "USER app",
    "ENV A=/src/issue-core",
    "# docker build --build-context issue-core=../issue-core .",
    "  # a comment",
    "",
    "RUN <<EOF\npip install /src/issue-core\nEOF",
    'RUN ["pip", "install", "/src/kit"]',
    'SHELL ["/bin/bash", "-c"]',
    "CMD x",
)
MOUNTS = (
    "--mount=type=bind,from=issue-core,target=/src/issue-core",
    "--mount=from=mail-kit,dst=/src/kit,rw",
    "--mount=type=cache,target=/root/.cache",
    "--mount=type=secret,id=netrc,target=/root/.netrc",
)
WORDS = (
    "/src/issue-core",
    "'/src/issue-core[mail]'",
    "-e /src/kit",
    '"/src/kit[html]"',
    "./issue-core",
    ".",
    "gunicorn",
    "--no-deps",
    "--no-cache-dir",
    "--prefix=/install",
    "-r requirements.txt",
    "-i https://example.org/simple",
    "$X",
    "-U",
)
COMMANDS = ("pip install", "uv pip install --system", "A=1 python -m pip --quiet install")
BETWEEN = (" && ", " || ", "; ", " | ", " \\\n && ", " \\\n# why\n && ")
GAPS = (" ", "  ", "\t", " \\\n    ", " \\\n\n  ", " \\\n  # note\n  ")


@st.composite
def runs(draw: st.DrawFn) -> str:
    """A RUN of a few commands in some layout."""
    flags = draw(st.lists(st.sampled_from(MOUNTS), max_size=3, unique=True))
    commands = draw(st.lists(_commands(), min_size=1, max_size=3))
    text = commands[0]
    for command in commands[1:]:
        text += draw(st.sampled_from(BETWEEN)) + command
    return "".join(part + draw(st.sampled_from(GAPS)) for part in ["RUN", *flags]) + text


@st.composite
def _commands(draw: st.DrawFn) -> str:
    if draw(st.integers(0, 4)) == 0:
        return draw(st.sampled_from(["true", "rm -rf /src/issue-core", "ls /src/kit", "cd /src"]))
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4))
    return draw(st.sampled_from(COMMANDS)) + "".join(
        draw(st.sampled_from(GAPS)) + word for word in words
    )


lines = st.one_of(
    st.sampled_from(FROMS[:2]), st.sampled_from(COPIES), st.sampled_from(OTHERS), runs(), runs()
)
files = st.builds(
    lambda first, rest, newline: (first + "\n" + "\n".join(rest)).replace("\n", newline),
    st.sampled_from(FROMS),
    st.lists(lines, max_size=7),
    st.sampled_from(["\n", "\r\n"]),
)


@settings(max_examples=300)
@given(files)
@example(
    "FROM a\nCOPY ../issue-core /src/issue-core\nRUN pip install \\\n  a \\\n /src/issue-core \\\n ./x"
)
def test_what_is_not_about_a_neighbour_stays(text: str) -> None:
    result = migrated(text)

    before, after = _read(text.encode()), _read(result.files["Dockerfile"])
    kept = [_bytes(before, i.whole) for i in before.instructions]
    left = [_bytes(after, i.whole) for i in after.instructions]
    untouched = [line for line in left if b"netrc" not in line or line in kept]
    assert _is_subsequence(untouched, kept)
    assert [_bytes(after, c) for c in after.comments if b"build" not in _bytes(after, c)] == [
        _bytes(before, c)
        for c in before.comments
        if b"build" not in _bytes(before, c) and not _in_a_copy(before, c)
    ]
    gone = [i.keyword for i in before.instructions if i.keyword in ("COPY", "ADD")]
    assert len(before.instructions) - len(after.instructions) <= len(gone)


@settings(max_examples=300)
@given(files)
def test_a_second_run_is_empty(text: str) -> None:
    first = migrated(text)

    second = migrated(dict(first.files))

    assert second.migration.files == ()
    assert {rule for rule, _ in second.found} <= {rule for rule, _ in first.found}


@settings(max_examples=300)
@given(files)
def test_the_parser_of_buildkit_still_reads_it(text: str) -> None:
    dockerfile = pytest.importorskip("dockerfile")
    result = migrated(text)
    try:
        before = dockerfile.parse_string(text)
    except (dockerfile.GoParseError, AttributeError):
        return

    after = dockerfile.parse_string(result.text())

    gone = len(before) - len(after)
    assert 0 <= gone <= sum(c.cmd.upper() in ("COPY", "ADD") for c in before)
    moved = result.migration.siblings
    assert not any(f"--from={name}" in c.flags for name in moved for c in after)


@settings(max_examples=300)
@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
@example(b"COPY")
@example(b"RUN --mount=type=bind,from=issue-core")
@example(b"FROM a\nCOPY --from=issue-core\nRUN")
@example(b"ONBUILD")
@example(b"RUN pip install '")
def test_no_file_is_a_crash(data: bytes) -> None:
    for name in (
        "Dockerfile",
        "compose.yaml",
        "Makefile",
        ".gitea/workflows/a.yml",
        "docker-bake.hcl",
    ):
        migrated({name: data, "x.Dockerfile": "FROM a\n"})


def _read(data: bytes) -> Dockerfile:
    return Dockerfile(Path(APP / "Dockerfile"), data)


def _bytes(file: Dockerfile, span: Span) -> bytes:
    return file.data[span.start : span.end]


def _in_a_copy(file: Dockerfile, comment: Span) -> bool:
    return any(
        i.keyword in ("COPY", "ADD") and i.whole.start <= comment.start < i.whole.end
        for i in file.instructions
    )


def _is_subsequence(some: list[bytes], all_of_them: list[bytes]) -> bool:
    rest = iter(all_of_them)
    return all(line in rest for line in some)
