"""Repositories on the real Gitea, with a commit and tags, for tests of releases."""

import base64
import secrets
import time
from dataclasses import dataclass

import httpx
import pytest

from tests.servers.gitea import Gitea
from tests.waiting import eventually


@dataclass(frozen=True, slots=True)
class There:
    """A repository on the forge, looked at as the admin does."""

    gitea: Gitea
    owner: str
    name: str

    @property
    def url(self) -> str:
        """Without a credential."""
        return f"{self.gitea.url}/{self.owner}/{self.name}"

    @property
    def pushing(self) -> str:
        """By which the bot pushes; for git's command line only."""
        token = self.gitea.tokens["repository"]
        return f"{self.url}.git".replace("://", f"://{self.gitea.bot}:{token}@")

    def commit(self) -> str:
        """Make a commit; its name."""
        content = base64.b64encode(secrets.token_bytes(8)).decode()
        path = f"{self._path}/contents/{secrets.token_hex(4)}"
        answer = self.gitea.ask("POST", path, {"content": content, "message": "A commit"})
        sha: str = answer.raise_for_status().json()["commit"]["sha"]
        return sha

    def tag(self, name: str, commit: str, message: str = "") -> None:
        """Make a tag, an annotated one where it has a message."""
        body = {"tag_name": name, "target": commit, "message": message}
        self.gitea.ask("POST", f"{self._path}/tags", body).raise_for_status()

    def release(self, tag: str, **more: object) -> int:
        """Make a release as somebody does by hand; its number."""
        body = {"tag_name": tag, "name": "by hand", **more}

        def made() -> httpx.Response | None:
            # While the push is being booked it is a 500, or a 422 that says the repository is empty.
            answer = self.gitea.ask("POST", f"{self._path}/releases", body)
            return answer if answer.is_success else None

        number: int = eventually(made, "the release").json()["id"]
        if more.get("draft"):
            self._keep_draft(number)
        return number

    def _keep_draft(self, number: int) -> None:
        """Gitea makes a draft a release when the push of its tag is booked, which may come late."""
        path, seen = f"{self._path}/releases/{number}", 0
        for _ in range(40):
            draft = self.gitea.ask("GET", path).raise_for_status().json()["draft"]
            seen = seen + 1 if draft else 0
            if seen == 8:
                return
            if not draft:
                self.gitea.ask("PATCH", path, {"draft": True}).raise_for_status()
            time.sleep(0.25)
        pytest.fail("the release did not stay a draft")

    def releases(self) -> list[dict[str, object]]:
        """All, drafts too."""
        found: list[dict[str, object]] = self.gitea.ask("GET", f"{self._path}/releases").json()
        for release in found:
            assets = release["assets"]
            for asset in assets if isinstance(assets, list) else ():
                # Whoever reads an asset back is counted, and nothing else changes by it.
                del asset["download_count"]
        return found

    def tags(self) -> dict[str, str]:
        """Each tag's commit."""
        found = self.gitea.ask("GET", f"{self._path}/tags").raise_for_status().json()
        return {tag["name"]: tag["commit"]["sha"] for tag in found}

    @property
    def _path(self) -> str:
        return f"/repos/{self.owner}/{self.name}"


def made(gitea: Gitea, owner: str = "", *, empty: bool = False) -> There:
    """A new repository; with one commit unless it shall be empty."""
    owner = owner or gitea.organisation
    name = f"repo-{secrets.token_hex(4)}"
    path = f"/admin/users/{owner}/repos" if owner == gitea.bot else f"/orgs/{owner}/repos"
    body = {"name": name, "default_branch": "main", "auto_init": not empty}
    gitea.ask("POST", path, body).raise_for_status()
    return There(gitea, owner, name)
