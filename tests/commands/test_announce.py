"""`railrel announce` on a real Gitea: a repository that was pushed, its tag, its published files."""

import hashlib
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from railrel.errors import ExitCode
from tests.dying import AT_THE_NTH_CALL, RUN_RAILREL
from tests.forges.repositories import There, made
from tests.servers.gitea import Gitea
from tests.servers.go_programs import OTHER_GITEAS
from tests.wheels import sdist, wheel
from tests.workbench import IMPORTABLE, Result, Workbench

CHANGELOG = """\
# Changelog

## [Unreleased]

- not yet

## [1.0] - 2026-01-31

- a thing

## [0.9] - 2025-12-01

- older
"""


@dataclass(frozen=True)
class Team:
    """A project whose tag is pushed and whose version is published."""

    bench: Workbench
    there: There
    name: str

    def announce(self, *argv: str, **variables: str) -> Result:
        return self.bench.having(**variables).railrel("announce", *argv, folder=self.name)

    def push(self, *refs: str) -> None:
        self.bench.git(self.name, "push", "-q", self.there.pushing, *refs)

    def published(self) -> dict[str, str]:
        """File names and sha256, as the registry says."""
        return self.there.gitea.files(self.name, "1.0", self.there.owner)

    def assets(self) -> dict[str, bytes]:
        """The one release's files. No name may be there twice."""
        (release,) = self.there.releases()
        listed = release["assets"]
        assert isinstance(listed, list)
        found = {
            asset["name"]: httpx.get(
                asset["browser_download_url"], auth=self.there.gitea.admin, trust_env=False
            ).content
            for asset in listed
        }
        assert len(found) == len(listed)
        return found

    def upload(self, release: int, name: str, content: bytes) -> None:
        """As somebody does by hand."""
        path = f"/repos/{self.there.owner}/{self.there.name}/releases/{release}/assets"
        httpx.post(
            f"{self.there.gitea.url}/api/v1{path}?name={name}",
            content=content,
            headers={"Content-Type": "application/octet-stream"},
            auth=self.there.gitea.admin,
            trust_env=False,
        ).raise_for_status()


def publish(there: There, name: str, folder: Path, version: str = "1.0") -> None:
    """As railrel does: the wheel, then the sdist."""
    for file in (wheel(folder, name, version), sdist(folder, name, version)):
        answer = there.gitea.upload_raw(
            file.name, file.read_bytes(), name=name, version=version, owner=there.owner
        )
        answer.raise_for_status()


def team_of(bench: Workbench, gitea: Gitea, tmp_path: Path, owner: str = "") -> Team:
    name = f"lib-{secrets.token_hex(4)}"
    there = made(gitea, owner, empty=True)
    bench.library(name, "1.0")
    bench.write(f"{name}/CHANGELOG.md", CHANGELOG)
    bench.commit(name, "v1.0")
    bench.git(name, "remote", "add", "origin", f"{there.url}.git")
    publish(there, name, tmp_path / "dist")
    team = Team(
        bench.having(
            RAILREL_REGISTRY=gitea.registry(there.owner),
            RAILREL_TOKEN=gitea.tokens["publish"],
            RAILREL_FORGE_TOKEN=gitea.tokens["repository"],
        ),
        there,
        name,
    )
    team.push("main", "v1.0")
    return team


@pytest.fixture
def team(bench: Workbench, gitea: Gitea, tmp_path: Path) -> Team:
    return team_of(bench, gitea, tmp_path)


def test_the_release_has_notes_files_and_checksums_and_a_second_run_changes_nothing(
    team: Team,
) -> None:
    first = team.announce()
    after = team.there.releases()
    second = team.announce()

    assert (first.code, second.code) == (0, 0), first.err + second.err
    page = f"{team.there.url}/releases/tag/v1.0"
    assert first.out == f"{team.name} 1.0: announced at {page}\n"
    assert second.out == f"{team.name} 1.0: already announced at {page}\n"
    assert team.there.releases() == after
    (release,) = after
    assert (release["name"], release["body"]) == (f"{team.name} 1.0", "- a thing")
    assert (release["tag_name"], release["draft"], release["prerelease"]) == ("v1.0", False, False)
    assets = team.assets()
    listed = assets.pop("SHA256SUMS").decode().splitlines()
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in assets.items()}
    assert digests == team.published()
    assert listed == [f"{digests[name]}  {name}" for name in sorted(digests)]


def test_the_checksums_are_what_sha256sum_reads(team: Team, tmp_path: Path) -> None:
    team.announce()

    for name, content in team.assets().items():
        (tmp_path / name).write_bytes(content)

    assert team.bench.call(["sha256sum", "--check", "--strict", "SHA256SUMS"], tmp_path)


SUICIDAL = (
    AT_THE_NTH_CALL
    + """
import httpx
send = httpx.Client.send
changing = counted(send)
def sent(self, request, *args, **kw):
    return (send if request.method == "GET" else changing)(self, request, *args, **kw)
httpx.Client.send = sent
Path.replace, Path.unlink = Path.replace.__wrapped__, Path.unlink.__wrapped__
"""
    + RUN_RAILREL
)


def test_killed_before_each_request_that_changes_something_the_next_run_ends_the_same(
    bench: Workbench, gitea: Gitea, tmp_path: Path
) -> None:
    team = team_of(bench, gitea, tmp_path)
    code = SUICIDAL.replace(
        "    return called", "    called.__wrapped__ = function\n    return called"
    )
    seen: list[int] = []
    for moment in range(1, 20):
        killed = subprocess.run(
            [sys.executable, "-c", code, str(moment), "announce"],
            cwd=team.bench.root / team.name,
            env={**team.bench.environment, **IMPORTABLE},
            capture_output=True,
            timeout=120,
            check=False,
        )
        if killed.returncode == 0:
            break
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        seen.append(len(team.assets()) if team.there.releases() else 0)

        assert team.announce().code == 0

        assert sorted(team.assets()) == sorted([*team.published(), "SHA256SUMS"])
        assert team.announce().out.startswith(f"{team.name} 1.0: already announced")
        (release,) = team.there.releases()
        path = f"/repos/{team.there.owner}/{team.there.name}/releases/{release['id']}"
        gitea.ask("DELETE", path).raise_for_status()
    # The release and three files are four requests; each was met.
    assert seen == [0, 0, 1, 2]


def codes_at_once(team: Team, number: int) -> list[int]:
    """How so many announcements end that are started together."""
    processes = [team.bench.start("-C", team.name, "announce") for _ in range(number)]
    return [process.wait(120) for process in processes]


def test_two_at_once_end_in_one_release_with_each_file_once(team: Team) -> None:
    assert codes_at_once(team, 3) == [0, 0, 0]
    assert sorted(team.assets()) == sorted([*team.published(), "SHA256SUMS"])


@pytest.mark.parametrize("version", OTHER_GITEAS)
def test_several_at_once_end_in_one_release_on_other_giteas_too(
    bench: Workbench, other_gitea: Callable[[str], Gitea], tmp_path: Path, version: str
) -> None:
    """It answers 201 to some of them or 409, and there is one release."""
    team = team_of(bench, other_gitea(version), tmp_path)

    assert codes_at_once(team, 4) == [0, 0, 0, 0]
    assert sorted(team.assets()) == sorted([*team.published(), "SHA256SUMS"])


def test_a_dry_run_says_what_would_be_done_and_does_nothing(team: Team) -> None:
    result = team.announce("--dry-run")

    assert result.code == 0, result.err
    first, *files = result.out.splitlines()
    assert first == f"{team.name} 1.0: would be announced at {team.there.url}"
    assert [line.split()[-1] for line in files] == [*sorted(team.published()), "SHA256SUMS"]
    assert team.there.releases() == []


def test_a_dry_run_tests_the_credential(team: Team) -> None:
    result = team.announce("-n", RAILREL_FORGE_TOKEN=team.there.gitea.tokens["other"])

    assert result.code == ExitCode.REFUSED
    assert "lacks the scope" in result.err


def test_what_is_not_pushed_is_refused_and_the_forge_makes_no_tag(team: Team) -> None:
    team.bench.commit(team.name)
    team.bench.git(team.name, "tag", "-d", "v1.0")
    team.bench.git(team.name, "tag", "1.0")

    result = team.announce("--tag", "1.0")

    assert result.code == ExitCode.CONFLICT
    assert "hint: git push origin 1.0" in result.err
    assert list(team.there.tags()) == ["v1.0"]
    assert team.there.releases() == []


def test_a_tag_that_marks_another_commit_there_is_refused(team: Team) -> None:
    theirs = team.there.tags()["v1.0"]
    team.bench.commit(team.name, "v1.0")

    result = team.announce()

    assert result.code == ExitCode.CONFLICT
    assert f"marks {theirs[:12]} on the forge" in result.err
    assert team.there.releases() == []


def test_a_version_that_is_not_published_is_told_how_to_publish(team: Team) -> None:
    team.bench.write(f"{team.name}/pyproject.toml", f'[project]\nname="{team.name}"\nversion="2"\n')
    team.bench.commit(team.name, "v2")
    team.push("main", "v2")

    result = team.announce()

    assert result.code == ExitCode.REFUSED
    assert f"{team.name} 2 is not published" in result.err
    assert f"hint: railrel publish {team.name}" in result.err
    assert team.there.releases() == []


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("", "no token was found"),
        ("marked-wrong-token", "does not know the token from RAILREL_FORGE_TOKEN"),
        ("publish", "lacks the scope read:repository; it has write:package"),
    ],
)
def test_each_refusal_names_the_token_and_the_scope(team: Team, token: str, said: str) -> None:
    value = team.there.gitea.tokens.get(token, token)

    result = team.announce(RAILREL_FORGE_TOKEN=value)

    assert result.code == ExitCode.REFUSED
    assert said in result.err
    assert "repository" in result.err
    assert not value or value not in result.out + result.err
    assert team.there.releases() == []


def test_a_private_owner_needs_a_token_that_may_see_it(
    bench: Workbench, gitea: Gitea, tmp_path: Path
) -> None:
    team = team_of(bench, gitea, tmp_path, gitea.make_private_organisation())

    unseen = team.announce(RAILREL_FORGE_TOKEN="")
    seen = team.announce()

    assert unseen.code == ExitCode.REFUSED
    assert "or it is private and no token was found" in unseen.err
    assert seen.code == 0, seen.err
    assert sorted(team.assets()) == sorted([*team.published(), "SHA256SUMS"])


def test_in_a_job_its_own_variables_say_where_which_tag_and_who(team: Team) -> None:
    commit = team.bench.git(team.name, "rev-parse", "HEAD").strip()
    team.bench.git(team.name, "tag", "-d", "v1.0")
    team.bench.git(team.name, "remote", "remove", "origin")

    result = team.announce(
        RAILREL_FORGE_TOKEN="",
        GITEA_ACTIONS="true",
        GITHUB_SERVER_URL=f"{team.there.gitea.url}/",
        GITHUB_REPOSITORY=f"{team.there.owner}/{team.there.name}",
        GITHUB_EVENT_NAME="push",
        GITHUB_REF="refs/tags/v1.0",
        GITHUB_SHA=commit,
        GITHUB_TOKEN=team.there.gitea.tokens["repository"],
    )

    assert result.code == 0, result.err
    assert len(team.assets()) == 3


# --- what others did before


def test_a_release_made_by_hand_keeps_its_text_and_gets_the_files(team: Team) -> None:
    team.there.release("v1.0", name="Our first", body="- by hand")

    result = team.announce()

    assert result.code == 0, result.err
    assert result.out.startswith(f"{team.name} 1.0: completed at ")
    (release,) = team.there.releases()
    assert (release["name"], release["body"]) == ("Our first", "- by hand")
    assert len(team.assets()) == 3


def test_a_draft_gets_the_files_and_stays_a_draft(team: Team) -> None:
    team.there.release("v1.0", draft=True)

    result = team.announce()

    assert result.code == 0, result.err
    assert "it stays one" in result.err
    (release,) = team.there.releases()
    assert release["draft"] is True
    assert len(team.assets()) == 3


def test_files_of_others_are_left_alone(team: Team) -> None:
    number = team.there.release("v1.0")
    team.upload(number, "manual.pdf", b"%PDF")

    assert team.announce().code == 0
    assert team.assets()["manual.pdf"] == b"%PDF"


def test_another_file_of_the_same_name_is_a_conflict_and_nothing_is_sent(team: Team) -> None:
    (name, *_) = team.published()
    number = team.there.release("v1.0")
    team.upload(number, name, b"other bytes")

    result = team.announce()

    assert result.code == ExitCode.CONFLICT
    assert f"the release has a {name} with other bytes" in result.err
    assert hashlib.sha256(b"other bytes").hexdigest() in result.err
    assert team.assets() == {name: b"other bytes"}


def test_what_was_cut_or_sent_twice_is_mended(team: Team) -> None:
    team.announce()
    (release,) = team.there.releases()
    number = release["id"]
    assert isinstance(number, int)
    whole = team.assets()
    first, second, *_ = sorted(whole)
    path = f"/repos/{team.there.owner}/{team.there.name}/releases/{number}/assets"
    cut = next(a["id"] for a in team.there.gitea.ask("GET", path).json() if a["name"] == first)
    team.there.gitea.ask("DELETE", f"{path}/{cut}").raise_for_status()
    team.upload(number, first, b"")
    team.upload(number, second, whole[second])

    result = team.announce()

    assert result.code == 0, result.err
    assert f"took out {first}: its upload was cut" in result.err
    assert f"took out {second}: it was there twice" in result.err
    assert team.assets() == whole


def test_a_file_that_is_published_later_comes_into_the_list_too(team: Team, tmp_path: Path) -> None:
    team.announce()
    later = wheel(tmp_path / "later", team.name, "1.0", text="x = 1\n")
    later = later.rename(later.with_name(later.name.replace("py3-none-any", "cp311-none-any")))
    team.there.gitea.upload_raw(
        later.name, later.read_bytes(), name=team.name, version="1.0", owner=team.there.owner
    ).raise_for_status()

    result = team.announce()

    assert result.code == 0, result.err
    assert "took out SHA256SUMS: more is published since" in result.err
    assert len(team.assets()["SHA256SUMS"].splitlines()) == 3


# --- what is told


def test_a_file_of_notes_and_a_prerelease(team: Team, tmp_path: Path) -> None:
    publish(team.there, team.name, tmp_path / "rc", "1.1rc1")
    team.bench.write(
        f"{team.name}/pyproject.toml", f'[project]\nname = "{team.name}"\nversion = "1.1rc1"\n'
    )
    team.bench.write(f"{team.name}/notes.md", "- tried\n")
    team.bench.commit(team.name, "v1.1rc1")
    team.push("main", "v1.1rc1")

    result = team.announce("--notes", "notes.md")

    assert result.code == 0, result.err
    (release,) = team.there.releases()
    assert (release["body"], release["prerelease"]) == ("- tried", True)


def test_without_a_section_the_tags_own_message_is_told(team: Team) -> None:
    team.bench.write(f"{team.name}/CHANGELOG.md", "# Changelog\n")
    team.bench.commit(team.name)
    team.bench.git(team.name, "tag", "-f", "-a", "v1.0", "-m", f"{team.name} 1.0\n\n- by the tag")
    team.push("--force", "main", "v1.0")

    assert team.announce().code == 0

    (release,) = team.there.releases()
    assert release["body"] == "- by the tag"


def test_a_tag_is_found_from_a_later_commit_with_its_project(team: Team) -> None:
    team.bench.write(f"{team.name}/later.txt", "x")
    team.bench.commit(team.name)

    at_head = team.announce()
    named = team.bench.railrel("announce", "--tag", "v1.0")

    assert at_head.code == ExitCode.REFUSED
    assert "HEAD is not at the tag of this version" in at_head.err
    assert named.code == 0, named.err
    assert named.out.startswith(f"{team.name} 1.0: announced at ")


def test_the_json_says_what_was_done(team: Team) -> None:
    report = team.announce("--json").json

    assert report["schema"] == "railrel.announce/1"
    assert report["outcome"] == "announced"
    assert report["forge"] == "gitea"
    assert report["notes"] == "- a thing"
    assets = report["assets"]
    assert isinstance(assets, list)
    found = {a["name"]: a["sha256"] for a in assets if a["name"] != "SHA256SUMS"}
    assert found == team.published()
    assert {asset["outcome"] for asset in assets} == {"uploaded"}


def test_a_folder_as_the_registry_does_as_well(team: Team, tmp_path: Path) -> None:
    folder = str(tmp_path / "index")
    local = Team(team.bench.having(RAILREL_REGISTRY=folder), team.there, team.name)
    published = local.bench.railrel("publish", team.name)
    assert published.code == 0, published.err

    result = local.announce()

    assert result.code == 0, result.err
    assert len(local.assets()) == 3


def test_without_a_remote_nobody_knows_the_forge(team: Team) -> None:
    team.bench.git(team.name, "remote", "remove", "origin")

    result = team.announce()

    assert result.code == ExitCode.USAGE
    assert "git remote add origin" in result.err


# --- which project, which tag; asked before any forge is


def monorepo(bench: Workbench, *names: str) -> None:
    for name in names:
        bench.library(name, "1.0")
    bench.git(".", "init", "-q", "-b", "main")
    bench.git(".", "add", "-A")
    bench.git(".", "commit", "-q", "-m", "A commit")


def test_a_tag_names_its_project_in_a_shared_repository(bench: Workbench) -> None:
    monorepo(bench, "core", "app")
    bench.git(".", "tag", "app-v1.0")

    result = bench.railrel("announce", "--tag", "app-v1.0")

    assert "app 1.0 is not published" in result.err


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--tag", "v1.0"), "the tag v1.0 names no version of app, core"),
        (("--tag", "core-v9"), "there is no tag core-v9 in this checkout"),
        (("core", "--tag", "app-v1.0"), "the tag app-v1.0 names no version of core"),
        (("core",), "core 1.0: HEAD is not at the tag of this version; here is no tag"),
        (("core", "--tag", "--help"), "the tag --help names no version of core"),
    ],
)
def test_a_tag_that_is_not_the_projects_is_refused(
    bench: Workbench, argv: tuple[str, ...], said: str
) -> None:
    monorepo(bench, "core", "app")

    result = bench.railrel("announce", *argv)

    assert result.code == ExitCode.REFUSED
    assert said in result.err


def test_a_tag_that_two_projects_could_have_is_refused_until_one_is_named(bench: Workbench) -> None:
    bench.write("railrel.toml", 'tag = "v{version}"\n')
    monorepo(bench, "core", "app")
    bench.git(".", "tag", "v1.0")

    ambiguous = bench.railrel("announce", "--tag", "v1.0")
    named = bench.railrel("announce", "core", "--tag", "v1.0")

    assert "the tag v1.0 could be of 2 projects: app core" in ambiguous.err
    assert "say which: railrel announce app --tag v1.0" in ambiguous.err
    assert "core 1.0 is not published" in named.err


def test_a_job_of_another_repository_says_nothing_of_this_one(team: Team) -> None:
    result = team.announce(
        GITEA_ACTIONS="true",
        GITHUB_SERVER_URL="http://127.0.0.1:1",
        GITHUB_REPOSITORY="acme/other",
        GITHUB_REF="refs/tags/v9.9",
        GITHUB_TOKEN="marked-jobs-token",
    )

    assert result.code == 0, result.err
    assert len(team.assets()) == 3


def test_of_several_tags_at_one_commit_one_must_be_named(bench: Workbench) -> None:
    bench.library("core", "1.0")
    bench.commit("core", "v1.0")
    bench.git("core", "tag", "1.0")

    result = bench.railrel("announce", "core")

    assert result.code == ExitCode.USAGE
    assert "which tag of core? HEAD carries 1.0 v1.0" in result.err


@pytest.mark.parametrize("spoil", ["missing", "folder", "no text"])
def test_notes_that_cannot_be_read_are_an_error(team: Team, spoil: str) -> None:
    match spoil:
        case "folder":
            (team.bench.root / team.name / "notes.md").mkdir()
        case "no text":
            team.bench.write(f"{team.name}/notes.md", b"\xff\xfe\x00")
        case _:
            pass

    result = team.announce("--notes", "notes.md")

    assert result.code == ExitCode.USAGE
    assert "notes.md" in result.err
    assert team.there.releases() == []
