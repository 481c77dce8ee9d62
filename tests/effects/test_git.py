from pathlib import Path

import pytest

from railrel.effects.git import RealGit
from railrel.errors import ConfigError
from tests.workbench import Workbench


@pytest.fixture
def project(bench: Workbench) -> Path:
    bench.library()
    bench.commit("issue-core", "v0.2.3")
    return bench.root / "issue-core"


def test_a_clean_checkout_at_its_tag(bench: Workbench, project: Path) -> None:
    state = RealGit(bench.environment).state(project)

    assert state
    assert (state.branch, state.dirty, state.tags) == ("main", (), ("v0.2.3",))
    assert (state.ahead, state.behind, state.remote) == (None, None, None)
    assert state.commit_time == 1767323045
    assert state.commit == bench.git("issue-core", "rev-parse", "HEAD").strip()


def test_changed_staged_renamed_and_new_files_are_dirty(bench: Workbench, project: Path) -> None:
    bench.write("issue-core/tracked file.txt", "x")
    bench.commit("issue-core")
    bench.git("issue-core", "mv", "tracked file.txt", "renamed file.txt")
    bench.write("issue-core/new.txt", "x")
    bench.write("issue-core/issue_core/__init__.py", "changed = 1\n")

    state = RealGit(bench.environment).state(project)

    assert state
    assert sorted(state.dirty) == ["issue_core/__init__.py", "new.txt", "renamed file.txt"]
    assert state.tags == ()


def test_ahead_and_behind_count_against_the_upstream(bench: Workbench, project: Path) -> None:
    bench.call(["git", "clone", "-q", "--bare", str(project), "remote.git"])
    bench.git("issue-core", "remote", "add", "origin", str(bench.root / "remote.git"))
    bench.git("issue-core", "fetch", "-q", "origin")
    bench.git("issue-core", "branch", "-q", "--set-upstream-to", "origin/main")
    bench.commit("issue-core")
    bench.commit("issue-core")

    state = RealGit(bench.environment).state(project)

    assert state
    assert (state.ahead, state.behind) == (2, 0)


def test_a_detached_head_an_empty_repository_and_none_at_all(
    bench: Workbench, project: Path
) -> None:
    bench.git("issue-core", "checkout", "-q", "--detach")
    (bench.root / "empty").mkdir()
    bench.git("empty", "init", "-q", "-b", "trunk")
    (bench.root / "plain").mkdir()
    git = RealGit(bench.environment)

    detached, empty = git.state(project), git.state(bench.root / "empty")

    assert detached
    assert detached.branch is None
    assert empty
    assert (empty.branch, empty.commit) == ("trunk", None)
    assert git.state(bench.root / "plain") is None
    assert git.files(bench.root / "plain") is None


def test_a_project_within_a_repository_sees_only_its_own_changes(bench: Workbench) -> None:
    bench.library("mono/one")
    bench.library("mono/two")
    bench.commit("mono", "v1")
    bench.write("mono/two/new.txt", "x")
    git = RealGit(bench.environment)

    one, two = git.state(bench.root / "mono/one"), git.state(bench.root / "mono/two")

    assert one
    assert two
    assert (one.dirty, two.dirty) == ((), ("two/new.txt",))
    assert git.files(bench.root / "mono/two") is not None


def test_a_remote_is_told_without_its_credentials(bench: Workbench, project: Path) -> None:
    bench.git("issue-core", "remote", "add", "origin", "https://u:marked@git.example.com/a/b.git")

    state = RealGit(bench.environment).state(project)

    assert state
    assert state.remote == "https://git.example.com/a/b.git"


def test_nothing_is_written_into_the_repository(bench: Workbench, project: Path) -> None:
    index = project / ".git" / "index"
    # A file touched without a change makes a plain `git status` write a fresh index.
    (project / "issue_core" / "__init__.py").touch()
    before = index.stat().st_mtime_ns, index.read_bytes()

    RealGit(bench.environment).state(project)

    assert (index.stat().st_mtime_ns, index.read_bytes()) == before


def test_a_broken_repository_is_an_error_in_gits_own_words(bench: Workbench, project: Path) -> None:
    (project / ".git" / "index").write_bytes(b"garbage")

    with pytest.raises(ConfigError, match=r"git cannot read this repository: .*index"):
        RealGit(bench.environment).state(project)


def test_a_tag_leads_to_its_commit_also_when_it_is_annotated(
    bench: Workbench, project: Path
) -> None:
    bench.git("issue-core", "tag", "-a", "-m", "Said", "annotated")
    head = bench.git("issue-core", "rev-parse", "HEAD").strip()
    tag_object = bench.git("issue-core", "rev-parse", "annotated").strip()
    git = RealGit(bench.environment)

    assert tag_object != head
    for name in ("refs/tags/v0.2.3", "refs/tags/annotated", tag_object, head):
        assert git.commit_of(project, name) == head


@pytest.mark.parametrize("name", ["refs/tags/v9", "refs/tags/main", "0a" * 20, "--help", ""])
def test_what_is_not_here_leads_nowhere(bench: Workbench, project: Path, name: str) -> None:
    assert RealGit(bench.environment).commit_of(project, name) is None
    assert RealGit(bench.environment).commit_of(bench.root, name) is None


@pytest.mark.parametrize("kind", ["light", "annotated"])
def test_a_tag_that_was_fetched_without_its_name_is_known_by_what_git_noted(
    bench: Workbench, project: Path, kind: str
) -> None:
    if kind == "annotated":
        bench.git("issue-core", "tag", "-f", "-a", "-m", "Said", "v0.2.3")
    bench.git(".", "init", "-q", "checkout")
    bench.git("checkout", "fetch", "-q", "--depth", "1", f"file://{project}", "refs/tags/v0.2.3")
    git = RealGit(bench.environment)

    assert bench.git("checkout", "tag") == ""
    assert git.commit_of(bench.root / "checkout", "refs/tags/v0.2.3") == (
        bench.git("issue-core", "rev-parse", "HEAD").strip()
    )
    assert git.commit_of(bench.root / "checkout", "refs/tags/v0.2") is None


def test_a_checkout_that_another_user_made_is_told_with_gits_own_cure(
    bench: Workbench, project: Path
) -> None:
    theirs = {**bench.environment, "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}

    with pytest.raises(ConfigError, match="dubious ownership") as refused:
        RealGit(theirs).state(project)

    assert refused.value.problems[0].hint == (
        f"git config --global --add safe.directory '{project}'"
    )


def test_what_changed_since_is_told_with_both_names_of_what_moved_and_all_that_is_new(
    bench: Workbench, project: Path
) -> None:
    bench.write("issue-core/old name.txt", "x")
    bench.write("issue-core/sub/kept.txt", "x")
    bench.commit("issue-core", "before")
    bench.git("issue-core", "mv", "old name.txt", "new name.txt")
    bench.commit("issue-core")
    bench.write("issue-core/fresh/deep/a.txt", "x")
    bench.write("issue-core/sub/kept.txt", "changed")
    git = RealGit(bench.environment)

    found = git.changed(project, "before")

    assert found == tuple(
        project / name
        for name in ("fresh/deep/a.txt", "new name.txt", "old name.txt", "sub/kept.txt")
    )
    assert git.changed(project / "sub", "before") == (project / "sub/kept.txt",)
    assert git.changed(project, "nothing-of-this-name") is None
    assert git.changed(bench.root, "before") is None


def test_tags_at_head_are_told_whatever_people_have_set_for_their_own_logs(
    bench: Workbench, project: Path
) -> None:
    bench.git("issue-core", "tag", "-a", "-m", "x", "annotated", "v0.2.3")
    bench.git("issue-core", "tag", "-a", "-m", "x", "of-a-tag", "annotated")
    bench.git("issue-core", "tag", "of-a-tree", "HEAD^{tree}")
    bench.git("issue-core", "branch", "v0.2.3-as-a-branch")
    for name, value in (
        ("log.excludeDecoration", "refs/tags/*"),
        ("log.showSignature", "true"),
        ("log.decorate", "no"),
        ("color.ui", "always"),
    ):
        bench.git("issue-core", "config", name, value)

    state = RealGit(bench.environment).state(project)

    assert state
    assert state.tags == ("annotated", "of-a-tag", "v0.2.3")


def test_a_hook_is_answered_from_the_index_that_its_commit_works_on(
    bench: Workbench, project: Path
) -> None:
    bench.write("issue-core/new.txt", "x")
    folder = project / ".git"
    other = {**bench.environment, "GIT_INDEX_FILE": str(folder / "next-index.lock")}
    bench.call(
        ["git", "-C", str(project), "read-tree", "HEAD"],
        GIT_INDEX_FILE=other["GIT_INDEX_FILE"],
    )
    bench.call(
        ["git", "-C", str(project), "add", "new.txt"], GIT_INDEX_FILE=other["GIT_INDEX_FILE"]
    )
    in_hook = {**other, "GIT_DIR": str(folder), "GIT_PREFIX": "issue-core/"}
    elsewhere = {
        **bench.environment,
        "GIT_DIR": str(bench.root / "none"),
        "GIT_INDEX_FILE": "/none",
    }

    assert "new.txt" in bench.git("issue-core", "ls-files", "--others")
    assert RealGit(in_hook).hidden(project) == ()
    staged = RealGit(in_hook).state(project)
    assert staged
    assert staged.dirty == ("new.txt",)
    assert RealGit(elsewhere).state(project) == RealGit(bench.environment).state(project)


@pytest.mark.parametrize("made", ["bare", "an empty folder"])
def test_what_only_looks_like_a_checkout_is_none(bench: Workbench, made: str) -> None:
    folder = bench.root / "odd"
    folder.mkdir()
    if made == "bare":
        bench.call(["git", "init", "-q", "--bare", str(folder / ".git")])
    else:
        (folder / ".git").mkdir()
    git = RealGit(bench.environment)

    assert (git.state(folder), git.files(folder), git.hidden(folder)) == (None, None, ())


def test_a_folder_whose_name_has_two_lines_is_read_like_any_other(bench: Workbench) -> None:
    bench.library("two\nlines/lib", "1.0")
    bench.commit("two\nlines/lib", "v1.0")
    folder = bench.root / "two\nlines" / "lib"

    state = bench.world().git.state(folder)

    assert state is not None
    assert (state.root, state.tags) == (folder, ("v1.0",))
