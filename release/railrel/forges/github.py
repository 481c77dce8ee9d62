"""GitHub's REST API, of github.com and of GitHub Enterprise Server.

https://docs.github.com/rest/releases. Written after its documentation and tried on a double; never
run against the real one.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from railrel.errors import RailrelError, RefusedError, UnreachableError
from railrel.forges.client import Client, path_of
from railrel.forges.github_answers import explain
from railrel.forges.protocol import Asset, NewRelease, Release, Tag
from railrel.forges.reading import Fields, one, several
from railrel.job import ForgeName
from railrel.workspace.remotes import Repository
from railrel.world import Credential, Response, Secret, World

KINDS: Final[tuple[ForgeName, ...]] = ("github",)
TITLE: Final = "GitHub, GitHub Enterprise Server; tried on a double only"

_HOST: Final = "github.com"
_UPLOAD_HOST: Final = "uploads.github.com"
_HEADERS: Final = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
_PAGE: Final = 100
_NESTED_TAGS: Final = 5


def connect(kind: ForgeName, root: str, who: Credential | None, world: World) -> "GitHub":
    """The server whose pages begin at `root`."""
    del kind
    return GitHub(root, who, world)


class GitHub:
    """One server."""

    kind = "github"

    def __init__(self, root: str, who: Credential | None, world: World) -> None:
        self._host = urlsplit(root).netloc
        api = "https://api.github.com" if self._host == _HOST else f"{root}/api/v3"
        self._who = who
        self._client = Client(world, api, who, _HEADERS)

    def check_access(self, repository: Repository) -> None:
        """A release without anything: GitHub looks at rights first, and then answers 422."""
        answer = self._client.ask("POST", f"{path_of(repository)}/releases", {})
        if answer.status != 422:
            raise self._explained(answer, repository)

    def tag(self, repository: Repository, name: str) -> Tag | None:
        found = self._found(repository, f"/git/ref/tags/{quote(name)}")
        if found is None:
            return None
        target, said = found.within("object"), ""
        # An annotated tag is an object of its own, and may stand for another one.
        for _ in range(_NESTED_TAGS):
            if target.text("type") != "tag":
                break
            path = f"{path_of(repository)}/git/tags/{quote(target.text('sha'))}"
            answer = self._client.ask("GET", path)
            if answer.status != 200:
                raise self._explained(answer, repository)
            inner = one(answer, repository.page)
            target, said = inner.within("object"), said or inner.text("message").strip()
        return Tag(target.text("sha"), said)

    def release(self, repository: Repository, tag: str) -> Release | None:
        found = self._found(repository, f"/releases/tags/{quote(tag, safe='')}")
        if found is None:
            # Drafts are in the list only.
            listed = self._pages(repository, f"{path_of(repository)}/releases")
            found = next((one for one in listed if one.text("tag_name") == tag), None)
        return None if found is None else _release(found)

    def create(self, repository: Repository, new: NewRelease) -> Release:
        body = {
            "tag_name": new.tag,
            "target_commitish": new.commit,
            "name": new.title,
            "body": new.notes,
            "prerelease": new.prerelease,
            "draft": False,
            # Not the newest made but the highest version is shown as the latest.
            "make_latest": "legacy",
        }
        answer = self._client.ask("POST", f"{path_of(repository)}/releases", body)
        if answer.status == 201:
            return _release(one(answer, repository.page))
        there = self.release(repository, new.tag) if _is_there_already(answer) else None
        if there is None:
            raise self._explained(answer, repository)
        return there

    def assets(self, repository: Repository, release: Release) -> tuple[Asset, ...]:
        path = f"{path_of(repository)}/releases/{release.id}/assets"
        return tuple(_asset(each) for each in self._pages(repository, path))

    def upload(
        self, repository: Repository, release: Release, name: str, file: Path
    ) -> Asset | None:
        # The token goes where an answer says, but to nobody whom we do not know.
        expected = _UPLOAD_HOST if self._host == _HOST else self._host
        if urlsplit(release.uploads).netloc != expected:
            raise RefusedError(
                "GitHub names another host for uploads, and the token is not for that",
                at=release.uploads,
                hint=f"expected is {expected}",
            )
        answer = self._client.send_file(f"{release.uploads}?name={quote(name, safe='')}", file)
        if _is_there_already(answer):
            return None
        if answer.status != 201:
            raise self._explained(answer, repository)
        return _asset(one(answer, release.page))

    def download(self, asset: Asset) -> bytes:
        answer = self._client.fetch(asset.url)
        if answer.status != 200:
            raise UnreachableError(
                f"{asset.name} of the release cannot be read back ({answer.status})",
                at=asset.url,
                hint="run the same command again",
            )
        return answer.body

    def discard(self, repository: Repository, release: Release, asset: Asset) -> None:
        del release
        path = f"{path_of(repository)}/releases/assets/{asset.id}"
        answer = self._client.ask("DELETE", path)
        if answer.status not in (204, 404):
            raise self._explained(answer, repository)

    def set_secret(self, repository: Repository, name: str, value: Secret) -> str:
        del value
        # It wants the value in a sealed box of libsodium, which is too much to carry for this alone.
        raise RefusedError(
            "railrel cannot set secrets on GitHub",
            at=repository.page,
            hint=f"gh secret set {name} --repo {repository.full_name}",
        )

    def _found(self, repository: Repository, path: str) -> Fields | None:
        def explained(answer: Response) -> RailrelError:
            return self._explained(answer, repository)

        return self._client.found(repository, path, explained)

    def _pages(self, repository: Repository, path: str) -> Iterator[Fields]:
        page = 1
        while True:
            answer = self._client.ask("GET", f"{path}?per_page={_PAGE}&page={page}")
            if answer.status != 200:
                raise self._explained(answer, repository)
            found = several(answer, repository.page)
            yield from found
            if len(found) < _PAGE:
                return
            page += 1

    def _explained(self, answer: Response, repository: Repository) -> RailrelError:
        return explain(answer, repository, self._who.origin if self._who else "")


def _is_there_already(answer: Response) -> bool:
    return answer.status == 422 and b"already_exists" in answer.body


def _release(found: Fields) -> Release:
    return Release(
        id=found.number("id"),
        tag=found.text("tag_name"),
        page=found.text("html_url"),
        draft=found.is_set("draft"),
        # It ends in a template of RFC 6570: {?name,label}
        uploads=found.text("upload_url").partition("{")[0],
    )


def _asset(found: Fields) -> Asset:
    kind, _, digest = found.text("digest").partition(":")
    return Asset(
        id=found.number("id"),
        name=found.text("name"),
        size=found.number("size"),
        url=found.text("url"),
        sha256=digest if kind == "sha256" else None,
        # What was cut stays as a starter, and its name is taken until it is deleted.
        whole=found.text("state") != "starter",
    )
