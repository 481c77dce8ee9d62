"""Jobs run on the tests' Gitea as other tests take for granted."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from tests.servers.gitea import Gitea
from tests.servers.pushed import TAG, push_jobs
from tests.servers.repositories import Repository, make_repository
from tests.servers.runner import Runner, runner


@pytest.fixture(scope="module")
def public(gitea: Gitea) -> str:
    return gitea.make_public_organisation()


@pytest.fixture(scope="module")
def running(gitea: Gitea, public: str) -> Iterator[Runner]:
    """A runner for the jobs of one organisation."""
    with runner(gitea, owner=public) as started:
        yield started


@pytest.fixture
def repository(gitea: Gitea, public: str) -> Repository:
    return make_repository(gitea, public)


def test_a_pushed_tag_runs_its_job_on_this_machine(
    repository: Repository, running: Runner, tmp_path: Path
) -> None:
    push_jobs(
        repository,
        tmp_path,
        """\
        release:
          runs-on: ubuntu-latest
          steps:
            - run: echo "before $(ls -A | wc -l)"
            - uses: actions/checkout@v4
            - run: cat README; python3 --version; uv --version
            - run: env | sort
        """,
        README="What was pushed\n",
    )

    run = running.wait_for(repository, "release.yml", TAG)

    assert run.jobs == {"release": "success"}
    sha = repository.git(tmp_path / "pushed", "rev-parse", "v1").strip()
    lines = run.log.splitlines()
    for line in (
        "before 0", "What was pushed", "CI=true", "GITEA_ACTIONS=true", f"GITHUB_REF={TAG}",
        "GITHUB_REF_NAME=v1", "GITHUB_REF_TYPE=tag", f"GITHUB_SHA={sha}",
        f"GITHUB_REPOSITORY={repository.path}", f"GITHUB_SERVER_URL={repository.gitea.url}",
        "GITHUB_EVENT_NAME=push",
    ):  # fmt: skip
        assert line in lines
    assert f"HOME={os.environ['HOME']}" not in lines


def test_the_secret_reaches_the_job_and_is_masked_in_its_log(
    repository: Repository, running: Runner, tmp_path: Path
) -> None:
    secret = f'$HOME "{secrets.token_hex(8)}'
    repository.set_secret("REGISTRY_TOKEN", secret)
    push_jobs(
        repository,
        tmp_path,
        """\
        release:
          runs-on: ubuntu-latest
          env: {GIVEN: "${{ secrets.REGISTRY_TOKEN }}"}
          steps:
            - run: |
                echo "::add-mask::made-in-the-job"
                echo "it is $GIVEN, of ${#GIVEN} characters, and made-in-the-job"
        """,
    )

    run = running.wait_for(repository, "release.yml", TAG)

    assert f"it is ***, of {len(secret)} characters, and ***" in run.log
    assert secret not in run.log


def test_a_failing_step_fails_the_run_and_what_follows_is_skipped(
    repository: Repository, running: Runner, tmp_path: Path
) -> None:
    push_jobs(
        repository,
        tmp_path,
        """\
        release:
          runs-on: ubuntu-latest
          steps:
            - {name: may fail, run: exit 3, continue-on-error: true}
            - {name: fails, run: "echo ::error::what went wrong; exit 3"}
            - {name: follows, run: "echo never"}
            - {name: in any case, if: always(), run: "echo in any case"}
        """,
    )

    run = running.wait_for(repository, "release.yml", TAG, expect="failure")

    assert run.log.count("::error::what went wrong") == 1
    assert "never" not in run.log
    assert [(step.name, step.result) for step in run.steps] == [
        ("may fail", "failure"),
        ("fails", "failure"),
        ("follows", "skipped"),
        ("in any case", "success"),
    ]


def test_the_log_is_told_when_a_run_ends_otherwise_than_expected(
    repository: Repository, running: Runner, tmp_path: Path
) -> None:
    push_jobs(
        repository,
        tmp_path,
        """\
        release:
          runs-on: ubuntu-latest
          steps: [{run: "echo what went wrong; exit 3"}]
        """,
    )
    with pytest.raises(pytest.fail.Exception, match=r"(?s)failure, not success.*what went wrong"):
        running.wait_for(repository, "release.yml", TAG)


def test_an_action_is_used_by_its_absolute_address(
    gitea: Gitea, public: str, repository: Repository, running: Runner, tmp_path: Path
) -> None:
    actions = make_repository(gitea, public, "actions")
    action = """\
        name: Greet
        inputs: {whom: {required: true}}
        outputs: {said: {value: "${{ steps.one.outputs.said }}"}}
        runs:
         using: composite
         steps:
           - {id: one, shell: bash, run: 'echo "said=hello ${{ inputs.whom }}" >> "$GITHUB_OUTPUT"'}
           - {if: "false", shell: bash, run: exit 3}
        """
    actions.push_files(tmp_path / "actions", {"greet/action.yml": dedent(action)}, "v1")
    push_jobs(
        repository,
        tmp_path,
        f"""\
        release:
          runs-on: ubuntu-latest
          steps:
            - id: greeting
              uses: {gitea.url}/{public}/actions/greet@v1
              with: {{whom: world}}
            - run: echo "it said ${{{{ steps.greeting.outputs.said }}}}"
        """,
    )

    run = running.wait_for(repository, "release.yml", TAG)

    assert "it said hello world" in run.log
    assert [step.result for step in run.steps] == ["success", "success"]


def test_a_job_sees_how_the_jobs_ended_that_it_needs(
    repository: Repository, running: Runner, tmp_path: Path
) -> None:
    push_jobs(
        repository,
        tmp_path,
        """\
        first:
          runs-on: ubuntu-latest
          outputs: {version: "${{ steps.one.outputs.version }}", quoted: "it's ${{ 'one' }}"}
          steps: [{id: one, run: 'echo "version=1.2" >> "$GITHUB_OUTPUT"'}]
        failing:
          runs-on: ubuntu-latest
          steps: [{run: exit 3}]
        second:
          needs: first
          runs-on: ubuntu-latest
          steps: [{run: 'echo "needs ${{ needs.first.outputs.version }}, ${{ needs.first.outputs.quoted }}"'}]
        unwanted:
          needs: first
          if: needs.first.outputs.version == '1.3'
          runs-on: ubuntu-latest
          steps: [{run: exit 3}]
        last:
          needs: [second, failing]
          if: always()
          runs-on: ubuntu-latest
          steps: [{run: 'echo "${{ needs.second.result }} and ${{ needs.failing.result }}"'}]
        """,
    )

    run = running.wait_for(repository, "release.yml", TAG, expect="failure")

    assert run.jobs == {
        "first": "success",
        "failing": "failure",
        "second": "success",
        "unwanted": "skipped",
        "last": "success",
    }
    assert "needs 1.2, it's one" in run.log
    assert "success and failure" in run.log


def test_a_run_that_is_over_runs_again(
    repository: Repository, running: Runner, tmp_path: Path
) -> None:
    push_jobs(
        repository,
        tmp_path,
        """\
        release:
          runs-on: ubuntu-latest
          steps: [{run: "date +%N; test -z '${{ secrets.FAILS }}'"}]
        """,
    )
    repository.set_secret("FAILS", "now")
    first = running.wait_for(repository, "release.yml", TAG, expect="failure")
    repository.ask("DELETE", "/actions/secrets/FAILS").raise_for_status()

    repository.rerun(first.id)
    second = running.wait_for(repository, "release.yml", TAG)

    assert second.id == first.id
    assert second.log != first.log


def test_a_tag_that_starts_no_run_is_told_of(
    gitea: Gitea, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.servers.runner.runs.COMING_SECONDS", 1)
    repository.push_files(tmp_path / "pushed", {"README": "Anything\n"}, "v1")

    with (
        runner(gitea, owner=repository.owner) as started,
        pytest.raises(pytest.fail.Exception, match=r"no run of release\.yml for refs/tags/v1"),
    ):
        started.wait_for(repository, "release.yml", TAG)
