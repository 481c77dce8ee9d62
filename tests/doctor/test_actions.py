"""Actions and runners, by what the real Gitea shows to whom."""

import secrets

import httpx
import pytest

from tests.doctor.examined import Examination, examine
from tests.doctor.test_tokens import bot_token
from tests.servers.gitea import Gitea
from tests.workbench import Workbench


@pytest.fixture
def repository(bench: Workbench, gitea: Gitea) -> str:
    """A project whose remote is a repository on this Gitea; its name."""
    name = f"lib-{secrets.token_hex(4)}"
    gitea.make_repository(name)
    bench.library(name)
    bench.commit(name)
    bench.git(name, "remote", "add", "origin", f"{gitea.url}/acme/{name}.git")
    return name


def test_actions_are_on_for_a_public_repository(
    bench: Workbench, gitea: Gitea, repository: str
) -> None:
    found = examine(bench, gitea.registry(), gitea.tokens["publish"], folder=repository)

    assert (found.code, found.statuses("actions")) == (0, ["ok", "ok"])
    assert f"Actions are on for acme/{repository}" in found.said("actions")


def test_actions_that_are_off_for_the_repository(
    bench: Workbench, gitea: Gitea, repository: str
) -> None:
    gitea.ask("PATCH", f"/repos/acme/{repository}", {"has_actions": False}).raise_for_status()

    found = examine(bench, gitea.registry(), gitea.tokens["publish"])

    assert (found.code, found.wrong) == (1, {"actions"})
    assert found.changes["actions"] == (
        f"right Settings, Units, Actions={gitea.url}/acme/{repository}/settings",
    )


def test_a_private_repository_takes_another_token(
    bench: Workbench, gitea: Gitea, repository: str
) -> None:
    gitea.ask("PATCH", f"/repos/acme/{repository}", {"private": True}).raise_for_status()
    other = bot_token(gitea, "read:repository")

    without = examine(bench, gitea.registry(), gitea.tokens["publish"])
    having = examine(bench, gitea.registry(), gitea.tokens["publish"], RAILREL_FORGE_TOKEN=other)

    assert (without.code, without.untold) == (3, {"actions"})
    assert having.code == 0
    assert other not in having.text


def test_a_token_for_the_forge_is_not_sent_where_no_project_is(
    bench: Workbench, gitea: Gitea, repository: str
) -> None:
    """It is for the server of the remotes, and this registry is on another."""
    bench.git(repository, "remote", "set-url", "origin", "https://github.com/acme/lib.git")
    token = admin_token(gitea)

    found = examined(bench, gitea, "acme", "--label", "nobody-has-this", token=token)

    assert (found.code, found.untold) == (3, {"runner"})


def test_a_remote_by_ssh_is_on_the_server_of_its_host(
    bench: Workbench, gitea: Gitea, repository: str
) -> None:
    url = f"ssh://git@127.0.0.1:2222/acme/{repository}.git"
    bench.git(repository, "remote", "set-url", "origin", url)

    found = examine(bench, gitea.registry(), gitea.tokens["publish"], folder=repository)

    assert f"Actions are on for acme/{repository}" in found.said("actions")


def examined(bench: Workbench, gitea: Gitea, owner: str, *argv: str, token: str) -> Examination:
    """With a token for the forge, in a workspace with a repository that is on it."""
    publish = gitea.tokens["publish"]
    return examine(bench, gitea.registry(owner), publish, *argv, RAILREL_FORGE_TOKEN=token)


def registered(gitea: Gitea, owner: str, label: str) -> dict[str, str]:
    """Make a runner known, which is offline until it asks for work; its headers."""
    made = gitea.ask("POST", f"/orgs/{owner}/actions/runners/registration-token")
    body = {
        "name": f"runner-{label}",
        "token": made.raise_for_status().json()["token"],
        "version": "v0.2.13",
        "labels": [label],
    }
    runner = told(gitea, "Register", body, {}).json()["runner"]
    return {"x-runner-uuid": runner["uuid"], "x-runner-token": runner["token"]}


def told(
    gitea: Gitea, method: str, body: dict[str, object], headers: dict[str, str]
) -> httpx.Response:
    url = f"{gitea.url}/api/actions/runner.v1.RunnerService/{method}"
    answer = httpx.post(url, json=body, headers=headers, timeout=30, trust_env=False)
    return answer.raise_for_status()


@pytest.mark.usefixtures("repository")
def test_a_runner_is_found_by_its_label_and_by_who_may_see_it(
    bench: Workbench, gitea: Gitea
) -> None:
    owner, label = gitea.make_private_organisation(), f"label-{secrets.token_hex(4)}"
    headers = registered(gitea, owner, label)
    admin = admin_token(gitea)

    told(gitea, "FetchTask", {"tasksVersion": "0"}, headers)
    online = examined(bench, gitea, owner, "--label", label, token=admin)
    other = examined(bench, gitea, owner, "--label", "nobody-has-this", token=admin)
    unseen = examined(bench, gitea, owner, "--label", label, token=gitea.tokens["publish"])

    assert online.findings["runner"] == (
        ("ok", f"a runner with the label {label} is online: runner-{label}"),
    )
    assert other.wrong == {"runner"}
    assert "no runner with the label nobody-has-this is registered" in other.said("runner")
    assert (unseen.code, unseen.untold) == (3, {"runner"})
    assert "show to an admin alone" in unseen.said("runner")


@pytest.mark.usefixtures("repository")
def test_a_runner_that_was_never_started(bench: Workbench, gitea: Gitea) -> None:
    owner, label = gitea.make_private_organisation(), f"label-{secrets.token_hex(4)}"
    registered(gitea, owner, label)

    found = examined(bench, gitea, owner, "--label", label, token=admin_token(gitea))

    assert found.wrong == {"runner"}
    assert f"the runner with the label {label} is offline" in found.said("runner")


def admin_token(gitea: Gitea) -> str:
    body = {"name": secrets.token_hex(4), "scopes": ["read:admin", "read:organization"]}
    answer = gitea.ask("POST", f"/users/{gitea.admin[0]}/tokens", body)
    return str(answer.raise_for_status().json()["sha1"])
