"""What kind of forge a server is: it is asked, without a credential."""

from railrel.errors import ConfigError, UnreachableError
from railrel.forges.reading import Fields, message, one
from railrel.job import ForgeName
from railrel.workspace.remotes import Repository
from railrel.world import Request, Response, World


def kind_at(repository: Repository, world: World) -> ForgeName:
    """The kind of its server. ConfigError where it is none that we know, or does not answer as one."""
    root = repository.root
    if repository.host == "github.com":
        return "github"

    def asked(path: str) -> Response:
        return world.http.send(Request("GET", f"{root}{path}"))

    # Forgejo answers as Gitea too.
    if _version(asked("/api/forgejo/v1/version"), root):
        return "forgejo"
    answer = asked("/api/v1/version")
    # One that wants to know everybody says so in its own words.
    if _version(answer, root) or "Only signed in user" in message(answer):
        return "gitea"
    if "x-github-enterprise-version" in asked("/api/v3/meta").headers:
        return "github"
    raise ConfigError(
        f"{repository.host} is no forge that railrel knows: neither Gitea nor Forgejo nor GitHub",
        at=root,
        hint="git remote set-url origin with the https address of the repository, port and path too",
    )


def _version(answer: Response, root: str) -> str:
    try:
        found = one(answer, root) if answer.status == 200 else Fields({})
    except UnreachableError:
        # A page for people is no answer of ours.
        return ""
    return found.text("version")
