"""The registry that is examined, and how it is asked."""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Final, Literal, TypeAlias
from urllib.parse import SplitResult, urlsplit

from railrel import answers
from railrel.errors import UnreachableError
from railrel.registries.credentials import NoCredential
from railrel.values import dataclass
from railrel.workspace.remotes import Repository
from railrel.world import Credential, Request, Response, World

SECONDS: Final = 10.0
# An index page of a thousand files has a few hundred kilobytes.
_LARGEST: Final = 8 * 1024 * 1024
_SCOPES_LIMIT: Final = "token does not have at least one of required scope"

Kind: TypeAlias = Literal["gitea", "legacy", "folder"]


@dataclass(frozen=True, slots=True)
class Unusable:
    """A credential that no header can carry."""

    said: str


@dataclass(frozen=True)
class Site:
    """One registry, and what was said of it on the command line."""

    kind: Kind
    place: str
    """Where files are uploaded to: a URL, or a folder's path."""
    origin: str
    """Where it was set."""
    root: str
    """Where the server's own pages begin, without a slash at the end; empty for a folder."""
    owner: str
    """Whose packages; empty where registries have no owners."""
    who: Credential | NoCredential | Unusable
    forge: Credential | None
    """For repositories and runners; None where no project here is on this server."""
    repositories: tuple[Repository, ...]
    """Those of the projects here that are on this server."""
    label: str
    """That of the runner which is to be there; empty if any is right."""
    size: int
    """Bytes that an upload must be allowed to have."""
    world: World
    _answers: dict[tuple[str, Credential | None], Response] = field(default_factory=dict)

    @property
    def credential(self) -> Credential | None:
        """What was found, if it can be used."""
        return self.who if isinstance(self.who, Credential) else None

    @property
    def host(self) -> str:
        """With the port, if one is named."""
        return urlsplit(self.root).netloc

    def get(self, path: str, credential: Credential | None = None) -> Response:
        """What the server says at a path below its root, asked once in a run.

        UnreachableError when it says nothing.
        """
        key = (path, credential)
        if key not in self._answers:
            self._answers[key] = self.send(Request("GET", f"{self.root}{path}", credential))
        return self._answers[key]

    def api(self, path: str, credential: Credential | None = None) -> Response:
        """What version 1 of Gitea's API says."""
        return self.get(f"/api/v1{path}", credential)

    def send(self, request: Request) -> Response:
        """Ask anything, once and for seconds: here silence is an answer too."""
        seconds = request.seconds if request.upload else SECONDS
        return self.world.http.send(replace(request, seconds=seconds, once=True, largest=_LARGEST))


def parts_of(url: str) -> SplitResult:
    """The parts of an address that a server gave. UnreachableError when it is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise UnreachableError("the server gives an address that is none", at=url) from error
    return parts


def table_of(answer: Response) -> Mapping[str, object]:
    """The JSON object of an answer; an empty one where there is none."""
    return answers.table_of(answers.value_of(answer.body))


def text_of(answer: Response) -> str:
    """What an answer says in words: the message of Gitea's JSON, else its first line without markup."""
    message = table_of(answer).get("message")
    text = message if isinstance(message, str) else answer.body.decode("utf-8", "replace").strip()
    return "" if text.startswith("<") else " ".join(text.split())[:300]


def lacks_scope(answer: Response) -> bool:
    """Whether this is how Gitea says that a token may do other things only."""
    return answer.status == 403 and _SCOPES_LIMIT in text_of(answer)
