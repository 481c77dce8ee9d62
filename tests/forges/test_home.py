"""Which forge a repository is on, and who we are to it."""

from dataclasses import dataclass, field, replace

import pytest

from railrel.errors import ConfigError, RefusedError
from railrel.forges import home_of
from railrel.forges.tokens import token_for
from railrel.job import ForgeName, Job, job_of
from railrel.world import Request, Response, Secret, World
from tests.servers.gitea import Gitea
from tests.workbench import Workbench

MISSING = Response(404, {}, b"404 page not found")


@dataclass
class Pages:
    """HTTP whose pages are known; everything else is missing."""

    pages: dict[str, Response]
    asked: list[Request] = field(default_factory=list)

    def send(self, request: Request) -> Response:
        self.asked.append(request)
        return self.pages.get(request.url, MISSING)

    def get_ready(self, url: str) -> None:
        del url

    def close(self) -> None:
        pass


def version(text: str) -> Response:
    return Response(200, {}, f'{{"version":"{text}"}}'.encode())


def world_of(bench: Workbench, pages: dict[str, Response], **variables: str) -> World:
    return replace(bench.having(**variables).world(), http=Pages(pages))


HOST = "https://git.example.com"
SERVERS: dict[str, tuple[ForgeName, dict[str, Response]]] = {
    "gitea": ("gitea", {f"{HOST}/api/v1/version": version("1.26.4")}),
    "forgejo": (
        "forgejo",
        {
            f"{HOST}/api/v1/version": version("11.0.1+gitea-1.22.0"),
            f"{HOST}/api/forgejo/v1/version": version("11.0.1"),
        },
    ),
    "a gitea that wants to know everybody": (
        "gitea",
        {
            f"{HOST}/api/v1/version": Response(
                403, {}, b'{"message":"Only signed in user is allowed to call APIs."}'
            )
        },
    ),
    "github enterprise": (
        "github",
        {f"{HOST}/api/v3/meta": Response(401, {"x-github-enterprise-version": "3.15.0"}, b"{}")},
    ),
}


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_says_what_it_is_and_gets_no_token_for_that(bench: Workbench, server: str) -> None:
    kind, pages = SERVERS[server]
    world = world_of(bench, pages, RAILREL_FORGE_TOKEN="marked")

    home = home_of(f"{HOST}/acme/core.git", None, "", world, lambda _: None)

    assert home.forge.kind == kind
    assert isinstance(world.http, Pages)
    assert [request.credential for request in world.http.asked if request.credential] == []


def test_github_is_known_by_its_name(bench: Workbench) -> None:
    world = world_of(bench, {})

    home = home_of("git@github.com:acme/core.git", None, "", world, lambda _: None)

    assert (home.forge.kind, home.repository.page) == ("github", "https://github.com/acme/core")


@pytest.mark.parametrize("page", ["<html>a shop</html>", '{"version": 5}', "[]", ""])
def test_a_server_that_is_no_forge_is_told_so(bench: Workbench, page: str) -> None:
    pages = {f"{HOST}/api/v1/version": Response(200, {}, page.encode())}

    with pytest.raises(ConfigError, match=r"git\.example\.com is no forge that railrel knows"):
        home_of(f"{HOST}/acme/core", None, "", world_of(bench, pages), lambda _: None)


@pytest.mark.parametrize("remote", [None, "/srv/git/core.git", f"{HOST}/core.git"])
def test_a_remote_that_is_on_no_forge_is_told_so(bench: Workbench, remote: str | None) -> None:
    with pytest.raises(ConfigError, match="git does not say on which forge"):
        home_of(remote, None, "", world_of(bench, {}), lambda _: None)


@pytest.mark.parametrize(
    ("remote", "registry", "root"),
    [
        ("ssh://git@example.com:2222/acme/core", "https://example.com:3000/git/api/packages/acme/pypi",
         "https://example.com:3000/git"),
        ("git@example.com:acme/core", "https://other.example/api/packages/acme/pypi",
         "https://example.com"),
        ("https://example.com/git/acme/core", "https://example.com:3000/api/packages/acme/pypi",
         "https://example.com/git"),
        ("git@example.com:acme/core", "/srv/index", "https://example.com"),
    ],
)  # fmt: skip
def test_the_registry_tells_the_port_and_path_that_ssh_does_not(
    bench: Workbench, remote: str, registry: str, root: str
) -> None:
    world = world_of(bench, {f"{root}/api/v1/version": version("1.26.4")})

    home = home_of(remote, None, registry, world, lambda _: None)

    assert home.repository.page == f"{root}/acme/core"


def job(**more: str) -> Job:
    variables = {
        "GITEA_ACTIONS": "true",
        "GITHUB_SERVER_URL": "http://gitea:3000/git/",
        "GITHUB_REPOSITORY": "acme/core",
        "GITHUB_REF": "refs/tags/v1.0",
        **more,
    }
    found = job_of(variables)
    assert found
    return found


def test_in_a_job_nobody_is_asked_where_we_are(bench: Workbench) -> None:
    world = world_of(bench, {})

    home = home_of("git@github.com:acme/core", job(), "", world, lambda _: None)

    assert home.repository.page == "http://gitea:3000/git/acme/core"
    assert home.forge.kind == "gitea"
    assert isinstance(world.http, Pages)
    assert world.http.asked == []


def test_a_job_without_a_repository_is_told_so(bench: Workbench) -> None:
    with pytest.raises(ConfigError, match="does not say which repository"):
        home_of(None, job(GITHUB_REPOSITORY=""), "", world_of(bench, {}), lambda _: None)


@pytest.mark.parametrize(
    ("kind", "variables", "origin"),
    [
        ("gitea", {"RAILREL_FORGE_TOKEN": "a", "GITEA_TOKEN": "b"}, "RAILREL_FORGE_TOKEN"),
        ("gitea", {"GITEA_TOKEN": "b", "GITHUB_TOKEN": "c"}, "GITEA_TOKEN"),
        ("forgejo", {"FORGEJO_TOKEN": "b", "GITEA_TOKEN": "c"}, "FORGEJO_TOKEN"),
        ("github", {"GITEA_TOKEN": "b", "GITHUB_TOKEN": "c"}, "GITHUB_TOKEN"),
        ("gitea", {"GITHUB_TOKEN": "c", "RAILREL_TOKEN": "d"}, None),
    ],
)
def test_outside_a_job_a_token_goes_to_its_own_kind_alone(
    bench: Workbench, kind: ForgeName, variables: dict[str, str], origin: str | None
) -> None:
    hidden: list[Secret] = []

    found = token_for(kind, None, bench.having(**variables).world(), hidden.append)

    assert (found.origin if found else None) == origin
    assert [one.reveal() for one in hidden] == ([variables[origin]] if origin else [])


def test_in_a_job_its_own_token_is_taken_unless_one_is_set_for_this(bench: Workbench) -> None:
    own = job(GITHUB_TOKEN="marked")

    by_itself = token_for("gitea", own, bench.world(), lambda _: None)
    told = bench.having(RAILREL_FORGE_TOKEN=" other\n").world()
    by_hand = token_for("gitea", own, told, lambda _: None)

    assert by_itself
    assert by_hand
    assert (by_itself.password.reveal(), by_hand.password.reveal()) == ("marked", "other")


def test_a_token_that_no_header_carries_is_refused_unquoted(bench: Workbench) -> None:
    world = bench.having(RAILREL_FORGE_TOKEN="marked one").world()

    with pytest.raises(RefusedError, match="RAILREL_FORGE_TOKEN holds characters") as caught:
        token_for("gitea", None, world, lambda _: None)

    assert "marked" not in str(caught.value)


def test_the_real_gitea_is_known(bench: Workbench, gitea: Gitea) -> None:
    home = home_of(f"{gitea.url}/acme/core", None, "", bench.world(), lambda _: None)

    assert home.forge.kind == "gitea"
