"""Gitea's and Forgejo's PyPI registry.

https://docs.gitea.com/usage/packages/pypi; routers/api/packages/pypi/pypi.go in go-gitea/gitea
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from packaging.utils import NormalizedName

from railrel.answers import token_page
from railrel.distributions.artefacts import Artefact
from railrel.distributions.twine_check import upload_form
from railrel.errors import RailrelError, UnreachableError
from railrel.patience import asked_wait
from railrel.registries.asking import LARGE, ask
from railrel.registries.credentials import Credentials
from railrel.registries.gitea_answers import Clues, explain, misses_form
from railrel.registries.gitea_jobs import Asked, in_job
from railrel.registries.places import Place, index_name_from
from railrel.registries.protocol import Answer, RemoteFile, Stored, Taken, Unsure
from railrel.registries.simple import files_of_page
from railrel.workspace.hosts import host_of
from railrel.workspace.remotes import repository_of
from railrel.world import Credential, Request, Response, Secret, Told, Upload, World

KIND = "gitea"
TITLE = "Gitea or Forgejo"

_URL = re.compile(r"(?P<root>https?://.+?)/+api/packages/(?P<owner>[^/]+)/pypi(?P<rest>/.*)?")


def claims(place: Place) -> bool:
    """URLs of the form that Gitea gives its PyPI registry."""
    return bool(_URL.fullmatch(place.url))


def connect(place: Place, world: World, hide: Callable[[Secret], None]) -> "Gitea":
    """The registry of one owner."""
    return Gitea(place, world, Credentials(place, world, hide))


class Gitea:
    """The packages of a user or an organisation."""

    kind = KIND

    def __init__(self, place: Place, world: World, who: Credentials) -> None:
        parts = _URL.fullmatch(place.url)
        if parts is None:
            raise ValueError(place.url)
        self._world = world
        self._who = who
        self._place = place
        self._root, self._owner = parts["root"], parts["owner"]
        self._token_secret = place.token_secret
        self.owner = self._owner
        self.token_page = token_page(self._root)
        # People paste the address of the simple index as well; it is the same registry.
        self.publish_url = self.place = f"{self._root}/api/packages/{self._owner}/pypi"
        self.simple_url = f"{self.place}/simple"
        self.index_name = place.index_name or index_name_from(self._owner)
        # OCI names are in lower case, and Gitea finds an owner by any.
        self.images = f"{host_of(self._root)}/{self._owner.lower()}"

    def check_access(self) -> None:
        """An upload without a body: Gitea looks at owner and rights first, and then answers 400."""
        answer = self._send(Request("POST", self.publish_url, self._who.own, harmless=True))
        if misses_form(answer):
            return
        raise self._explained(answer, "publish")

    def credential(self) -> Credential | None:
        return self._who.own

    def held(self, name: NormalizedName) -> tuple[RemoteFile, ...]:
        url = f"{self.simple_url}/{name}/"
        answer = self._send(Request("GET", url, self._who.own))
        # 404 without a body: the owner is there and has no such package.
        if answer.status == 404 and not answer.body.strip():
            return ()
        if answer.status != 200:
            raise self._explained(answer, "read")
        return files_of_page(answer.body, "text/html", url, end="</html>")

    def upload(self, artefact: Artefact, told: Told | None = None) -> Answer:
        request = Request(
            "POST",
            self.publish_url,
            self._who.own,
            form=_form(artefact),
            upload=Upload("content", artefact.path, told),
        )
        try:
            answer = self._send(request, artefact.size)
        except UnreachableError as error:
            return Unsure(error)
        # Before 1.22 a file that is there already was a 400 (go-gitea/gitea#27480).
        if answer.status == 409 or (
            answer.status == 400 and b"package file already exists" in answer.body
        ):
            return Taken()
        if answer.status == 201:
            return Stored()
        trouble = self._explained(answer, "publish")
        # A cut body, or two uploads at one moment on PostgreSQL, is worth another try.
        cut = answer.status == 400 and b"unexpected EOF" in answer.body
        if cut or isinstance(trouble, UnreachableError):
            return Unsure(trouble, asked_wait(answer.headers, self._world.clock.now()))
        raise trouble

    def download(self, file: RemoteFile) -> bytes:
        request = Request("GET", file.url, self._who.for_url(file.url, self.place))
        answer = self._send(request, LARGE)
        if answer.status != 200:
            raise self._explained(answer, "read")
        return answer.body

    def link(self, name: NormalizedName, remote: str | None) -> str:
        repository = self._repository(remote)
        if not repository:
            return ""
        url = f"{self._root}/api/v1/packages/{self._owner}/pypi/{name}/-/link/{repository}"
        try:
            answer = self._send(Request("POST", url, self._who.own))
        except UnreachableError:
            return ""
        if answer.status == 201:
            return f"linked to the repository {self._owner}/{repository}"
        if answer.status in (403, 404):
            return (
                f"not linked to {self._owner}/{repository}: the token may not see that repository, "
                "or this Gitea cannot link (before 1.24)"
            )
        return ""

    def page(self, name: NormalizedName, version: str) -> str:
        return f"{self._root}/{self._owner}/-/packages/pypi/{name}/{version}"

    def more_than_packages(self) -> str:
        """What else the credential may do, as far as Gitea tells; empty for nothing."""
        answer = self._ask("/api/v1/user")
        if answer.status == 200:
            return "it may read its user, so it has other scopes, or all"
        known = Clues(owner=self._owner, root=self._root, credential="")
        scopes = known.with_user(answer.status, answer.body).scopes.split(",")
        packages = ("", "read:package", "write:package", "public-only")
        return ", ".join(scope for scope in scopes if scope not in packages)

    def how_to_delete(self, name: NormalizedName, version: str) -> str:
        return f"delete it at {self.page(name, version)}/settings"

    def _repository(self, remote: str | None) -> str:
        """The repository's name when it is on this Gitea and of this owner."""
        found = repository_of(remote or "")
        if found is None or found.host != urlsplit(self._root).hostname:
            return ""
        return found.name if found.owner.lower() == self._owner.lower() else ""

    def _send(self, request: Request, size: int = 0) -> Response:
        return ask(self._world, self._place, request, size)

    def _explained(self, answer: Response, asked: Asked) -> RailrelError:
        """What the answer means. Asks Gitea twice more where one answer has several meanings."""
        clues = Clues(
            owner=self._owner,
            root=self._root,
            credential=self._who.own.origin if self._who.own else "",
            looked=self._who.looked,
            in_job=in_job(self._world.environment, self._who.own, self._token_secret),
        )
        try:
            if answer.status == 401 and self._who.own:
                probe = self._ask("/api/v1/user")
                clues = clues.with_user(probe.status, probe.body)
                if probe.status == 200:
                    # It may read its user, so only a packages route tells what it lacks there.
                    probe = self._ask(f"/api/v1/packages/{self._owner}")
                clues = clues.with_user(probe.status, probe.body)
            if answer.status == 404:
                switched_on = self._send(Request("GET", self.publish_url)).status == 405
                owner = self._ask(f"/api/v1/packages/{self._owner}").status
                clues = clues.with_owner(packages_on=switched_on, owner_status=owner)
        except UnreachableError:
            # What we know without the further answers is still worth saying.
            pass
        return explain(answer, asked, clues)

    def _ask(self, path: str) -> Response:
        return self._send(Request("GET", f"{self._root}{path}", self._who.own))


def _form(artefact: Artefact) -> tuple[tuple[str, str], ...]:
    """twine's form with the name and version that Gitea finds again.

    It stores both as they come and compares them exactly: `foo__bar` could never be asked for.
    """
    ours = (("name", artefact.name), ("version", str(artefact.version)))
    return (*ours, *((k, v) for k, v in upload_form(artefact.path) if k not in dict(ours)))
