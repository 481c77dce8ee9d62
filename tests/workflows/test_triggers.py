"""The globs of `on.push.tags`, by the rules of Gitea's and GitHub's filters."""

import re

import pytest
from packaging.utils import canonicalize_name
from packaging.version import Version

from railrel.releases.tags import tag_for
from railrel.workflows.triggers import branches_of, tag_globs

NAME = canonicalize_name("tender-api")


def admits(glob: str, tag: str) -> bool:
    """As docs.github.com/actions/reference/workflows-and-actions/workflow-syntax has it."""
    parts = re.findall(r"\\.|\*\*|\*|\[[^]]*\]|.", glob)
    meaning = {"**": ".*", "*": "[^/]*"}
    pattern = "".join(
        meaning.get(part) or (part if part.startswith("[") else re.escape(part.removeprefix("\\")))
        for part in parts
    )
    return re.fullmatch(pattern, tag) is not None


@pytest.mark.parametrize("version", ["1.2.3", "0.1", "2026.11", "1.0rc1", "1!2.0", "1.0+x"])
@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize(
    "last", ["", "v0.0.1", "0.0.1", "tender-api-v0.0.1", "tender-api-0.0.1", "tender-api/v0.0.1", "tender-api@0.0.1"]
)  # fmt: skip
def test_each_tag_that_a_release_makes_starts_the_job(
    version: str, last: str, *, shared: bool
) -> None:
    if shared and last in ("v0.0.1", "0.0.1"):
        last = ""
    own = {last: Version("0.0.1")} if last else {}

    tag = tag_for(Version(version), own, "", NAME, shared=shared)

    assert any(admits(glob, tag) for glob in tag_globs("", NAME, shared=shared))


@pytest.mark.parametrize(
    ("pattern", "tag", "other"),
    [
        ("v{version}", "v1.2", "1.2"),
        ("{name}/{version}", "tender-api/1.2", "v1.2"),
        ("release+{version}!", "release+1.2!", "releasee1.2!"),
        ("{version}-final", "1.2-final", "1.2"),
    ],
)
def test_a_form_of_ones_own_counts_alone(pattern: str, tag: str, other: str) -> None:
    (glob,) = tag_globs(pattern, NAME, shared=True)

    assert admits(glob, tag)
    assert not admits(glob, other)


def test_a_branch_or_a_tag_of_another_kind_starts_nothing() -> None:
    for tag in ("main", "latest", "version-1", "other-v1.2"):
        assert not any(admits(glob, tag) for glob in tag_globs("", NAME, shared=False))


def test_the_branches_that_are_checked_are_those_that_releases_go_from() -> None:
    assert branches_of(()) == ("main", "master")
    assert branches_of(("stable",)) == ("stable",)
