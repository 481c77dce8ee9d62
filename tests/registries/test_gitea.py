"""What a user is told when a real Gitea says no."""

import secrets
from pathlib import Path

import pytest

from railrel.errors import ExitCode
from railrel.world import Request
from tests.registries.test_contract import connect, made
from tests.servers.gitea import Gitea, running_gitea
from tests.workbench import Result, Workbench


@pytest.fixture
def library(bench: Workbench) -> str:
    name = f"lib-{secrets.token_hex(4)}"
    bench.library(name, "1.0")
    bench.commit(name, "v1.0")
    return name


def publish(
    bench: Workbench, gitea: Gitea, library: str, token: str, owner: str = "acme"
) -> Result:
    variables = {"RAILREL_REGISTRY": gitea.registry(owner), "RAILREL_TOKEN": token}
    return bench.having(**variables).railrel("publish", library)


def test_publishing_twice_uploads_once_and_gitea_holds_our_bytes(
    bench: Workbench, gitea: Gitea, library: str
) -> None:
    first = publish(bench, gitea, library, gitea.tokens["publish"])
    second = publish(bench, gitea, library, gitea.tokens["publish"])

    assert first.code == second.code == 0, first.err + second.err
    assert first.err.count("  uploaded ") == 2
    assert second.err.count("  uploaded ") == 0
    assert second.out == f"{library} 1.0: already published to {gitea.registry()}\n"
    assert len(gitea.files(library, "1.0")) == 2


def test_the_same_version_with_other_contents_is_code_5_with_three_ways_on(
    bench: Workbench, gitea: Gitea, library: str
) -> None:
    publish(bench, gitea, library, gitea.tokens["publish"])
    before = gitea.files(library, "1.0")
    bench.write(f"{library}/{library.replace('-', '_')}/more.py", "x = 1\n")
    bench.commit(library, "v1.0")

    result = publish(bench, gitea, library, gitea.tokens["publish"])

    assert result.code == ExitCode.CONFLICT
    assert "more.py" in result.err
    for digest in before.values():
        assert digest in result.err
    for way in ("(1)", "(2)", "(3)"):
        assert way in result.err
    assert gitea.files(library, "1.0") == before


def test_only_timestamps_differing_is_said_to_be_just_that(
    bench: Workbench, gitea: Gitea, library: str
) -> None:
    publish(bench, gitea, library, gitea.tokens["publish"])
    later = bench.having(GIT_COMMITTER_DATE="2027-01-01T00:00:00Z")
    later.commit(library, "v1.0")

    result = publish(later, gitea, library, gitea.tokens["publish"])

    assert result.code == ExitCode.CONFLICT
    assert "only timestamps" in result.err


@pytest.mark.parametrize(
    ("token", "owner", "said"),
    [
        ("marked-wrong-token", "acme", "does not know the token from RAILREL_TOKEN"),
        ("read", "acme", "lacks the scope write:package; it has read:package"),
        ("other", "acme", "lacks the scope write:package"),
        ("publish", "admin-of-tests", "its user may not publish packages of admin-of-tests"),
        ("publish", "nobody-of-that-name", "there is no user or organisation nobody-of-that-name"),
        ("", "acme", "no token was found"),
        ("", "secret-acme", "no token was found"),
    ],
)
def test_each_refusal_names_the_one_thing_to_change(
    bench: Workbench, gitea: Gitea, library: str, token: str, owner: str, said: str
) -> None:
    value = gitea.tokens.get(token, token)

    result = publish(bench, gitea, library, value, owner)

    assert result.code == ExitCode.REFUSED
    assert said in result.err
    assert not value or value not in result.out + result.err
    assert gitea.files(library, "1.0") == {}


def test_a_token_with_a_newline_behind_it_works(
    bench: Workbench, gitea: Gitea, library: str
) -> None:
    assert publish(bench, gitea, library, gitea.tokens["publish"] + "\n").code == 0


def test_a_dry_run_tests_the_credential_and_uploads_nothing(
    bench: Workbench, gitea: Gitea, library: str
) -> None:
    having = bench.having(RAILREL_REGISTRY=gitea.registry())

    good = having.having(RAILREL_TOKEN=gitea.tokens["publish"]).railrel("publish", library, "-n")
    bad = having.having(RAILREL_TOKEN="marked-wrong").railrel("publish", library, "-n")

    assert (good.code, bad.code) == (0, ExitCode.REFUSED)
    assert gitea.files(library, "1.0") == {}


def test_packages_switched_off_and_limits_are_told_apart(
    tmp_path: Path, bench: Workbench, library: str
) -> None:
    with running_gitea(tmp_path / "off", {"packages": {"ENABLED": "false"}}) as off:
        result = publish(bench, off, library, off.tokens["publish"])
    with running_gitea(tmp_path / "small", {"packages": {"LIMIT_SIZE_PYPI": "100"}}) as small:
        limited = publish(bench, small, library, small.tokens["publish"])

    assert result.code == limited.code == ExitCode.REFUSED
    assert "packages are switched off" in result.err
    assert "LIMIT_SIZE_PYPI" in limited.err


def test_a_private_organisation_is_published_to_and_read_back(
    bench: Workbench, gitea: Gitea, library: str
) -> None:
    result = publish(bench, gitea, library, gitea.tokens["publish"], "secret-acme")

    assert result.code == 0, result.err
    assert len(gitea.files(library, "1.0", "secret-acme")) == 2


def test_the_package_is_linked_to_the_repository_that_it_comes_from(
    bench: Workbench, gitea: Gitea, library: str
) -> None:
    gitea.make_repository(library)
    bench.git(library, "remote", "add", "origin", f"{gitea.url}/acme/{library}.git")

    result = publish(bench, gitea, library, gitea.tokens["publish"])

    assert result.code == 0, result.err
    assert f"linked to the repository acme/{library}" in result.err
    repository = gitea.package(library, "1.0")["repository"]
    assert isinstance(repository, dict)
    assert repository["full_name"] == f"acme/{library}"


def test_a_package_that_a_killed_run_left_unlinked_is_linked_by_the_next_and_then_left_alone(
    bench: Workbench, gitea: Gitea, library: str
) -> None:
    assert publish(bench, gitea, library, gitea.tokens["publish"]).code == 0
    gitea.make_repository(library)
    bench.git(library, "remote", "add", "origin", f"{gitea.url}/acme/{library}.git")

    second = publish(bench, gitea, library, gitea.tokens["publish"])
    third = publish(bench, gitea, library, gitea.tokens["publish"])

    assert f"linked to the repository acme/{library}" in second.err
    assert "already published" in second.out
    assert "linked" not in third.err
    assert gitea.package(library, "1.0")["repository"] is not None


def test_the_address_of_the_simple_index_is_understood_as_well(
    bench: Workbench, gitea: Gitea, tmp_path: Path
) -> None:
    registry = connect(bench, f"{gitea.registry()}/simple/", RAILREL_TOKEN=gitea.tokens["publish"])

    assert registry.publish_url == gitea.registry()
    registry.upload(made(tmp_path, f"by-simple-{secrets.token_hex(4)}"))


def test_a_name_with_odd_spelling_can_be_found_again(
    bench: Workbench, gitea: Gitea, tmp_path: Path
) -> None:
    registry = connect(bench, gitea.registry(), RAILREL_TOKEN=gitea.tokens["publish"])
    artefact = made(tmp_path, f"Odd__Name.{secrets.token_hex(3)}", version="1!2.0")

    registry.upload(artefact)

    assert [file.filename for file in registry.held(artefact.name)] == [artefact.path.name]


def test_gitea_shows_what_the_metadata_says(bench: Workbench, gitea: Gitea, library: str) -> None:
    publish(bench, gitea, library, gitea.tokens["publish"])

    page = bench.world().http.send(Request("GET", f"{gitea.registry()}/simple/{library}/"))

    assert b'data-requires-python="&gt;=3.11"' in page.body
