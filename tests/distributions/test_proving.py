"""What uv's answers mean to a proof of install."""

import pytest
from packaging.utils import canonicalize_name

from railrel.distributions.modules import to_import
from railrel.distributions.proving import condensed, locked, strangers

LOCK = b"""\
lock-version = "1.0"
[[packages]]
name = "Issue_Core"
version = "0.2.3"
wheels = [{ url = "https://x/a.whl", hashes = { sha256 = "aa" } }]
[[packages]]
name = "django"
version = "5.2"
sdist = { url = "https://y/b.tar.gz", hashes = { sha256 = "bb" } }
"""


@pytest.mark.parametrize(("held", "rules"), [({"aa"}, []), ({"cc"}, ["not-from-registry"])])
def test_files_of_our_names_are_the_registry_s_own(held: set[str], rules: list[str]) -> None:
    ours = {canonicalize_name("issue-core"): frozenset(held)}

    assert [p.rule for p in strangers(locked(LOCK), ours, "https://x")] == rules


def test_uv_s_words_are_told_in_one_line() -> None:
    said = (
        "  \u00d7 No solution found when resolving dependencies:\n"
        "  ╰─▶ Because there is no version of core==0+railrel.is.not.published\n      we give up.\n"
    )

    assert condensed(said) == (
        "No solution found when resolving dependencies: Because there is no version of "
        "core==NOT PUBLISHED we give up."
    )


@pytest.mark.parametrize(
    ("names", "modules"),
    [
        (["core/__init__.py", "core/models.py", "_core.abi3.so"], ("core",)),
        (["plain.py", "core-1.0.data/purelib/more.py"], ("more", "plain")),
        (["acme/core/__init__.py", "acme/ui/__init__.py"], ("acme.core", "acme.ui")),
        (["fast.cpython-311-x86_64-linux-gnu.so"], ("fast",)),
        (["core-1.0.dist-info/METADATA", "data/x.json"], ()),
    ],
)
def test_the_top_modules_of_a_wheel_are_imported(
    names: list[str], modules: tuple[str, ...]
) -> None:
    assert to_import(names) == modules
