"""What the changelog tells of one version."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from railrel.releases.changelog import Entry, section, with_entry

FILE = textwrap.dedent(
    """\
    # Changelog

    ## [Unreleased]

    - not yet

    ## [1.2.0] - 2026-01-31

    ### Added

    - a thing
      over two lines

    ```markdown
    ## [1.1.0] - 2020-01-01
    ```

    ## [1.1.0] - 2025-12-01

    - older

    ## [1.0.0] - 2025-11-01

    [Unreleased]: https://git.example.com/acme/core/compare/v1.2.0...HEAD
    [1.2.0]: https://git.example.com/acme/core/compare/v1.1.0...v1.2.0
    """
)


def test_a_section_is_what_stands_between_its_heading_and_the_next() -> None:
    assert section(FILE, "1.2.0") == (
        "### Added\n\n- a thing\n  over two lines\n\n```markdown\n## [1.1.0] - 2020-01-01\n```"
    )
    assert section(FILE, "1.1.0") == "- older"


@pytest.mark.parametrize("version", ["9.9.9", "1.2.0rc1", "0.1.0", "1.2.0.post1"])
def test_a_version_that_is_not_told_of_has_none(version: str) -> None:
    assert section(FILE, version) == ""


def test_a_version_is_found_in_another_spelling() -> None:
    assert section(FILE, "1.2") == section(FILE, "1.2.0")


def test_a_heading_alone_and_its_links_are_nothing() -> None:
    assert section(FILE, "1.0.0") == ""


@pytest.mark.parametrize(
    "heading",
    [
        "## 1.0rc1",
        "# v1.0.0rc1",
        "### [1.0-rc.1](https://git.example.com/compare) (2026-01-31)",
        "## 1.0rc1: the first",
        "## 1.0rc1-2026-01-31",
    ],
)
def test_headings_are_read_in_each_of_their_forms(heading: str) -> None:
    text = f"# Changes\n\n## 1.0 - 2026-02-01\n\n- out\n\n{heading}\n\n- tried\n\n# 0.9\n\n- old\n"

    assert section(text, "1.0rc1") == "- tried"


def test_patches_a_level_below_their_minor_version_are_not_its() -> None:
    text = (
        "# [2.0.0](x) (2026-02-01)\n\n### Features\n\n- new\n\n### 3.11 is needed\n\n- yes\n\n"
        "## [1.9.1](x) (2026-01-01)\n\n- old\n"
    )

    assert section(text, "2.0.0") == "### Features\n\n- new\n\n### 3.11 is needed\n\n- yes"


versions = st.from_regex(
    r"(1!)?[0-9]{1,4}(\.[0-9]{1,2}){0,3}((a|rc|\.post|\.dev)[0-9])?", fullmatch=True
)
lines = st.sampled_from(
    ["### Added", "#### 2.0 is gone", "- x", "", "text [1]", "```\n## 9.9\n```", "1.0", "- `## [1.0]`"]
)  # fmt: skip
bodies = st.lists(lines, max_size=8).map("\n".join)
files = st.lists(
    st.sampled_from(
        ["# Changelog", "## [Unreleased]", "- not yet", "## [0.0.7] - 2025-12-01", "### Fixed", "",
         "- y", "[0.0.7]: https://git.example.com/acme/core/compare/v0.0.6...v0.0.7"]
    ), max_size=8,
).map("\n".join)  # fmt: skip


@given(files, versions, bodies)
def test_what_is_written_is_read_back(before: str, version: str, body: str) -> None:
    entry = Entry(version, "2026-01-31", f"v{version}", body)

    after = with_entry(before, entry)

    assert section(after, version) == body.strip()
    assert "not yet" not in section(after, version)
