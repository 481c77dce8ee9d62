"""How a forge's API is asked: JSON there and back, files as they are, no credential to anybody else."""

import json
from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from urllib.parse import quote, urljoin

from railrel.errors import RailrelError
from railrel.forges.reading import Fields, one
from railrel.values import dataclass
from railrel.workspace.remotes import Repository
from railrel.world import Credential, Request, Response, World

_FILE_SECONDS = 600.0
_ELSEWHERE = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Client:
    """One API, and who we are to it."""

    world: World
    base: str
    """Its URL without a slash at the end."""
    credential: Credential | None
    headers: Mapping[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Response:
        """Ask once; a GET is repeated where nobody answers. UnreachableError where nobody does."""
        content = None if body is None else json.dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        return self.world.http.send(
            Request(
                method,
                f"{self.base}{path}",
                self.credential,
                headers={**self.headers, **kind},
                content=content,
            )
        )

    def found(
        self, repository: Repository, path: str, explained: Callable[[Response], RailrelError]
    ) -> Fields | None:
        """What is at a path below the repository; None for a 404 where we may see the repository."""
        answer = self.ask("GET", f"{path_of(repository)}{path}")
        if answer.status == 200:
            return one(answer, repository.page)
        if answer.status != 404:
            raise explained(answer)
        around = self.ask("GET", path_of(repository))
        if around.status != 200:
            raise explained(around)
        return None

    def send_file(self, url: str, file: Path) -> Response:
        """Send a file as the whole body."""
        headers = {**self.headers, "Content-Type": "application/octet-stream"}
        return self.world.http.send(
            Request("POST", url, self.credential, headers, content=file, seconds=_FILE_SECONDS)
        )

    def fetch(self, url: str) -> Response:
        """Get bytes; where the forge sends us to its storage, without the credential."""
        headers = {**self.headers, "Accept": "application/octet-stream"}
        first = Request("GET", url, self.credential, headers, seconds=_FILE_SECONDS)
        answer = self.world.http.send(first)
        target = urljoin(url, answer.headers.get("location", ""))
        if answer.status not in _ELSEWHERE or not target.startswith(("https://", "http://")):
            return answer
        return self.world.http.send(Request("GET", target, seconds=_FILE_SECONDS))


def path_of(repository: Repository) -> str:
    """Where a repository is in an API of GitHub's form."""
    return f"/repos/{quote(repository.owner, safe='')}/{quote(repository.name, safe='')}"
