"""What only a real Gitea shows: lost answers, the first instant of a tag, secrets, refusals."""

import secrets as random
from dataclasses import dataclass, field, replace

import pytest

from railrel.errors import RefusedError, UnreachableError
from railrel.forges.gitea import connect
from railrel.forges.gitea_answers import Who, explain
from railrel.forges.protocol import Forge, NewRelease
from railrel.workspace.remotes import Repository, repository_of
from railrel.world import Credential, Http, Request, Response, Secret, World
from tests.forges.repositories import There, made
from tests.servers.gitea import Gitea
from tests.workbench import Workbench


@dataclass
class Flaky:
    """HTTP whose POSTs go wrong as it is told, one after the other; then as they should."""

    real: Http
    faults: list[str]
    waits: list[float] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        fault = self.faults.pop(0) if request.method == "POST" and self.faults else ""
        if fault == "500":
            return Response(500, {}, b'{"message":""}')
        answer = self.real.send(request)
        if fault == "lost":
            raise UnreachableError("nobody answered")
        return answer

    def get_ready(self, url: str) -> None:
        self.real.get_ready(url)

    def close(self) -> None:
        self.real.close()

    def now(self) -> float:
        return 0.0

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest.fixture
def there(gitea: Gitea) -> There:
    return made(gitea)


def forge_of(gitea: Gitea, world: World, token: str = "repository") -> Forge:
    value = gitea.tokens.get(token, token)
    who = Credential("", Secret(value), "RAILREL_FORGE_TOKEN", bearer=True) if value else None
    return connect("gitea", gitea.url, who, world)


def repository(there: There) -> Repository:
    found = repository_of(there.url)
    assert found
    return found


@pytest.mark.parametrize(
    "faults",
    [["500"], ["500", "500", "500", "500"], ["lost"], ["500", "lost"]],
    ids="-".join,
)
def test_a_release_is_made_once_whatever_becomes_of_the_first_answers(
    bench: Workbench, there: There, faults: list[str]
) -> None:
    commit = there.commit()
    there.tag("v1.0", commit)
    world = bench.world()
    flaky = Flaky(world.http, list(faults))
    forge = forge_of(there.gitea, replace(world, http=flaky, clock=flaky))

    release = forge.create(repository(there), NewRelease("v1.0", commit, "x", "", prerelease=False))

    assert [one["id"] for one in there.releases()] == [release.id]
    assert len(flaky.waits) == len(faults)
    assert sum(flaky.waits) < 5


def test_a_server_that_stays_in_trouble_is_told_so(bench: Workbench, there: There) -> None:
    world = bench.world()
    flaky = Flaky(world.http, ["500"] * 9)
    forge = forge_of(there.gitea, replace(world, http=flaky, clock=flaky))

    with pytest.raises(UnreachableError, match="the forge is in trouble"):
        forge.create(repository(there), NewRelease("v1.0", "a" * 40, "x", "", prerelease=False))

    assert there.releases() == []
    assert there.tags() == {}


def test_a_secret_is_made_then_replaced_without_its_line_break(
    bench: Workbench, gitea: Gitea
) -> None:
    own = made(gitea, gitea.bot)
    forge = forge_of(gitea, bench.world())

    said = [
        forge.set_secret(repository(own), "REGISTRY_TOKEN", Secret(value))
        for value in ("marked-one", "marked-two\n")
    ]

    assert said == ["made", "replaced"]
    listed = gitea.ask("GET", f"/repos/{own.owner}/{own.name}/actions/secrets").json()
    assert [one["name"] for one in listed] == ["REGISTRY_TOKEN"]


def test_who_may_push_may_not_set_secrets(bench: Workbench, there: There) -> None:
    forge = forge_of(there.gitea, bench.world())

    with pytest.raises(RefusedError) as caught:
        forge.set_secret(repository(there), "REGISTRY_TOKEN", Secret("marked-value"))

    (problem,) = caught.value.problems
    assert f"may not set secrets of {there.owner}/{there.name}" in problem.message
    assert "must be an owner, or in a team that administers it" in problem.hint
    assert "marked" not in problem.message + problem.hint


@pytest.mark.parametrize("name", ["GITEA_X", "1ST", "with space"])
def test_a_name_that_no_secret_can_have_is_refused(
    bench: Workbench, gitea: Gitea, name: str
) -> None:
    own = made(gitea, gitea.bot)

    with pytest.raises(RefusedError, match="invalid variable or secret name"):
        forge_of(gitea, bench.world()).set_secret(repository(own), name, Secret("x"))


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("", "no token was found"),
        (f"marked-{random.token_hex(4)}", "does not know the token from RAILREL_FORGE_TOKEN"),
        ("publish", "lacks the scope write:repository; it has write:package"),
    ],
)
def test_who_may_not_make_releases_is_told_why(
    bench: Workbench, there: There, token: str, said: str
) -> None:
    with pytest.raises(RefusedError, match=said):
        forge_of(there.gitea, bench.world(), token).check_access(repository(there))


def test_a_quota_of_forgejo_s_is_told_from_a_body_that_is_too_large(there: There) -> None:
    who = Who(repository(there), "RAILREL_FORGE_TOKEN")

    used_up, too_large = (
        explain(Response(413, {}, body), "release", who).problems[0]
        for body in (b'{"message":"quota exceeded","user_id":1}', b"<html>nginx</html>")
    )

    assert "quota exceeded" in used_up.message
    assert "raise the quota" in used_up.hint
    assert "body limit" in too_large.hint


def test_a_repository_that_was_renamed_is_told_and_the_token_not_sent_on(
    bench: Workbench, there: There
) -> None:
    path = f"/repos/{there.owner}/{there.name}"
    there.gitea.ask("PATCH", path, {"name": f"{there.name}-now"}).raise_for_status()

    with pytest.raises(RefusedError, match="is somewhere else now"):
        forge_of(there.gitea, bench.world()).tag(repository(there), "v1.0")
