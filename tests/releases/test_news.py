"""What a release tells, and how the changelog comes to say it."""

import textwrap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from railrel.documents import read
from railrel.errors import ConfigError
from railrel.releases.changelog import Entry, unreleased, with_entry
from railrel.releases.commits import Commit
from railrel.releases.fragments import Fragment, fragments_of
from railrel.releases.news import news_of, text_of, written_changelog
from railrel.sources import BOM, Source

ENTRY = Entry("1.2.0", "2026-01-31", "v1.2.0", "### Added\n\n- a thing")


def text(indented: str) -> str:
    return textwrap.dedent(indented).lstrip("\n")


def commits(*messages: str) -> tuple[Commit, ...]:
    return tuple(Commit("0" * 40, message) for message in messages)


# --- the changelog

FORMS = {
    "nothing": (
        "",
        """
        # Changelog

        ## [Unreleased]

        ## [1.2.0] - 2026-01-31

        ### Added

        - a thing
        """,
    ),
    "unreleased": (
        """
        # Changelog

        All that is notable.

        ## [Unreleased]

        ### Fixed

        - what somebody wrote

        ## [1.1.0] - 2025-12-01

        ### Added

        - older

        [Unreleased]: https://git.example.com/acme/core/compare/v1.1.0...HEAD
        [1.1.0]: https://git.example.com/acme/core/compare/v1.0.0...v1.1.0
        """,
        """
        # Changelog

        All that is notable.

        ## [Unreleased]

        ## [1.2.0] - 2026-01-31

        ### Added

        - a thing

        ## [1.1.0] - 2025-12-01

        ### Added

        - older

        [Unreleased]: https://git.example.com/acme/core/compare/v1.2.0...HEAD
        [1.2.0]: https://git.example.com/acme/core/compare/v1.1.0...v1.2.0
        [1.1.0]: https://git.example.com/acme/core/compare/v1.0.0...v1.1.0
        """,
    ),
    "plain headings": (
        """
        # News

        ## 1.1.0 (2025-12-01)

        - older
        """,
        """
        # News

        ## 1.2.0 (2026-01-31)

        ### Added

        - a thing

        ## 1.1.0 (2025-12-01)

        - older
        """,
    ),
    "versions with a v and no date": (
        """
        # v1.1.0

        - older
        """,
        """
        # v1.2.0

        ### Added

        - a thing

        # v1.1.0

        - older
        """,
    ),
    "a title alone": (
        """
        # Changes

        Who wrote what.
        """,
        """
        # Changes

        Who wrote what.

        ## [1.2.0] - 2026-01-31

        ### Added

        - a thing
        """,
    ),
    "headings in code are no headings": (
        """
        # Changelog

        ```markdown
        ## [Unreleased]
        ## [9.9.9] - 2020-01-01
        ```

        ## Unreleased
        """,
        """
        # Changelog

        ```markdown
        ## [Unreleased]
        ## [9.9.9] - 2020-01-01
        ```

        ## Unreleased

        ## 1.2.0 - 2026-01-31

        ### Added

        - a thing
        """,
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_new_section_stands_on_top_in_the_form_that_the_file_has(form: str) -> None:
    before, after = FORMS[form]

    assert with_entry(text(before), ENTRY).lstrip("\n") == text(after)


sections = st.lists(
    st.sampled_from(
        ["## [1.1.0] - 2025-12-01", "### Added", "- x", "", "text", "```", "[a]: http://b"]
    )
).map("\n".join)


@given(sections)
def test_no_line_of_the_file_is_lost(before: str) -> None:
    after = with_entry(f"# Changelog\n\n{before}\n", ENTRY)

    left = iter(after.splitlines())
    assert all(line in left for line in before.splitlines() if line)
    assert after.count("- a thing") == 1


def test_headings_alone_are_nothing_that_somebody_wrote() -> None:
    assert unreleased("# C\n\n## [Unreleased]\n\n### Added\n\n## [1.0]\n\n- x\n") == ""
    assert unreleased("# C\n\n## Unreleased\n\n- y\n\n## 1.0.0\n\n- x\n") == "- y"


def test_line_endings_and_the_mark_stay(tmp_path: Path) -> None:
    path = tmp_path / "CHANGELOG.md"
    path.write_bytes(BOM + b"# Changelog\r\n\r\n## [1.1.0] - 2025-12-01\r\n\r\n- older\r\n")

    after = written_changelog(Source(path, path.read_bytes()), ENTRY).after

    assert after == BOM + (
        b"# Changelog\r\n\r\n## [1.2.0] - 2026-01-31\r\n\r\n### Added\r\n\r\n- a thing\r\n\r\n"
        b"## [1.1.0] - 2025-12-01\r\n\r\n- older\r\n"
    )


def test_a_changelog_in_another_encoding_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not UTF-8"):
        text_of(Source(tmp_path / "CHANGELOG.md", b"\xff\xfe#"))


# --- what is told


def test_conventional_commits_say_what_and_how_much() -> None:
    news = news_of(
        "",
        (),
        commits(
            "feat(api): list issues",
            "fix: close files\n\nThey were left open.",
            "chore: tidy up",
            "feat!: ask for a token",
            "fix: another\n\nBREAKING CHANGE: the old\n  token is refused\nRefs: #12",
            "Merge of something",
        ),
    )

    assert news.step == "major"
    assert news.body == text(
        """
        ### Breaking

        - ask for a token
        - the old token is refused

        ### Added

        - api: list issues

        ### Fixed

        - close files
        - another"""
    )


@pytest.mark.parametrize(
    ("message", "step"),
    [("fix: a", "patch"), ("feat: a", "minor"), ("docs: a", "patch"), ("fix!: a", "major")],
)
def test_the_step_is_the_largest_that_is_asked_for(message: str, step: str) -> None:
    assert news_of("", (), commits("chore: b", message)).step == step


def test_commits_without_a_convention_tell_their_first_lines_and_no_step() -> None:
    news = news_of("", (), commits("Close files\n\nMore.", "List issues"))

    assert news.step is None
    assert news.body == "### Changed\n\n- Close files\n- List issues"


def test_what_somebody_wrote_below_unreleased_comes_first() -> None:
    news = news_of("## [Unreleased]\n\n- by hand\n\n## [1.0.0]\n", (), commits("feat: by commit"))

    assert (news.body, news.step) == ("- by hand", "minor")


# --- fragments


def project(folder: Path, more: str = "") -> Path:
    (folder / "pyproject.toml").write_text(f'[project]\nname = "core"\nversion = "1"\n{more}')
    return folder / "pyproject.toml"


def found(folder: Path, more: str = "") -> tuple[Fragment, ...]:
    return fragments_of(read(project(folder, more)))


def test_fragments_are_told_by_their_names(tmp_path: Path) -> None:
    folder = tmp_path / "changelog.d"
    folder.mkdir()
    for name, said in {
        "12.added.md": "- list issues\n",
        "+files.bugfix.1.md": "close files\n\nThey were left open.\n",
        "7.misc": "",
        "README.md": "how to",
        ".gitignore": "",
    }.items():
        (folder / name).write_text(said)

    fragments = found(tmp_path)
    news = news_of("", fragments, ())

    assert news.step == "minor"
    assert news.body == (
        "### Added\n\n- list issues (#12)\n\n### Fixed\n\n- close files\n\n  They were left open."
    )
    assert sorted(each.path.name for each in fragments) == [
        "+files.bugfix.1.md",
        "12.added.md",
        "7.misc",
    ]


def test_towncriers_own_folder_is_looked_at(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "1.removal.rst").write_text("The old way is gone.")

    assert [
        f.change.heading for f in found(tmp_path, '[tool.towncrier]\ndirectory = "news"\n')
    ] == ["Removed"]


def test_fragments_that_do_not_say_what_they_are_are_told_all_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "newsfragments"
    folder.mkdir()
    (folder / "12.md").write_text("x")
    (folder / "13.wonder.md").write_text("x")
    (folder / "14.fixed.md").write_text("  \n")

    with pytest.raises(ConfigError) as caught:
        found(tmp_path)

    assert [problem.message for problem in caught.value.problems] == [
        "12.md does not say which kind of change it is",
        "13.wonder.md does not say which kind of change it is",
        "14.fixed.md says nothing",
    ]
