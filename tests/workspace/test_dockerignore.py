"""What Docker sends and what not: each case was tried with moby/patternmatcher's rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from railrel.workspace.dockerignore import dockerignore


@pytest.mark.parametrize(
    ("patterns", "left_out", "sent"),
    [
        ("*.pyc", ["a.pyc"], ["b/a.pyc", "a.py"]),
        ("**/*.pyc", ["a.pyc", "b/c/a.pyc"], ["a.py"]),
        ("docs", ["docs", "docs/a", "docs/b/c"], ["docs2", "x/docs"]),
        ("docs/", ["docs/a"], ["x/docs/a"]),
        ("/docs", ["docs/a"], ["x/docs/a"]),
        ("**", ["a", "b/c"], []),
        ("**b", ["b", "ab", "a/ab", "ab/c"], ["a"]),
        ("*\n!keep", ["a", "b/c"], ["keep", "keep/x"]),
        ("docs\n!docs/README.md", ["docs/a"], ["docs/README.md"]),
        ("!docs/a\ndocs", ["docs/a"], ["x"]),
        ("*/temp*", ["a/temp", "a/temporary.txt", "a/temp/b"], ["temp", "a/b/temp"]),
        ("temp?", ["temp1"], ["temp", "temp12"]),
        ("a/**/b", ["a/b", "a/x/y/b"], ["b", "a/c"]),
        ("[a-c].txt", ["b.txt"], ["d.txt"]),
        ("[^a].txt", ["b.txt"], ["a.txt"]),
        ("\\*.txt", ["*.txt"], ["a.txt"]),
        ("a.b", ["a.b"], ["axb"]),
        ("# comment\n\n  spaced  \n", ["spaced"], ["# comment"]),
        ("\ufeff*.log\r\nx\r\n", ["a.log", "x"], ["y"]),
        ("./a/../b", ["b"], ["a"]),
        ("[unended", [], ["[unended", "u"]),
        ("! \n", [], ["a"]),
    ],
)
def test_patterns_mean_what_docker_means_by_them(
    patterns: str, left_out: list[str], sent: list[str]
) -> None:
    ignore = dockerignore(patterns)

    assert [path for path in (*left_out, *sent) if ignore.excludes(path)] == left_out


def test_the_builder_gets_what_it_needs_whatever_the_patterns_say() -> None:
    assert dockerignore("**").kept(["Dockerfile", ".dockerignore", "a"]) == (
        "Dockerfile",
        ".dockerignore",
    )


@given(st.text(max_size=30), st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_no_pattern_is_too_odd(patterns: str, path: str) -> None:
    assert dockerignore(patterns).excludes(path) in (True, False)


@given(st.lists(st.sampled_from(["a", "b", "*", "**", "?", "a*"]), min_size=1, max_size=4))
def test_what_a_last_pattern_takes_back_is_sent(parts: list[str]) -> None:
    pattern = "/".join(parts)
    path = "/".join("a" for _ in parts)
    ignore = dockerignore(f"**\n{pattern}\n!{path}")

    assert not ignore.excludes(path)
