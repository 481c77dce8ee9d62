"""Repositories of the tests' Gitea: pushed to with git, asked by Gitea's API."""

import base64
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.inherited import inherited
from tests.servers.built import finish
from tests.servers.gitea import Gitea

SECONDS = 60
# Gitea puts one in front of each line of a log.
TIME = re.compile(r"^\ufeff?\d{4}-\d\d-\d\dT\S+Z ", re.MULTILINE)

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Repository:
    """One of Gitea's, in an organisation."""

    gitea: Gitea
    owner: str
    name: str

    @property
    def path(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def url(self) -> str:
        """What git clones from, without a credential."""
        return f"{self.gitea.url}/{self.path}.git"

    def push(self, folder: Path, *references: str) -> None:
        """Push branches and tags of a local repository, all or none."""
        self.git(folder, "push", "--quiet", "--atomic", self.url, *references)

    def push_files(self, folder: Path, files: Mapping[str, str], tag: str = "") -> None:
        """Commit these files to `main` in a folder, and push it, with a tag if one is named."""
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        if not (folder / ".git").exists():
            self.git(folder, "init", "--quiet", "--initial-branch=main")
        self.git(folder, "add", "--all")
        self.git(folder, "commit", "--quiet", "--allow-empty", "--message=A commit")
        if tag:
            self.git(folder, "tag", tag)
        self.push(folder, "main", *([f"refs/tags/{tag}"] if tag else []))

    def git(self, folder: Path, *arguments: str) -> str:
        """Run git, with the right to push to this Gitea."""
        environment = {**inherited(), **committer(), **git_access(self.gitea)}
        argv = ["git", "-C", str(folder), *arguments]
        return finish(argv, {**environment, "HOME": str(folder)}, seconds=SECONDS).stdout

    def set_secret(self, name: str, value: str) -> None:
        """Give its jobs a secret."""
        self.ask("PUT", f"/actions/secrets/{name}", {"data": value}).raise_for_status()

    def releases(self) -> list[Json]:
        """Its releases, with their assets; the newest first."""
        found: list[Json] = self.ask("GET", "/releases").raise_for_status().json()
        return found

    def runs(self, workflow: str, ref: str) -> list[Json]:
        """The runs of a workflow's file for a ref in full; the newest first."""
        listed = self.ask("GET", "/actions/runs?limit=50").raise_for_status().json()
        path = f"{workflow}@{ref}"
        return [run for run in listed["workflow_runs"] if run["path"] == path]

    def jobs(self, run: object) -> list[Json]:
        """The jobs of a run, by its id."""
        listed = self.ask("GET", f"/actions/runs/{run}/jobs").raise_for_status().json()
        found: list[Json] = listed["jobs"]
        return found

    def log(self, job: object) -> str:
        """The log of a job, by its id, without the times; nothing if it never ran."""
        answer = self.ask("GET", f"/actions/jobs/{job}/logs")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return ""
        return TIME.sub("", answer.raise_for_status().text)

    def rerun(self, run: object) -> None:
        """Have a run that is over run again."""
        self.ask("POST", f"/actions/runs/{run}/rerun").raise_for_status()

    def ask(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Ask Gitea's API of this repository, as the admin."""
        return self.gitea.ask(method, f"/repos/{self.path}{path}", body)


def make_repository(gitea: Gitea, owner: str, name: str = "") -> Repository:
    """An empty one, of a name of its own if none is given."""
    made = Repository(gitea, owner, name or f"repository-{secrets.token_hex(4)}")
    gitea.make_repository(made.name, owner)
    return made


def git_access(gitea: Gitea) -> dict[str, str]:
    """The environment in which any git may push to this Gitea: the bot's, for nobody else."""
    secret = base64.b64encode(f"{gitea.bot}:{gitea.tokens['repository']}".encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{gitea.url}/.extraHeader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {secret}",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }


def committer() -> dict[str, str]:
    """Who commits in tests."""
    roles = ("AUTHOR", "COMMITTER")
    names = {f"GIT_{role}_NAME": "Test" for role in roles}
    return names | {f"GIT_{role}_EMAIL": "test@example.com" for role in roles}
