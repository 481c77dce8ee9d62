from pathlib import Path

import pytest

from railrel.job import Job, job_of
from railrel.world import Secret

GITHUB = {
    "CI": "true",
    "GITHUB_ACTIONS": "true",
    "GITHUB_SERVER_URL": "https://git.example.com",
    "GITHUB_REPOSITORY": "acme/issue-core",
    "GITHUB_REF": "refs/tags/issue-core/v0.3.0",
    "GITHUB_SHA": "0a" * 20,
    "GITHUB_OUTPUT": "/run/output",
    "GITHUB_STEP_SUMMARY": "/run/summary.md",
}


def test_a_job_of_a_tag_says_all_that_the_runner_told() -> None:
    assert job_of({**GITHUB, "GITEA_ACTIONS": "true", "GITEA_TOKEN": "jobs-own\n"}) == Job(
        forge="gitea",
        server_url="https://git.example.com",
        repository="acme/issue-core",
        tag="issue-core/v0.3.0",
        sha="0a" * 20,
        output=Path("/run/output"),
        summary=Path("/run/summary.md"),
        token=Secret("jobs-own"),
    )


def test_outside_of_a_job_there_is_none() -> None:
    assert job_of({"CI": "true", "GITHUB_TOKEN": "x", "GITHUB_REF": "refs/tags/v1"}) is None


@pytest.mark.parametrize(
    ("more", "forge"),
    [
        ({}, "github"),
        ({"GITEA_ACTIONS": "true"}, "gitea"),
        ({"GITEA_ACTIONS": "true", "FORGEJO_ACTIONS": "true"}, "forgejo"),
        ({"FORGEJO_ACTIONS": "true"}, "forgejo"),
        ({"GITEA_ACTIONS": "true", "FORGEJO_REPOSITORY": "acme/issue-core"}, "forgejo"),
        ({"GITEA_ACTIONS": "true", "FORGEJO_TOKEN": "named so by its owner"}, "gitea"),
        ({"FORGEJO_TOKEN": "named so by its owner"}, "github"),
        ({"GITEA_ACTIONS": "false"}, "github"),
    ],
)
def test_the_forge_is_known_by_its_runners_own_variable(more: dict[str, str], forge: str) -> None:
    job = job_of({**GITHUB, **more})

    assert job is not None
    assert job.forge == forge


def test_gitea_ends_its_address_with_a_slash_and_we_do_not() -> None:
    job = job_of({**GITHUB, "GITHUB_SERVER_URL": "https://git.example.com/"})

    assert job is not None
    assert job.server_url == "https://git.example.com"


@pytest.mark.parametrize("ref", ["refs/heads/main", "refs/pull/3/head", ""])
def test_what_is_no_tag_has_none(ref: str) -> None:
    job = job_of({**GITHUB, "GITHUB_REF": ref})

    assert job is not None
    assert job.tag is None


def test_empty_variables_are_not_set_ones() -> None:
    job = job_of(
        {
            **GITHUB,
            "GITHUB_OUTPUT": "",
            "GITHUB_STEP_SUMMARY": " ",
            "GITHUB_TOKEN": "",
            "GITEA_TOKEN": " ",
        }
    )

    assert job is not None
    assert (job.output, job.summary, job.token) == (None, None, None)
