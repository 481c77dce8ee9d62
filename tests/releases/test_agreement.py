"""When a tag may publish a project, and what to type when it may not."""

from pathlib import Path

import pytest

from railrel.documents import read
from railrel.errors import Problem, RefusedError
from railrel.job import Job, job_of
from railrel.releases.agreement import Candidate, Commits, claimant, disagreements, is_of
from railrel.workspace.projects import project_of

HERE, THERE, ELSEWHERE = "aa" * 20, "bb" * 20, "cc" * 20
AGREED = Commits(head=HERE, tag=HERE, job=HERE)


def candidate(folder: Path, name: str, version: str = "0.3.0", pattern: str = "") -> Candidate:
    file = folder / name / "pyproject.toml"
    file.parent.mkdir()
    kept = (
        f'version = "{version}"\n' if version else 'dynamic = ["version"]\n[tool.setuptools_scm]\n'
    )
    file.write_text(f'[project]\nname = "{name}"\n{kept}')
    project = project_of(read(file))
    assert project
    return Candidate(project, pattern)


def found(
    tag: str,
    wanted: Candidate,
    *others: Candidate,
    commits: Commits = AGREED,
) -> list[Problem]:
    return list(disagreements(tag, wanted, others, commits))


@pytest.mark.parametrize(
    ("tag", "pattern"),
    [
        ("v0.3.0", ""),
        ("0.3.0", ""),
        ("v0.3", ""),
        ("issue-core-v0.3.0", ""),
        ("issue-core/v0.3.0", ""),
        ("issue-core@0.3.0", ""),
        ("release-0.3.0-of-issue-core", "release-{version}-of-{name}"),
    ],
)
@pytest.mark.parametrize("version", ["0.3.0", ""], ids=["written", "from the tag"])
def test_a_tag_in_a_form_of_the_projects_own_agrees(
    tmp_path: Path, tag: str, pattern: str, version: str
) -> None:
    wanted = candidate(tmp_path, "issue-core", version, pattern)

    assert found(tag, wanted) == []
    assert str(wanted.version_in(tag, shared=False)) in ("0.3.0", "0.3")


def test_a_tag_without_the_version_bump_is_taken_back_and_released(tmp_path: Path) -> None:
    (problem,) = found("v0.3.0", candidate(tmp_path, "issue-core", "0.2.3"))

    assert problem == Problem(
        "the tag v0.3.0 names 0.3.0, but issue-core is 0.2.3 at this commit: "
        "it was tagged without the new version being written",
        f"{tmp_path}/issue-core/pyproject.toml:3:1",
        "take it back and release: git push origin :refs/tags/v0.3.0; git tag -d v0.3.0; "
        "railrel release issue-core 0.3.0",
        "tag-without-version",
    )


def test_a_tag_of_another_project_publishes_that_one(tmp_path: Path) -> None:
    wanted, other = candidate(tmp_path, "app"), candidate(tmp_path, "issue-core")

    (problem,) = found("issue-core-v0.3.0", wanted, other)

    assert problem.message == "issue-core-v0.3.0 is a tag of issue-core, not of app"
    assert problem.hint == "railrel publish issue-core --tag issue-core-v0.3.0"


def test_what_to_type_next_is_the_command_that_was_asked_for(tmp_path: Path) -> None:
    wanted, other = candidate(tmp_path, "app"), candidate(tmp_path, "issue-core")
    push = "railrel image {name} --push"

    (problem,) = disagreements("issue-core-v0.3.0", wanted, (other,), AGREED, push)
    with pytest.raises(RefusedError) as nobodys:
        claimant("v0.3.0", (wanted, other), "here", push)

    assert problem.hint == "railrel image issue-core --push"
    assert "say whose it is, railrel image PROJECT --push;" in nobodys.value.problems[0].hint


def test_a_bare_tag_is_nobodys_in_a_shared_repository_but_whoever_is_named_may_use_it(
    tmp_path: Path,
) -> None:
    both = candidate(tmp_path, "app"), candidate(tmp_path, "issue-core")

    assert found("v0.3.0", *both) == []
    with pytest.raises(RefusedError, match="names no version of app, issue-core") as refused:
        claimant("v0.3.0", both, "here")
    assert "look like app-v0.3.0, issue-core-v0.3.0" in refused.value.problems[0].hint


@pytest.mark.parametrize("tag", ["nightly", "v", "v1.x", "issue-core", "release-0.3.0"])
def test_a_tag_that_names_no_version_publishes_nothing(tmp_path: Path, tag: str) -> None:
    wanted = candidate(tmp_path, "issue-core")

    (problem,) = found(tag, wanted)

    assert problem.rule == "no-version-in-tag"
    assert "look like v0.3.0; " in problem.hint
    assert f"git push origin :refs/tags/{tag}, or" in problem.hint
    with pytest.raises(RefusedError, match="names no version"):
        claimant(tag, (wanted,), "here")


def test_the_one_project_whose_tag_it_is_is_found(tmp_path: Path) -> None:
    every = tuple(candidate(tmp_path, name) for name in ("app", "issue-core", "issue"))

    assert claimant("issue-core-v0.3.0", every, "here") is every[1]
    assert claimant("v0.3.0", every[:1], "here") is every[0]


def test_several_that_claim_a_tag_are_named(tmp_path: Path) -> None:
    both = tuple(candidate(tmp_path, n, pattern="v{version}") for n in ("app", "issue-core"))

    with pytest.raises(RefusedError) as refused:
        claimant("v0.3.0", both, "here")

    (problem,) = refused.value.problems
    assert problem.message == "the tag v0.3.0 could be of 2 projects: app issue-core"
    assert problem.hint.endswith("or say which: railrel publish app --tag v0.3.0")
    assert found("v0.3.0", *both) == []


@pytest.mark.parametrize(
    ("commits", "rule", "hint"),
    [
        (Commits(HERE, None, None), "no-such-tag", "git fetch origin refs/tags/v0.3.0:refs/tags"),
        (Commits(HERE, THERE, None), "tag-elsewhere", "git switch --detach refs/tags/v0.3.0"),
        (
            Commits(HERE, THERE, THERE),
            "tag-elsewhere",
            "git fetch --depth 1 origin refs/tags/v0.3.0 && git switch --detach FETCH_HEAD",
        ),
        (Commits(HERE, None, THERE), "tag-elsewhere", "git fetch --depth 1 origin"),
        (Commits(HERE, HERE, THERE), "tag-moved", "the job of the tag as it is now"),
        (Commits(HERE, ELSEWHERE, THERE), "tag-moved", "the job of the tag as it is now"),
        (Commits(None, THERE, None), "tag-elsewhere", "git switch"),
    ],
)
def test_a_tag_elsewhere_publishes_nothing(
    tmp_path: Path, commits: Commits, rule: str, hint: str
) -> None:
    (problem,) = found("v0.3.0", candidate(tmp_path, "issue-core"), commits=commits)

    assert problem.rule == rule
    assert problem.hint.startswith(hint) or hint in problem.hint


def test_the_job_of_the_tag_vouches_for_one_that_was_not_fetched(tmp_path: Path) -> None:
    commits = Commits(head=HERE, tag=None, job=HERE)

    assert found("v0.3.0", candidate(tmp_path, "issue-core"), commits=commits) == []


def test_all_that_disagrees_is_told_at_once(tmp_path: Path) -> None:
    wanted = candidate(tmp_path, "issue-core", "0.2.3")

    problems = found("v0.3.0", wanted, commits=Commits(HERE, THERE, None))

    assert [problem.rule for problem in problems] == ["tag-without-version", "tag-elsewhere"]


def test_what_is_to_be_typed_is_quoted_for_the_shell(tmp_path: Path) -> None:
    (problem,) = found("v$(id)", candidate(tmp_path, "issue-core"))

    assert "git push origin ':refs/tags/v$(id)'" in problem.hint


@pytest.mark.parametrize(
    ("remote", "is_own"),
    [
        ("https://git.example.com/acme/issue-core.git", True),
        ("ssh://git@git.example.com:2222/Acme/Issue-Core/", True),
        ("git@git.example.com:acme/issue-core.git", True),
        ("https://git.example.com/acme/app", False),
        ("https://git.example.com/acme/my-issue-core", False),
        ("https://git.example.com/bigacme/issue-core", False),
    ],
)
def test_a_checkout_is_the_jobs_by_its_remote(remote: str, *, is_own: bool) -> None:
    for has_commit in (True, False):
        assert is_of(job(), remote, has_commit=has_commit) == is_own


@pytest.mark.parametrize("remote", [None, "", "/srv/git/acme/issue-core.git"])
def test_a_checkout_without_a_remote_on_a_server_is_the_jobs_by_its_commit(
    remote: str | None,
) -> None:
    assert is_of(job(), remote, has_commit=True)
    assert not is_of(job(), remote, has_commit=False)


def job() -> Job:
    found = job_of({"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/issue-core"})
    assert found
    return found
