"""Tokens that cannot publish, each for another reason, on a real Gitea."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.doctor.examined import examine
from tests.servers.gitea import Gitea, running_gitea
from tests.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Person:
    """A user who is in no team."""

    name: str
    password: str
    gitea: Gitea

    def token(self, *scopes: str) -> str:
        answer = self._tokens("POST", json={"name": secrets.token_hex(4), "scopes": list(scopes)})
        return str(answer.raise_for_status().json()["sha1"])

    def revoke_all(self) -> None:
        for token in self._tokens("GET").json():
            self._tokens("DELETE", f"/{token['id']}").raise_for_status()

    def _tokens(self, method: str, path: str = "", json: object = None) -> httpx.Response:
        return httpx.request(
            method,
            f"{self.gitea.url}/api/v1/users/{self.name}/tokens{path}",
            json=json,
            auth=(self.name, self.password),
            trust_env=False,
        )


@pytest.fixture
def person(gitea: Gitea) -> Iterator[Person]:
    name, password = f"p{secrets.token_hex(4)}", secrets.token_hex(12)
    body = {
        "username": name,
        "password": password,
        "email": f"{name}@example.com",
        "must_change_password": False,
    }
    gitea.ask("POST", "/admin/users", body).raise_for_status()
    yield Person(name, password, gitea)
    gitea.ask("DELETE", f"/admin/users/{name}?purge=true").raise_for_status()


def test_no_token_says_where_it_was_looked_for(bench: Workbench, gitea: Gitea) -> None:
    found = examine(bench, gitea.registry(), "")

    assert (found.code, found.wrong) == (1, {"token"})
    assert "no credential was found; looked at RAILREL_TOKEN, " in found.said("token")


def test_a_token_of_nobody(bench: Workbench, gitea: Gitea) -> None:
    found = examine(bench, gitea.registry(), "marked-token-of-nobody")

    assert found.wrong == {"token"}
    assert "does not know the credential from RAILREL_TOKEN" in found.said("token")


def test_a_token_that_was_revoked(bench: Workbench, person: Person) -> None:
    token = person.token("write:package")
    registry = person.gitea.registry(person.name)
    before = examine(bench, registry, token)
    person.revoke_all()

    after = examine(bench, registry, token)

    assert (before.code, after.code) == (0, 1)
    assert after.wrong == {"token"}


@pytest.mark.parametrize(
    ("scopes", "shown"),
    [
        (["read:package"], "it has read:package"),
        (["read:user", "read:notification"], "it has read:notification, read:user"),
    ],
)
def test_a_token_without_the_scope(
    bench: Workbench, person: Person, scopes: list[str], shown: str
) -> None:
    found = examine(bench, person.gitea.registry(person.name), person.token(*scopes))

    assert found.wrong == {"scopes"}
    assert shown in found.said("scopes")
    assert found.changes["scopes"][0].startswith(
        "scope make another token with write:package alone"
    )
    assert found.findings["writing"] == (("unknown", "not asked, because of scopes"),)


@pytest.mark.parametrize("scopes", [["write:package", "write:repository"], ["all"]])
def test_a_token_that_may_more_than_needed_is_a_note(
    bench: Workbench, person: Person, scopes: list[str]
) -> None:
    found = examine(bench, person.gitea.registry(person.name), person.token(*scopes))

    assert (found.code, found.statuses("scopes"), found.wrong) == (0, ["note"], set())
    assert "more than publishing needs" in found.said("scopes")


def test_a_token_for_public_owners_and_a_private_one(bench: Workbench, gitea: Gitea) -> None:
    token = bot_token(gitea, "write:package", "public-only")

    public = examine(bench, gitea.registry(), token)
    private = examine(bench, gitea.registry("secret-acme"), token)

    assert (public.code, public.wrong) == (0, set()), public.text
    assert private.wrong == {"writing"}
    assert "the token is for public owners alone, and secret-acme is private" in private.said(
        "writing"
    )


def test_a_user_who_is_in_no_team(bench: Workbench, person: Person) -> None:
    found = examine(bench, person.gitea.registry(), person.token("write:package"))

    assert found.wrong == {"writing"}
    assert "the token's user may not publish for acme" in found.said("writing")
    assert found.changes["writing"][0].startswith(
        "right put the user into a team of acme whose Packages unit is set to write"
    )


def test_nobody_publishes_for_another_user(bench: Workbench, person: Person) -> None:
    found = examine(bench, person.gitea.registry(person.name), person.gitea.tokens["publish"])

    assert found.wrong == {"writing"}
    assert f"{person.name} is a user, and nobody else may publish" in found.said("writing")


def test_a_line_break_behind_the_token_is_a_note(bench: Workbench, gitea: Gitea) -> None:
    found = examine(bench, gitea.registry(), gitea.tokens["publish"] + "\n")

    assert (found.code, found.statuses("token")) == (0, ["note", "ok"])
    assert "other tools send them and get a 401" in found.said("token")


def test_a_token_that_no_header_can_carry(bench: Workbench, gitea: Gitea) -> None:
    found = examine(bench, gitea.registry(), "marked\nsecret-of-nobody")

    assert found.wrong == {"token"}
    assert "secret-of-nobody" not in found.text


def test_an_account_that_was_blocked(bench: Workbench, person: Person) -> None:
    token = person.token("write:package")
    body = {"login_name": person.name, "source_id": 0, "prohibit_login": True}
    person.gitea.ask("PATCH", f"/admin/users/{person.name}", body).raise_for_status()

    found = examine(bench, person.gitea.registry(person.name), token)

    assert found.wrong == {"token"}, found.text
    assert "blocked or not activated" in found.said("token")


@pytest.mark.parametrize(
    ("visibility", "scopes", "told"),
    [
        ("public", ["write:package"], "is public: everybody may install"),
        ("limited", ["write:package"], "is limited or private, which this token is not told"),
        ("private", ["write:package"], "is limited or private, which this token is not told"),
        ("limited", ["write:package", "read:organization"], "is limited: whoever has an account"),
        ("private", ["write:package", "read:organization"], "is private: members alone may read"),
    ],
)
def test_who_may_read_is_told_as_far_as_the_token_sees(
    bench: Workbench, gitea: Gitea, visibility: str, scopes: list[str], told: str
) -> None:
    owner = gitea.make_private_organisation()
    gitea.ask("PATCH", f"/orgs/{owner}", {"visibility": visibility}).raise_for_status()

    found = examine(bench, gitea.registry(owner), bot_token(gitea, *scopes))

    assert found.statuses("owner") == ["ok"]
    assert told in found.said("owner")
    assert found.wrong == set()


def test_an_owner_that_was_renamed(bench: Workbench, tmp_path: Path) -> None:
    with running_gitea(tmp_path / "g") as gitea:
        renamed = gitea.ask("POST", "/orgs/acme/rename", {"new_name": "new-acme"})
        renamed.raise_for_status()
        found = examine(bench, gitea.registry(), gitea.tokens["publish"])

        assert found.wrong == {"owner"}, found.text
        assert found.changes["owner"] == (f"setting registry={gitea.registry('new-acme')}",)


def bot_token(gitea: Gitea, *scopes: str) -> str:
    body = {"name": secrets.token_hex(4), "scopes": list(scopes)}
    answer = gitea.ask("POST", f"/users/{gitea.bot}/tokens", body)
    return str(answer.raise_for_status().json()["sha1"])
