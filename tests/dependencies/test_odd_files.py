"""Files as no example has them. Each case once went wrong."""

import contextlib
import os
import socket
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from railrel.dependencies.look import Request
from railrel.dependencies.references import Index
from tests.dependencies.test_catalogue import HEAD, Bench

INDEX = Index("acme", "https://git.example.com/simple/", "https://git.example.com/pypi")


def changed(bench: Bench, name: str, data: bytes) -> bytes:
    """The file afterwards; as it was when nothing changes it."""
    path = bench.root / "app" / name
    path.write_bytes(data)
    found = bench.plan()
    assert found.problems == ()
    after = next((file.after for file in found.files if file.path == path), data)
    path.write_bytes(after)
    assert bench.plan().files == ()
    return after


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path.resolve() / "ws")
    made.write("issue-core/pyproject.toml", '[project]\nname = "issue-core"\nversion = "0.2.3"\n')
    made.write("größe à/pyproject.toml", '[project]\nname = "lib"\nversion = "1.4"\n')
    made.write("app/pyproject.toml", HEAD)
    return made


def test_a_comment_stays_a_comment_whatever_its_characters_hold(bench: Bench) -> None:
    # Their UTF-8 holds the byte 0x85, which is a line's end in Latin-1.
    text = "# ✅ ../issue-core\nrequests  # 😅 -e ../issue-core\n# Å see docs/setup.md\n-e ../issue-core\n"

    assert changed(bench, "requirements.txt", text.encode()).decode() == text.replace(
        "\n-e ../issue-core\n", "\nissue-core>=0.2,<0.3\n"
    )


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("requirements.txt", '-e "../größe à"', "lib>=1.4,<2"),
        ("requirements.txt", "-e '../issue-core'", "issue-core>=0.2,<0.3"),
        ("requirements.txt", "../größe%20à", None),
        ("requirements.txt", "lib @ file:../gr%C3%B6%C3%9Fe%20%C3%A0", "lib>=1.4,<2"),
        (
            "setup.cfg",
            "[options]\n  install_requires =\n     # å\n     lib @ file:../gr%C3%B6%C3%9Fe%20à ; os_name == 'nt'\n  y = 1",
            None,
        ),
        (
            "setup.cfg",
            "[options]\n  install_requires =\n     # å\n     issue-core @ ../issue-core\n  y = 1",
            "[options]\n  install_requires =\n     # å\n     issue-core>=0.2,<0.3\n  y = 1",
        ),
        (
            "setup.py",
            "R = [\r  'ü', 'issue-core @ ../issue-core'\r]\r",
            "R = [\r  'ü', 'issue-core>=0.2,<0.3'\r]\r",
        ),
    ],
)
def test_names_and_lines_that_are_not_ascii(
    bench: Bench, name: str, before: str, after: str | None
) -> None:
    if after is None:
        bench.write(f"app/{name}", "")
        (bench.root / "app" / name).write_bytes(before.encode())
        assert bench.plan().problems or bench.plan().files
        return
    assert changed(bench, name, before.encode()).decode() == after


def test_prose_and_printed_texts_of_setup_py_are_nobodys_requirements(bench: Bench) -> None:
    text = b'"""issue-core @ ../issue-core"""\nprint("issue-core @ ../issue-core")\n'

    assert changed(bench, "setup.py", text) == text


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("setup.py", b"print 'x'\nR = ['issue-core @ ../issue-core']\n", "unreadable-setup"),
        (
            "environment.yml",
            b"dependencies:\n\t- pip:\n\t  - -e ../issue-core\n",
            "unreadable-yaml",
        ),
        ("requirements.txt", b"x" + b" " * 200_000 + b"-e ../issue-core\n", "too-long"),
        ("run.py", b"# /// script\r\n# dependencies = [\r\n# ///\r\n", "unreadable-script"),
    ],
)
def test_what_cannot_be_read_is_said(bench: Bench, name: str, data: bytes, rule: str) -> None:
    (bench.root / "app" / name).write_bytes(data)

    assert [found for found, _, _ in bench.rules()] == [rule]


def test_a_script_with_crlf_and_an_empty_line_in_its_block_is_found(bench: Bench) -> None:
    text = "# /// script\r\n# dependencies = ['issue-core @ ../issue-core']\r\n#\r\n# x = 1\r\n# ///\r\n"
    (bench.root / "app" / "run.py").write_bytes(text.encode())

    assert [rule for rule, _, _ in bench.rules()] == ["script-path"]


def test_a_file_too_large_to_look_at_is_said_to_be(bench: Bench) -> None:
    (bench.root / "app" / "requirements.txt").write_bytes(b"x\n" * 3_000_000)

    assert [(rule, breaks) for rule, _, breaks in bench.rules()] == [("too-large", "image")]


def test_a_publish_does_not_mind_a_broken_file_that_no_backend_reads(bench: Bench) -> None:
    bench.write("app/Pipfile", "[packages\n")

    assert bench.plan(Request(purpose="publish")).problems == ()
    assert [p.rule for p in bench.plan(Request(purpose="image")).problems] == ["unreadable-toml"]
    bench.write("app/hatch.toml", "[envs\n")
    assert [p.rule for p in bench.plan(Request(purpose="publish")).problems] == ["unreadable-toml"]


def test_what_is_no_file_is_passed_over(bench: Bench) -> None:
    app = bench.root / "app"
    os.mkfifo(app / "requirements-pipe.txt")
    (app / "requirements-folder.txt").mkdir()
    # By a short name: paths of sockets may not be long.
    with socket.socket(socket.AF_UNIX) as server, contextlib.chdir(app):
        server.bind("Dockerfile")
    (app / "requirements.txt").write_bytes(
        b"-r requirements-pipe.txt\n-r a\0b.txt\n-e ../issue-core\n"
    )

    (file,) = bench.plan().files

    assert file.after.endswith(b"\nissue-core>=0.2,<0.3\n")


def test_many_lines_take_time_in_proportion(bench: Bench) -> None:
    lines = b"-e ../issue-core\n" * 3_000
    strings = "R = [" + ", ".join(["'issue-core @ ../issue-core'"] * 3_000) + "]\n"

    assert changed(bench, "requirements.txt", lines) == b"issue-core>=0.2,<0.3\n" * 3_000
    assert b"@" not in changed(bench, "setup.py", strings.encode())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'sources = { issue-core = { path = "../issue-core" }, "Issue_Core" = { path = "../issue-core" } }',
            "sources = {  }",
        ),
        (
            'sources = { x = { git = "https://x" }, issue-core = { path = "../issue-core" }, "issue.core" = { path = "../issue-core" } }',
            'sources = { x = { git = "https://x" } }',
        ),
        (
            'sources.issue-core = [{ index = "x" }, { path = "../issue-core", marker = "a" }, { path = "../issue-core" }]',
            'sources.issue-core = [{ index = "x" }]',
        ),
    ],
)
def test_neighbours_in_one_table_or_list_go_together(bench: Bench, before: str, after: str) -> None:
    head = HEAD + 'dependencies = ["issue-core"]\n[tool.uv]\n'

    assert bench.fixed("pyproject.toml", head + before + "\n") == (
        head.replace('core"]', 'core>=0.2,<0.3"]') + after + "\n"
    )


def test_one_name_from_two_folders_with_two_versions_is_said_and_not_done(bench: Bench) -> None:
    bench.write("other/pyproject.toml", '[project]\nname = "issue-core"\nversion = "0.1.0"\n')
    bench.write(
        "app/pyproject.toml",
        HEAD + 'dependencies = ["issue-core"]\n[tool.uv.sources]\nissue-core = [\n'
        '  { path = "../issue-core", marker = "os_name == \'nt\'" },\n'
        '  { path = "../other", marker = "os_name != \'nt\'" },\n]\n',
    )

    (problem,) = bench.problems()

    assert problem.rule == "two-versions"
    assert ">=0.2,<0.3" in problem.message
    assert ">=0.1,<0.2" in problem.message


@pytest.mark.parametrize(
    ("version", "fits"),
    [("^0.2", True), ("~0.2.1", True), ("0.2.*", True), ("^9", False), ("^0.1 || ^0.2", True)],
)
def test_poetrys_own_range_beside_a_path_is_kept_if_it_fits(
    bench: Bench, version: str, *, fits: bool
) -> None:
    text = f'[tool.poetry.dependencies]\nissue-core = {{ path = "../issue-core", version = "{version}" }}\n'
    bench.write("app/pyproject.toml", HEAD + text)

    found = bench.plan()

    assert [p.rule for p in found.problems] == ([] if fits else ["outside-range"])
    assert [r.now for r in found.replacements] == ([version] if fits else [])


@pytest.mark.parametrize(
    "requirement", ["lib@lib-1.0-py3-none-any.whl", "lib@../d/lib-1.0.tar.gz", "lib @ sub"]
)
def test_a_path_that_looks_like_an_address_is_found(bench: Bench, requirement: str) -> None:
    bench.write("app/pyproject.toml", f'{HEAD}dependencies = ["{requirement}"]\n')

    assert bench.plan(Request()).files or bench.plan().problems


PIECES = [
    "issue-core @ ../issue-core", "issue-core", "@", " ", "\n", "\\\n", "\\", "'", '"', '"""', "{", "}", "[", "]",
    "(", ")", ";", "#", "=", ":", ",", "+", "%", ".format(x)", "f", "r", "R=", "x", "../issue-core", "-e ", "-r ",
    "FROM ", "RUN ", "ENV ", "UV_FROZEN=1", "uv sync", "pip install ", "--from=", "/src/", "\r", "\t", "ü", "\x0c",
    "install_requires", "[options]\n", "dependencies:\n- pip:\n  - ", "- ", "# /// script\n", "# ///\n", "# ", "    ",
]  # fmt: skip
NAMES = ["setup.py", "setup.cfg", "Dockerfile", "compose.yaml", "tox.ini", "requirements.txt", "environment.yml"]  # fmt: skip


@settings(max_examples=300)
@given(st.sampled_from(NAMES), st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_whatever_stands_in_a_file_a_second_run_has_nothing_left_to_do(
    name: str, text: str
) -> None:
    with TemporaryDirectory() as folder:
        bench = Bench(Path(folder).resolve())
        bench.write("issue-core/pyproject.toml", HEAD.replace("app", "issue-core"))
        bench.write("app/pyproject.toml", HEAD)
        (bench.root / "app" / name).write_bytes(text.encode())

        found = bench.plan(Request(keep_source=name == "Dockerfile"))

        for file in found.files:
            file.path.write_bytes(file.after)
        assert found.problems or not bench.plan().files
