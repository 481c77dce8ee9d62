"""The registry of images: what it holds under a name, and whether we may push there.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md; Gitea's is
routers/api/packages/container in go-gitea/gitea.
"""

import hashlib
from collections.abc import Callable
from urllib.parse import quote, urljoin, urlsplit

from railrel.errors import RailrelError, RefusedError, UnreachableError
from railrel.images.pushes.decide import Held
from railrel.images.pushes.names import ImageName
from railrel.registries.container_answers import (
    GITEA,
    Challenge,
    challenge_of,
    child_of,
    config_of,
    explain,
    revision_in,
    token_in,
)
from railrel.registries.credentials import Credentials
from railrel.registries.gitea import Gitea
from railrel.registries.places import Place
from railrel.registries.protocol import Registry
from railrel.workspace.hosts import is_at, scheme_of
from railrel.world import Credential, Request, Response, Secret, World

_KINDS = (
    "application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json, "
    "application/vnd.oci.image.index.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json"
)


class Containers:
    """Where one image is pushed."""

    def __init__(
        self, name: ImageName, registry: Registry, world: World, hide: Callable[[Secret], None]
    ) -> None:
        self.name = name
        self.scheme = scheme_of(name.host, registry.place)
        self._root = f"{self.scheme}://{name.host}"
        self._world, self._hide = world, hide
        self._registry = registry
        # What the variables say is for the registry of packages; on another host it is nobody's.
        is_ours = is_at(name.host, registry.place)
        self._who = Credentials(
            Place(f"{self._root}/api/packages/{name.owner}/pypi", None, "", "", ""),
            world,
            hide,
            variables=is_ours or registry.kind == "folder",
        )
        self._is_ours = is_ours
        self._token: Secret | None = None
        self._service = ""

    @property
    def credential(self) -> Credential | None:
        """Who we are to it: as to the registry of packages, if that is on the same server."""
        ours = self._registry.credential() if self._is_ours else None
        return ours or self._who.own

    def held(self) -> Held | None:
        """The image of this name; None where there is none."""
        answer = self._send("GET", f"manifests/{self.name.tag}")
        if answer.status == 404:
            return None
        manifest = self._good(answer)
        digest = f"sha256:{hashlib.sha256(manifest).hexdigest()}"
        child = child_of(manifest)
        if child:
            manifest = self._good(self._send("GET", f"manifests/{child}"))
        config = config_of(manifest)
        revision = revision_in(self._blob(config)) if config else ""
        return Held(digest, revision)

    def check_access(self) -> None:
        """Begin an upload and call it off: what it takes to know, changing nothing, who may push."""
        answer = self._send("POST", "blobs/uploads/")
        if answer.status != 202:
            raise self._explained(answer)
        began = urljoin(f"{self._root}/v2/", answer.headers.get("location", ""))
        if urlsplit(began)[:2] == urlsplit(self._root)[:2]:
            # One that cannot be called off is forgotten by the registry in time.
            self._once("DELETE", began)

    def _blob(self, digest: str) -> bytes:
        answer = self._send("GET", f"blobs/{digest}")
        if answer.status in (302, 303, 307):
            # To where an object store hands it out, by an address that needs no credential.
            target = urljoin(self._root, answer.headers.get("location", ""))
            answer = self._world.http.send(Request("GET", target))
        return self._good(answer)

    def _good(self, answer: Response) -> bytes:
        if answer.status != 200:
            raise self._explained(answer)
        return answer.body

    def _send(self, method: str, path: str) -> Response:
        """With a token, which is asked for once the registry says where it is given."""
        url = f"{self._root}/v2/{self.name.path}/{path}"
        answer = self._once(method, url)
        if answer.status != 401 or self._token:
            return answer
        challenge = challenge_of(answer)
        if challenge is None:
            return self._once(method, url, self.credential)
        self._service = challenge.service
        given = self._ask_token(challenge)
        if given.status != 200 or not token_in(given):
            raise self._explained(given)
        self._token = Secret(token_in(given))
        self._hide(self._token)
        return self._once(method, url)

    def _ask_token(self, challenge: Challenge) -> Response:
        realm = urlsplit(challenge.realm)
        if (realm.scheme, realm.netloc) != (self.scheme, self.name.host):
            raise RefusedError(
                f"{self.name.host} has its tokens given out by {realm.netloc or challenge.realm}, "
                "for whom our credential is not",
                at=self._root,
                hint="on Gitea ROOT_URL has to be the address that everybody uses, scheme and all",
            )
        scope = quote(f"repository:{self.name.path}:pull,push", safe=":,")
        query = f"service={quote(challenge.service)}&scope={scope}"
        return self._world.http.send(Request("GET", f"{challenge.realm}?{query}", self.credential))

    def _once(self, method: str, url: str, credential: Credential | None = None) -> Response:
        headers = {"Accept": _KINDS}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token.reveal()}"
        return self._world.http.send(Request(method, url, credential, headers))

    def _explained(self, answer: Response) -> RailrelError:
        """What the answer means. Gitea is asked for packages: there its answers tell more."""
        if self._service == GITEA and answer.status in (401, 403, 404):
            try:
                self._gitea().check_access()
            except UnreachableError:
                # What we know without the further answer is still worth saying.
                pass
            except RailrelError as error:
                return error
        origin = self.credential.origin if self.credential else ""
        return explain(answer, self.name, origin, self._who.looked)

    def _gitea(self) -> Registry:
        if self._is_ours and self._registry.images.endswith(f"/{self.name.owner}"):
            return self._registry
        url = f"{self._root}/api/packages/{self.name.owner}/pypi"
        return Gitea(Place(url, None, "", "", ""), self._world, self._who)
