"""A workspace whose projects are repositories of the tests' Gitea, with a runner for their jobs."""

import hashlib
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.servers.gitea import ADMIN, Gitea
from tests.servers.repositories import Json, Repository, git_access, make_repository
from tests.servers.runner import Runner
from tests.workbench import REPOSITORY, Workbench

BRANCH = "proposed"


@dataclass(frozen=True)
class Team:
    """An organisation with repositories, packages, jobs and two tokens."""

    bench: Workbench
    gitea: Gitea
    runner: Runner
    owner: str
    token: str
    """What publishes packages, and does nothing else."""

    def share(self, project: str) -> Repository:
        """Make a repository of a project, and push it with its tags."""
        made = make_repository(self.gitea, self.owner, project)
        self.bench.git(project, "remote", "add", "origin", made.url)
        self.bench.git(project, "push", "--quiet", "--tags", "--set-upstream", "origin", "main")
        return made

    def commit(self, project: str, message: str) -> None:
        """Commit all, and push it."""
        self.bench.git(project, "add", "--all")
        self.bench.git(project, "commit", "--quiet", "--message", message)
        self.bench.git(project, "push", "--quiet", "origin", "HEAD")

    def propose(self, repository: Repository, message: str) -> str:
        """Commit all to a branch, and open a pull request: the ref of its runs."""
        project = repository.name
        self.bench.git(project, "switch", "--quiet", "--create", BRANCH)
        self.commit(project, message)
        wanted = {"title": message, "head": BRANCH, "base": "main"}
        made = repository.ask("POST", "/pulls", wanted).raise_for_status().json()
        return f"refs/pull/{made['number']}/head"

    def merge(self, repository: Repository) -> None:
        """Take what was proposed into the main branch, here and there."""
        self.bench.git(repository.name, "switch", "--quiet", "main")
        self.bench.git(repository.name, "merge", "--quiet", "--ff-only", BRANCH)
        self.bench.git(repository.name, "push", "--quiet", "origin", "main")

    def automate(self, project: str, without: str = "") -> None:
        """Its workflows, and the secret that they name; without one that a test is not about."""
        self.railrel("workflow", project)
        self.railrel("workflow", project, "--set-secret")
        if without:
            (self.bench.root / project / ".gitea" / "workflows" / without).unlink()
        self.commit(project, "ci: Workflows")

    def railrel(self, *argv: str) -> str:
        """Run it by hand, which must succeed, and give what it printed."""
        result = self.bench.railrel(*argv)
        assert result.code == 0, result.err
        return result.out

    def lock(self, project: str) -> None:
        """With uv, which asks the private registry too."""
        netrc = self.bench.root.parent / "netrc"
        netrc.write_text(f"machine 127.0.0.1\nlogin __token__\npassword {self.token}\n")
        uv = [sys.executable, "-m", "uv", "lock"]
        self.bench.call(uv, self.bench.root / project, NETRC=str(netrc))

    def images(self) -> list[str]:
        """The images of the organisation, with their tags."""
        path = f"/packages/{self.owner}?type=container&limit=50"
        listed = self.gitea.ask("GET", path).raise_for_status().json()
        names = [f"{one['name']}:{one['version']}" for one in listed]
        return sorted(name for name in names if ":sha256" not in name)

    def assets(self, repository: Repository, tag: str) -> Mapping[str, bytes]:
        """The files of the one release of a tag."""
        (release,) = [each for each in repository.releases() if each["tag_name"] == tag]
        return {str(each["name"]): self._download(each) for each in assets_of(release)}

    def _download(self, asset: Json) -> bytes:
        url = str(asset["browser_download_url"])
        answer = httpx.get(url, auth=self.gitea.admin, trust_env=False, follow_redirects=True)
        return answer.raise_for_status().content


def team_of(
    bench: Workbench, gitea: Gitea, runner: Runner, owner: str, index: str, more: str = ""
) -> Team:
    """A workspace whose settings name this organisation's registry, and the index of railrel."""
    settings = f'registry = "{gitea.registry(owner)}"\nrailrel-index = "{index}"\n{more}'
    token = gitea.make_token("write:package")
    bench = bench.having(
        **git_access(gitea),
        RAILREL_TOKEN=token,
        # The secrets of a repository are for those who own it.
        RAILREL_FORGE_TOKEN=gitea.make_token("write:repository", user=ADMIN),
    )
    bench.copy_examples()
    bench.write("railrel.toml", settings)
    return Team(bench, gitea, runner, owner, token)


def publish_railrel(folder: Path, gitea: Gitea) -> str:
    """Build this checkout, and put it into an index: the index."""
    bench = Workbench(folder, folder / "home", folder / "cache")
    build = [sys.executable, "-m", "uv", "build", "--quiet", "--wheel", "--out-dir", str(folder)]
    bench.call([*build, str(REPOSITORY)])
    (wheel,) = folder.glob("*.whl")
    owner = gitea.make_public_organisation()
    name, version = wheel.name.split("-")[:2]
    sent = gitea.upload_raw(wheel.name, wheel.read_bytes(), name=name, version=version, owner=owner)
    sent.raise_for_status()
    return f"{gitea.registry(owner)}/simple"


def assets_of(release: Json) -> list[Json]:
    """What Gitea's API lists of them."""
    found = release["assets"]
    assert isinstance(found, list)
    return found


def sums_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """The sha256 of each file by its name."""
    return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def read_sums(text: bytes) -> dict[str, str]:
    """What a `SHA256SUMS` says, as sha256sum writes it."""
    found = re.findall(r"^([0-9a-f]{64}) [ *](\S+)$", text.decode(), re.MULTILINE)
    return {name: digest for digest, name in found}
