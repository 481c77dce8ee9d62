"""Which number comes next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from railrel.releases.numbers import STEPS, Step, careful, next_development, next_version


@pytest.mark.parametrize(
    ("current", "step", "following"),
    [
        ("0.2.3", "patch", "0.2.4"),
        ("0.2.3", "minor", "0.3.0"),
        ("0.2.3", "major", "1.0.0"),
        ("0.2", "minor", "0.3"),
        ("0.2", "patch", "0.2.1"),
        ("7", "minor", "7.1"),
        ("1.2.3.4", "minor", "1.3.0.0"),
        ("1!1.2.3", "patch", "1!1.2.4"),
        ("1.2.3rc1", "patch", "1.2.3"),
        ("1.3.0rc1", "minor", "1.3.0"),
        ("1.3.1rc1", "minor", "1.4.0"),
        ("2.0.0b2", "major", "2.0.0"),
        ("2.1.0b2", "major", "3.0.0"),
        ("1.2.4.dev0", "patch", "1.2.4"),
        ("0.0.0.1rc1", "major", "1.0.0.0"),
        ("0.0.0.1rc1", "patch", "0.0.1.0"),
        ("1.2.3.post1", "patch", "1.2.4"),
        ("1.2.3+local", "patch", "1.2.4"),
    ],
)
def test_a_step_leads_to_the_next_number(current: str, step: Step, following: str) -> None:
    assert next_version(Version(current), step) == Version(following)


def test_below_one_a_breaking_change_is_a_minor_step() -> None:
    assert careful("major", Version("0.9.1")) == "minor"
    assert careful("major", Version("1.0.0")) == "major"
    assert careful("patch", Version("0.9.1")) == "patch"


numbers = st.lists(st.integers(0, 99), min_size=1, max_size=4).map(lambda n: ".".join(map(str, n)))
ends = st.sampled_from(["", "rc1", ".dev3", "a2", ".post4", "+here"])


@given(numbers, ends, st.sampled_from(STEPS))
def test_the_next_number_is_higher_and_a_release(number: str, end: str, step: Step) -> None:
    current = Version(number + end)

    following = next_version(current, step)

    assert following > current or current.local
    assert following.public == following.base_version


@given(numbers)
def test_development_comes_after_a_release_and_before_the_next(number: str) -> None:
    version = Version(number)

    upcoming = next_development(version)

    assert version < upcoming < next_version(version, "patch") == next_version(upcoming, "patch")
