"""A server with the upload API that PyPI began with: pypiserver, devpi, PyPI itself and its kin.

https://docs.pypi.org/api/upload/
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from packaging.utils import NormalizedName

from railrel.distributions.artefacts import Artefact
from railrel.distributions.twine_check import upload_form
from railrel.errors import RefusedError, UnreachableError
from railrel.patience import asked_wait
from railrel.registries.asking import LARGE, ask
from railrel.registries.common_answers import BODY_LIMITS, by_tls, wants_tls, when
from railrel.registries.credentials import Credentials
from railrel.registries.places import Place, index_name_from
from railrel.registries.protocol import Answer, RemoteFile, Stored, Taken, Unsure
from railrel.registries.simple import files_of_page
from railrel.world import Credential, Request, Response, Secret, Told, Upload, World

KIND = "legacy"
TITLE = "a server with the legacy upload API"

_JSON_FIRST = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"


def claims(place: Place) -> bool:
    """Any URL that nothing else claims."""
    return bool(place.url)


def connect(place: Place, world: World, hide: Callable[[Secret], None]) -> "Legacy":
    """The server at the upload URL."""
    return Legacy(place, world, Credentials(place, world, hide))


class Legacy:
    """An upload URL with a simple index beside it."""

    kind = KIND
    images = ""

    def __init__(self, place: Place, world: World, who: Credentials) -> None:
        self._world = world
        self._who = who
        self._place = place
        self.place = place.url
        self.publish_url = f"{place.url}/"
        self.simple_url = place.index_url or f"{place.url}/simple"
        host = urlsplit(place.url).hostname or "internal"
        self.index_name = place.index_name or index_name_from(host.split(".")[0])

    def check_access(self) -> None:
        """These servers have no question for this; an upload without a file comes nearest.

        What a server makes of such a form differs; only a refusal of the credential counts.
        """
        answer = self._send(Request("POST", self.publish_url, self._who.own, harmless=True))
        if answer.status in (401, 403) or self._by_tls(answer):
            raise self._refused(answer)

    def credential(self) -> Credential | None:
        return self._who.own

    def held(self, name: NormalizedName) -> tuple[RemoteFile, ...]:
        url = f"{self.simple_url}/{name}/"
        answer = self._send(Request("GET", url, self._who.own, {"Accept": _JSON_FIRST}))
        if answer.status == 404:
            return ()
        # pypiserver sends those who ask for a name it does not have to a public index.
        moved = answer.status in (301, 302, 303, 307, 308)
        if moved and _elsewhere(answer.headers.get("location", ""), url):
            return ()
        if answer.status != 200:
            raise self._refused(answer)
        return files_of_page(answer.body, answer.headers.get("content-type", ""), url)

    def upload(self, artefact: Artefact, told: Told | None = None) -> Answer:
        request = Request(
            "POST",
            self.publish_url,
            self._who.own,
            form=upload_form(artefact.path),
            upload=Upload("content", artefact.path, told),
        )
        try:
            answer = self._send(request, artefact.size)
        except UnreachableError as error:
            return Unsure(error)
        if answer.status in (200, 201, 202, 204):
            return Stored()
        # PyPI and pypiserver say 400 to some clients where 409 is meant.
        if answer.status == 409 or (answer.status == 400 and b"exist" in answer.body.lower()):
            return Taken()
        if answer.status >= 500 or answer.status == 429:
            wait = asked_wait(answer.headers, self._world.clock.now())
            return Unsure(self._refused(answer), wait)
        raise self._refused(answer)

    def download(self, file: RemoteFile) -> bytes:
        request = Request("GET", file.url, self._who.for_url(file.url, self.place))
        answer = self._send(request, LARGE)
        if answer.status != 200:
            raise self._refused(answer)
        return answer.body

    def link(self, name: NormalizedName, remote: str | None) -> str:
        del name, remote
        return ""

    def page(self, name: NormalizedName, version: str) -> str:
        del version
        return f"{self.simple_url}/{name}/"

    def how_to_delete(self, name: NormalizedName, version: str) -> str:
        return f"delete {name} {version} at {self.place}, if the server can"

    def _send(self, request: Request, size: int = 0) -> Response:
        return ask(self._world, self._place, request, size)

    def _by_tls(self, answer: Response) -> str:
        return by_tls(answer, self.place)

    def _refused(self, answer: Response) -> RefusedError | UnreachableError:
        if named := self._by_tls(answer):
            return wants_tls(answer, self.place, named)
        if answer.status in (401, 403):
            if self._who.own:
                return RefusedError(
                    f"{self.place} does not accept the credential ({answer.status})",
                    at=self.place,
                    hint=f"it was taken from {self._who.own.origin}; set RAILREL_USERNAME and RAILREL_PASSWORD",
                )
            return RefusedError(
                f"{self.place} wants a credential and none was found",
                at=self.place,
                hint="set RAILREL_TOKEN, or RAILREL_USERNAME and RAILREL_PASSWORD; looked at "
                + ", ".join(self._who.looked),
            )
        if answer.status == 413:
            return RefusedError(
                "the file is larger than the server or a proxy before it takes (413)",
                at=self.place,
                hint=f"raise its body limit: {BODY_LIMITS}",
            )
        if answer.status >= 500 or answer.status == 429:
            return UnreachableError(
                f"{self.place} is in trouble: it answered {answer.status}",
                at=self.place,
                hint=f"run the same command again{when(answer)}",
            )
        said = " ".join(answer.body.decode("utf-8", "replace").split())[:200]
        hint = "check the address of the registry"
        if urlsplit(self.place).path.rstrip("/").endswith("simple"):
            hint = "this is the address of the index; the upload address has no /simple"
        return RefusedError(
            f"{self.place} answered {answer.status}: {said}", at=self.place, hint=hint
        )


def _elsewhere(location: str, url: str) -> bool:
    """Whether a redirect leads to another host."""
    try:
        host = urlsplit(location).netloc
    except ValueError:
        return False
    return bool(host) and host != urlsplit(url).netloc
