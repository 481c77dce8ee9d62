"""What uv's answers mean to a proof of install."""

import json
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from railrel.distributions.modules import to_import
from railrel.distributions.proving import condensed, interpreters, locked, strangers


def listed(version: str, path: str, variant: str = "default") -> dict[str, str]:
    return {
        "version": version, "path": path, "implementation": "cpython", "variant": variant,
    }  # fmt: skip


def test_of_each_minor_version_that_is_admitted_the_newest_is_taken() -> None:
    entries = [
        listed("3.11.2", "/usr/bin/python3.11"),
        listed("3.11.7", "/opt/python3.11"),
        listed("3.13.1", "/opt/python3.13t", "freethreaded"),
        listed("3.12.4", "/opt/python3.12"),
        listed("3.9.18", "/opt/python3.9"),
    ]
    said = f"warning: Failed to inspect [stderr]\n  pyenv: not found\n{json.dumps(entries)}\n"

    found = interpreters(said, ">=3.10")

    assert [(str(i.version), i.path) for i in found] == [
        ("3.11.7", Path("/opt/python3.11")),
        ("3.12.4", Path("/opt/python3.12")),
    ]
    assert interpreters("no JSON at all", "") == ()


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
