"""`railrel workflow --set-secret` on a real Gitea."""

import io

import pytest

from railrel.errors import ExitCode
from tests.servers.gitea import Gitea
from tests.workbench import Workbench
from tests.workflows.samples import NAME, library


def ready(bench: Workbench, gitea: Gitea, **variables: str) -> tuple[Workbench, str]:
    """A project whose repository is on the Gitea, and who may set its secrets; and the owner."""
    owner = gitea.make_private_organisation()
    library(bench)
    gitea.make_repository(NAME, owner)
    team = {
        "name": "keepers-of-secrets",
        "permission": "admin",
        "includes_all_repositories": True,
        "units_map": {},
    }
    made = gitea.ask("POST", f"/orgs/{owner}/teams", team).raise_for_status().json()
    gitea.ask("PUT", f"/teams/{made['id']}/members/{gitea.bot}").raise_for_status()
    bench.git(NAME, "remote", "add", "origin", f"{gitea.url}/{owner}/{NAME}.git")
    known = {
        "RAILREL_REGISTRY": gitea.registry(owner),
        "RAILREL_FORGE_TOKEN": gitea.tokens["repository"],
        **variables,
    }
    return bench.having(**known), owner


def secrets(gitea: Gitea, owner: str) -> list[str]:
    listed = gitea.ask("GET", f"/repos/{owner}/{NAME}/actions/secrets").raise_for_status().json()
    return [secret["name"] for secret in listed]


def test_the_token_is_tried_and_stored_and_stored_anew(bench: Workbench, gitea: Gitea) -> None:
    token = gitea.tokens["publish"]
    having, owner = ready(bench, gitea, RAILREL_TOKEN=token)

    first = having.railrel("workflow", NAME, "--set-secret")
    second = having.railrel("workflow", NAME, "--set-secret", "--json")

    assert first.code == 0, first.err
    assert first.out == (
        f"{NAME}: made the secret REGISTRY_TOKEN of {owner}/{NAME}, "
        "from the token from RAILREL_TOKEN\n"
    )
    assert second.json["stored"] == "replaced"
    assert secrets(gitea, owner) == ["REGISTRY_TOKEN"]
    assert token not in first.out + first.err + second.out + second.err
    assert "may do more" not in first.err
    assert not (bench.root / NAME / ".gitea").exists()


def test_a_dry_run_tries_the_token_and_stores_nothing(bench: Workbench, gitea: Gitea) -> None:
    having, owner = ready(bench, gitea, RAILREL_TOKEN=gitea.tokens["publish"])

    result = having.railrel("workflow", NAME, "--set-secret", "--dry-run")

    assert result.code == 0, result.err
    assert f"would store the token from RAILREL_TOKEN as the secret REGISTRY_TOKEN of {owner}/" in (
        result.out
    )
    assert secrets(gitea, owner) == []


def test_a_token_that_may_not_publish_is_not_stored(bench: Workbench, gitea: Gitea) -> None:
    having, owner = ready(bench, gitea, RAILREL_TOKEN=gitea.tokens["read"])

    result = having.railrel("workflow", NAME, "--set-secret")

    assert result.code == ExitCode.REFUSED
    assert "the token from RAILREL_TOKEN lacks the scope write:package" in result.err
    assert secrets(gitea, owner) == []


def test_a_token_that_may_do_more_is_stored_with_a_warning(bench: Workbench, gitea: Gitea) -> None:
    having, owner = ready(bench, gitea, RAILREL_TOKEN=gitea.tokens["repository"])

    result = having.railrel("workflow", NAME, "--set-secret")

    assert result.code == 0, result.err
    assert (
        "note: the token from RAILREL_TOKEN may do more than publish: "
        "write:organization, write:repository"
    ) in result.err
    assert secrets(gitea, owner) == ["REGISTRY_TOKEN"]


def test_a_token_comes_by_a_pipe_without_its_line_break(
    bench: Workbench, gitea: Gitea, monkeypatch: pytest.MonkeyPatch
) -> None:
    having, owner = ready(bench, gitea)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{gitea.tokens['publish']}\n"))

    result = having.railrel("workflow", NAME, "--set-secret")

    assert result.code == 0, result.err
    assert secrets(gitea, owner) == ["REGISTRY_TOKEN"]


def test_without_a_token_it_is_said_where_it_goes(
    bench: Workbench, gitea: Gitea, monkeypatch: pytest.MonkeyPatch
) -> None:
    having, owner = ready(bench, gitea)
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    result = having.railrel("workflow", NAME, "--set-secret")

    assert result.code == ExitCode.USAGE
    assert "there is no token to store as REGISTRY_TOKEN" in result.err
    assert secrets(gitea, owner) == []


def test_whoever_may_not_set_secrets_is_told_so_and_shown_no_token(
    bench: Workbench, gitea: Gitea
) -> None:
    token = gitea.tokens["publish"]
    having, owner = ready(bench, gitea, RAILREL_TOKEN=token)

    result = having.having(RAILREL_FORGE_TOKEN=gitea.tokens["read"]).railrel(
        "workflow", NAME, "--set-secret"
    )

    assert result.code == ExitCode.REFUSED
    assert token not in result.out + result.err
    assert secrets(gitea, owner) == []


def test_without_a_registry_the_token_is_tried_where_the_job_would_use_it(
    bench: Workbench, gitea: Gitea
) -> None:
    having, owner = ready(bench, gitea, RAILREL_REGISTRY="", RAILREL_TOKEN=gitea.tokens["publish"])

    result = having.railrel("workflow", NAME, "--set-secret")

    assert result.code == 0, result.err
    assert secrets(gitea, owner) == ["REGISTRY_TOKEN"]
