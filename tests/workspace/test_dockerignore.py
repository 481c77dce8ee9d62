"""What Docker sends and what not: each case was put to moby/patternmatcher and to fsutil as well."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from railrel.workspace.dockerignore import dockerignore, needed_by_builder


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
        ("**foo", ["foo", "xfoo", "a/xfoo", "foo/a"], ["food"]),
        ("**/foo", ["foo", "a/foo", "a/foo/b"], ["xfoo"]),
        ("foo**", ["foo", "food", "foo/a"], ["a/foo"]),
        ("abc/**", ["abc/a", "abc/a/b"], ["abc"]),
        ("a**b", ["ab", "ax/b", "a/x/b"], ["axb"]),
        ("a[^b]c", ["axc", "a/c"], ["abc"]),
        ("[!a]", ["!", "a"], ["b"]),
        ("[\\]a]", ["]", "a"], ["\\"]),
        ("v[[:digit:]]*", ["v1", "v12"], ["va"]),
        ("v\\d", ["v1"], ["vd"]),
        ("a?b", ["a☺b"], ["a/b"]),
        ("a b\\ c", ["a b c"], ["a"]),
        ("*.{js,ts}", ["a.{js,ts}"], ["a.js"]),
        ("a{2}?", ["aab"], ["a{2}b"]),
        ("x|*.y", ["x", "a.y", "xx"], ["z"]),
        ("a^*", [], ["a^", "a"]),
        ("^a", ["^a"], ["a"]),
        ("*\n/!a", ["b"], ["a"]),
        ("!!a\n*", ["a", "!a"], []),
        ("*\n!!a", ["a"], ["!a"]),
        ("a\vb\nc\rd\ne\x1c", ["a\vb", "c\rd", "e\x1c"], ["a", "c", "e"]),
        ("\xa0a\u3000", ["a"], []),
        (" #a", ["#a"], ["a"]),
        ("//a", ["a"], []),
        ("/\n.\n..", [], ["a"]),
        ("a/b\n!a", ["a/b", "a/b/c"], ["a", "a/d"]),
        ("a\n!a/b\na/b/c", ["a/x", "a/b/c/d"], ["a/b/x"]),
        ("a\\", [], ["a"]),
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


@pytest.mark.parametrize(
    ("path", "needed"),
    [
        ("Dockerfile", True),
        (".dockerignore", True),
        ("docker/Dockerfile.prod", True),
        ("docker/prod.Dockerfile", True),
        ("Dockerfile.dockerignore", True),
        ("docker/prod.Dockerfile.dockerignore", True),
        ("Dockerfiles", False),
        ("docker/readme", False),
        ("Dockerfile/a", False),
    ],
)
def test_a_dockerfile_by_another_name_is_needed_too(path: str, needed: bool) -> None:  # noqa: FBT001
    assert needed_by_builder(path) is needed


def test_what_only_go_understands_hides_nothing() -> None:
    assert dockerignore("\\pL*").kept(["a"]) == ("a",)
    assert dockerignore("*\n!\\pL*").kept(["a"]) == ("a",)


def test_many_stars_do_not_take_for_ever() -> None:
    ignore = dockerignore("/".join(["**"] * 40) + "/x*y")

    assert not ignore.excludes("/".join(["a"] * 60))


@given(st.text(max_size=30), st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
def test_no_pattern_is_too_odd(patterns: str, path: str) -> None:
    assert dockerignore(patterns).excludes(path) in (True, False)


@given(st.text("ab*?[]^-\\!/.{}|()+$:0,d\n", max_size=20), st.text("ab/*[]", max_size=12))
def test_no_pattern_of_odd_characters_is_too_odd(patterns: str, path: str) -> None:
    assert dockerignore(patterns).excludes(path) in (True, False)


PARTS = st.sampled_from(["a", "b", "*", "**", "?", "a*", "b[a-b]"])
LINES = st.lists(
    st.tuples(st.sampled_from(["", "!"]), st.lists(PARTS, min_size=1, max_size=3)), max_size=5
)
PATHS = st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=4).map("/".join)


@given(LINES, st.lists(PATHS, max_size=6))
def test_asked_one_by_one_or_all_at_once_it_says_the_same(
    lines: list[tuple[str, list[str]]], paths: list[str]
) -> None:
    ignore = dockerignore("\n".join(bang + "/".join(parts) for bang, parts in lines))

    assert ignore.kept(paths) == tuple(path for path in paths if not ignore.excludes(path))


@given(LINES.map(lambda lines: [line for line in lines if not line[0]]), PATHS)
def test_without_exceptions_what_is_in_an_excluded_folder_is_excluded(
    lines: list[tuple[str, list[str]]], path: str
) -> None:
    ignore = dockerignore("\n".join("/".join(parts) for _, parts in lines))

    assert ignore.excludes(f"{path}/below") >= ignore.excludes(path)


@given(st.lists(st.sampled_from(["a", "b", "*", "**", "?", "a*"]), min_size=1, max_size=4))
def test_what_a_last_pattern_takes_back_is_sent(parts: list[str]) -> None:
    pattern = "/".join(parts)
    path = "/".join("a" for _ in parts)
    ignore = dockerignore(f"**\n{pattern}\n!{path}")

    assert not ignore.excludes(path)
