import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from railrel.dependencies.ranges import (
    CAPS,
    FLOORS,
    POLICIES,
    Style,
    complete,
    is_bounded,
    range_for,
)
from railrel.errors import Problem

parts = st.integers(0, 3000)
versions = st.builds(
    lambda epoch, release, pre, post: Version(f"{epoch}!{'.'.join(map(str, release))}{pre}{post}"),
    st.integers(0, 2),
    st.lists(parts, min_size=1, max_size=4),
    st.sampled_from(["", "a1", "b2", "rc3"]),
    st.sampled_from(["", ".post1"]),
)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("0.2.3", ">=0.2,<0.3"),
        ("1.4.2", ">=1.4,<2"),
        ("0.0.3", ">=0.0.3,<0.0.4"),
        ("0.3.0rc1", ">=0.3.0rc1,<0.4"),
        ("1.0.0a2", ">=1.0.0a2,<2"),
        ("2026.3", ">=2026.3,<2027"),
        ("5", ">=5,<6"),
        ("1!2.3", ">=1!2.3,<1!3"),
        ("0.2.3.post1", ">=0.2,<0.3"),
    ],
)
def test_a_version_gives_the_range_of_what_should_work_like_it(version: str, expected: str) -> None:
    assert range_for(Version(version)) == expected


@pytest.mark.parametrize(
    ("version", "style", "expected"),
    [
        ("1.4.2", Style("patch"), ">=1.4.2,<2"),
        ("0.2.3", Style("patch"), ">=0.2.3,<0.3"),
        ("0.0.3", Style("patch"), ">=0.0.3,<0.0.4"),
        ("1.4.2", Style("exact"), "==1.4.2"),
        ("1!2.0rc1", Style("exact"), "==1!2.0rc1"),
        ("1.4.2", Style("compatible"), "~=1.4.2"),
        ("1.4", Style("compatible"), "~=1.4.0"),
        ("3", Style("compatible"), "~=3.0.0"),
        ("1!3.1", Style("compatible"), "~=1!3.1.0"),
        ("0.3.0rc1", Style("compatible"), "~=0.3.0rc1"),
        ("0.3rc1", Style("compatible"), "~=0.3.0rc1"),
        ("1.4.2", Style(cap="minor"), ">=1.4,<1.5"),
        ("1.4.2", Style(cap="none"), ">=1.4"),
        ("0.2.3", Style(floor="patch", cap="none"), ">=0.2.3"),
        ("1.4.2", Style("exact", floor="minor"), ">=1.4,<2"),
        ("1.4.2", Style("compatible", floor="patch"), ">=1.4.2,<1.5"),
        ("2026.3.1", Style("patch"), ">=2026.3.1,<2027"),
        ("2026.3.1", Style(cap="none"), ">=2026.3"),
        ("0.0.3", Style(cap="minor"), ">=0.0.3,<0.0.4"),
        ("0.3.0rc1", Style(cap="none"), ">=0.3.0rc1"),
    ],
)
def test_a_team_says_how_wide_its_ranges_are(version: str, style: Style, expected: str) -> None:
    assert range_for(Version(version), style) == expected


styles = st.builds(
    Style,
    st.sampled_from(POLICIES),
    st.none() | st.sampled_from(FLOORS),
    st.none() | st.sampled_from(CAPS),
)


@given(versions, styles)
def test_in_every_style_a_version_is_within_its_range(version: Version, style: Style) -> None:
    found = range_for(version, style)

    assert isinstance(found, str)
    assert SpecifierSet(found).contains(version, prereleases=True)
    assert complete(found, found, version) == found


@pytest.mark.parametrize("version", ["0.2.3.dev4", "0.2.3+g12ab"])
def test_no_range_starts_from_a_version_that_no_registry_should_hold(version: str) -> None:
    assert isinstance(range_for(Version(version)), Problem)


@given(versions)
def test_a_version_is_always_within_its_range_and_the_range_is_bounded(version: Version) -> None:
    found = range_for(version)

    assert isinstance(found, str)
    assert SpecifierSet(found).contains(version, prereleases=True)
    assert is_bounded(found)


@given(versions)
def test_completing_twice_is_completing_once(version: Version) -> None:
    wanted = range_for(version)
    assert isinstance(wanted, str)

    once = complete(f"!={version.epoch}!{version.major}.9999", wanted, version)

    assert isinstance(once, str)
    assert complete(once, wanted, version) == once


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", ">=0.2,<0.3"),
        (">=0.2.1,!=0.2.2", ">=0.2.1,!=0.2.2"),
        ("!=0.2.2", "!=0.2.2,>=0.2,<0.3"),
        ("<0.5, !=0.2.2", "<0.5, !=0.2.2"),
        ("~=0.2.1", "~=0.2.1"),
        ("==0.2.*", "==0.2.*"),
        (">=0.1,<9", ">=0.1,<9"),
    ],
)
def test_a_range_of_the_users_own_is_kept_and_an_exclusion_gets_one_beside_it(
    written: str, expected: str
) -> None:
    assert complete(written, ">=0.2,<0.3", Version("0.2.3")) == expected


def test_a_range_that_excludes_the_sibling_is_a_problem_that_names_both() -> None:
    problem = complete(">=0.3", ">=0.2,<0.3", Version("0.2.3"))

    assert isinstance(problem, Problem)
    assert ">=0.3" in problem.message
    assert "0.2.3" in problem.message
