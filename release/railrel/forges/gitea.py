"""Gitea's and Forgejo's API, version 1.

https://docs.gitea.com/api; routers/api/v1/repo in go-gitea/gitea
"""

from pathlib import Path
from typing import Final
from urllib.parse import quote

from railrel.errors import RailrelError, UnreachableError
from railrel.forges.client import Client, path_of
from railrel.forges.gitea_answers import Asked, Who, explain
from railrel.forges.protocol import Asset, NewRelease, Release, Tag
from railrel.forges.reading import Fields, one, several
from railrel.forges.tokens import OWN, stripped
from railrel.job import ForgeName
from railrel.workspace.remotes import Repository
from railrel.world import Credential, Response, Secret, World

KINDS: Final[tuple[ForgeName, ...]] = ("gitea", "forgejo")
TITLE: Final = "Gitea 1.24 and newer, Forgejo"

_TRIES: Final = 5
_FIRST_WAIT_SECONDS: Final = 0.3


def connect(kind: ForgeName, root: str, who: Credential | None, world: World) -> "Gitea":
    """The server whose pages begin at `root`."""
    return Gitea(kind, root, who, world)


class Gitea:
    """One server."""

    def __init__(self, kind: ForgeName, root: str, who: Credential | None, world: World) -> None:
        self.kind: str = kind
        self._root = root
        self._who = who
        self._clock = world.clock
        self._client = Client(world, f"{root}/api/v1", who)

    def check_access(self, repository: Repository) -> None:
        """A release without anything: Gitea looks at rights first, and then answers 422."""
        answer = self._client.ask("POST", f"{path_of(repository)}/releases", {})
        if answer.status != 422:
            raise self._explained(answer, "release", repository)

    def tag(self, repository: Repository, name: str) -> Tag | None:
        found = self._found(repository, f"/tags/{quote(name, safe='')}")
        if found is None:
            return None
        return Tag(found.within("commit").text("sha"), found.text("message").strip())

    def release(self, repository: Repository, tag: str) -> Release | None:
        found = self._found(repository, f"/releases/tags/{quote(tag, safe='')}")
        return None if found is None else self._release(found, repository)

    def create(self, repository: Repository, new: NewRelease) -> Release:
        path = f"{path_of(repository)}/releases"
        body = {
            "tag_name": new.tag,
            # Should the tag vanish now, it is made again where it was, and nowhere else.
            "target_commitish": new.commit,
            "name": new.title,
            "body": new.notes,
            "prerelease": new.prerelease,
            # What is a draft first and then published starts no `release: published` workflow.
            "draft": False,
        }
        trouble: RailrelError | None = None
        for attempt in range(_TRIES):
            if attempt:
                self._clock.sleep(_FIRST_WAIT_SECONDS * 2 ** (attempt - 1))
            try:
                answer = self._client.ask("POST", path, body)
            except UnreachableError as error:
                # It may have arrived; then the next try is a 409.
                trouble = error
                continue
            if answer.status == 201:
                return self._release(one(answer, repository.page), repository)
            there = self.release(repository, new.tag) if answer.status == 409 else None
            if there:
                return there
            trouble = self._explained(answer, "release", repository)
            # While the tag's push is still being booked the answer is a 500 without a word, and after
            # the first push of all that the repository is empty.
            if not isinstance(trouble, UnreachableError):
                break
        raise trouble or AssertionError("there is at least one try")

    def assets(self, repository: Repository, release: Release) -> tuple[Asset, ...]:
        path = f"{path_of(repository)}/releases/{release.id}/assets"
        answer = self._client.ask("GET", path)
        if answer.status != 200:
            raise self._explained(answer, "read", repository)
        return tuple(self._asset(each) for each in several(answer, repository.page))

    def upload(self, repository: Repository, release: Release, name: str, file: Path) -> Asset:
        answer = self._client.send_file(f"{release.uploads}?name={quote(name, safe='')}", file)
        if answer.status != 201:
            raise self._explained(answer, "release", repository)
        return self._asset(one(answer, release.page))

    def download(self, asset: Asset) -> bytes:
        answer = self._client.fetch(asset.url)
        if answer.status != 200:
            raise UnreachableError(
                f"{asset.name} of the release cannot be read back ({answer.status})",
                at=asset.url,
                # Their code before 1.26 asks for the rights of a user, and a job's own token has none.
                hint=f"run the same command again; an older Gitea may give a private repository's files to "
                f"no job's own token: set {OWN} to one with the scope write:repository",
            )
        return answer.body

    def discard(self, repository: Repository, release: Release, asset: Asset) -> None:
        path = f"{path_of(repository)}/releases/{release.id}/assets/{asset.id}"
        answer = self._client.ask("DELETE", path)
        if answer.status not in (204, 404):
            raise self._explained(answer, "release", repository)

    def set_secret(self, repository: Repository, name: str, value: Secret) -> str:
        path = f"{path_of(repository)}/actions/secrets/{quote(name, safe='')}"
        answer = self._client.ask("PUT", path, {"data": stripped(value).reveal()})
        if answer.status not in (201, 204):
            raise self._explained(answer, "secret", repository)
        return "made" if answer.status == 201 else "replaced"

    def _found(self, repository: Repository, path: str) -> Fields | None:
        def explained(answer: Response) -> RailrelError:
            return self._explained(answer, "read", repository)

        return self._client.found(repository, path, explained)

    def _release(self, found: Fields, repository: Repository) -> Release:
        number = found.number("id")
        tag = found.text("tag_name")
        return Release(
            id=number,
            tag=tag,
            # The server's own word for its address may be an inner one.
            page=f"{repository.page}/releases/tag/{quote(tag)}",
            draft=found.is_set("draft"),
            uploads=f"{self._root}/api/v1{path_of(repository)}/releases/{number}/assets",
        )

    def _asset(self, found: Fields) -> Asset:
        return Asset(
            id=found.number("id"),
            name=found.text("name"),
            size=found.number("size"),
            # By this one it takes tokens on every version, of jobs too; the download page does not.
            url=f"{self._root}/attachments/{found.text('uuid')}",
            sha256=None,
        )

    def _explained(self, answer: Response, asked: Asked, repository: Repository) -> RailrelError:
        return explain(answer, asked, Who(repository, self._who.origin if self._who else ""))
