"""`railrel release`: one command from commits to a pushed tag, refused where it should be."""

import contextlib
import json
import os
import shlex
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from railrel.errors import ExitCode
from tests.dying import AT_THE_NTH_CALL, COUNT_PROGRAMS, RUN_RAILREL
from tests.servers.gitea import Gitea
from tests.waiting import eventually, is_held, until_there, wait_for
from tests.workbench import IMPORTABLE, Result, Workbench


@dataclass(frozen=True)
class Team:
    """A library with a remote, from which somebody else could push as well."""

    bench: Workbench
    remote: str

    def release(self, *argv: str) -> Result:
        return self.bench.railrel("release", "issue-core", *argv)

    def change(self, message: str, text: str = "x = 1\n") -> None:
        """Commit something in the library."""
        with (self.folder / "issue_core" / "more.py").open("a") as file:
            file.write(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def git(self, *arguments: str) -> str:
        return self.bench.git("issue-core", *arguments)

    @property
    def folder(self) -> Path:
        return self.bench.root / "issue-core"

    @property
    def there(self) -> dict[str, str]:
        """What the remote has, by name."""
        lines = self.git("ls-remote", self.remote).splitlines()
        return {name: sha for sha, name in (line.split("\t") for line in lines)}

    def colleague(self) -> None:
        """Somebody else pushes a commit."""
        self.bench.call(["git", "clone", "-q", self.remote, "../colleague"])
        folder = self.bench.root.parent / "colleague"
        self.bench.call(["git", "commit", "-q", "--allow-empty", "-m", "Theirs"], folder)
        self.bench.call(["git", "push", "-q"], folder)

    def undisturbed(self) -> tuple[str, str, str, dict[str, str], dict[str, bytes]]:
        """All that a refused release leaves as it was."""
        return (
            self.git("rev-parse", "HEAD"),
            self.git("tag"),
            self.git("status", "--porcelain"),
            self.there,
            self.bench.snapshot(self.folder),
        )


@pytest.fixture
def team(bench: Workbench) -> Team:
    remote = str(bench.root.parent / "origin.git")
    bench.call(["git", "init", "-q", "--bare", "-b", "main", remote])
    made = Team(bench, remote)
    bench.library()
    bench.write("issue-core/CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n")
    bench.commit("issue-core", "v0.2.3")
    made.git("remote", "add", "origin", remote)
    made.git("push", "-q", "-u", "origin", "main", "v0.2.3")
    made.change("fix: close files")
    return made


def test_version_changelog_commit_and_tag_are_pushed_together(team: Team) -> None:
    result = team.release("minor")

    assert result.code == 0, result.err
    assert result.out == "issue-core 0.3.0: released as v0.3.0\n"
    assert 'version = "0.3.0"' in (team.folder / "pyproject.toml").read_text()
    told = (team.folder / "CHANGELOG.md").read_text()
    assert told.startswith("# Changelog\n\n## [Unreleased]\n\n## [0.3.0] - 20")
    assert told.endswith("\n\n### Fixed\n\n- close files\n")
    assert team.git("log", "-1", "--format=%s%n%an") == "Release issue-core 0.3.0\nTest\n"
    assert team.git("status", "--porcelain") == ""
    assert team.git("cat-file", "-t", "v0.3.0") == "tag\n"
    said = team.git("tag", "-l", "--format=%(contents)", "v0.3.0")
    assert said.rstrip() == "issue-core 0.3.0\n\n### Fixed\n\n- close files"
    assert team.there["refs/heads/main"] == team.git("rev-parse", "HEAD").strip()
    assert team.there["refs/tags/v0.3.0"] == team.git("rev-parse", "v0.3.0").strip()


def test_the_same_again_does_nothing(team: Team) -> None:
    assert team.release("minor").code == 0
    before = team.undisturbed()

    again = team.release("minor")

    assert (again.code, again.out) == (
        0, "issue-core: nothing changed since v0.3.0, so nothing is released\n",
    )  # fmt: skip
    assert team.undisturbed() == before


def test_auto_takes_the_step_from_the_commits(team: Team) -> None:
    team.change("feat: list issues")

    assert team.release("auto").out == "issue-core 0.3.0: released as v0.3.0\n"


def test_auto_says_when_nobody_told_what_kind_of_changes_these_are(team: Team) -> None:
    team.git("commit", "-q", "--amend", "-m", "Close files")

    result = team.release("auto")

    assert result.code == ExitCode.USAGE
    assert "hint: railrel release issue-core minor" in result.err


def test_fragments_go_into_the_changelog_and_away(team: Team) -> None:
    team.bench.write("issue-core/changelog.d/12.added.md", "list issues\n")
    team.change("Add a list")

    result = team.release("auto")

    assert result.out == "issue-core 0.3.0: released as v0.3.0\n"
    assert "### Added\n\n- list issues (#12)\n" in (team.folder / "CHANGELOG.md").read_text()
    assert not (team.folder / "changelog.d" / "12.added.md").exists()
    assert team.git("status", "--porcelain") == ""


def test_development_goes_on_with_a_version_of_its_own(team: Team) -> None:
    assert team.release("patch", "--next-dev").code == 0

    assert team.git("log", "-2", "--format=%s%d").splitlines() == [
        "Begin issue-core 0.2.5.dev0 (HEAD -> main, origin/main)",
        "Release issue-core 0.2.4 (tag: v0.2.4)",
    ]
    assert team.release("patch").out.startswith("issue-core: nothing changed since v0.2.4")
    team.change("fix: more")
    assert team.release("patch").out == "issue-core 0.2.5: released as v0.2.5\n"


def test_uv_lock_is_made_again(team: Team) -> None:
    team.bench.uv("lock", "--project", str(team.folder))
    team.change("fix: lock")
    before = (team.folder / "uv.lock").read_text()

    assert team.release("patch").code == 0

    assert (team.folder / "uv.lock").read_text() == before.replace('"0.2.3"', '"0.2.4"')
    assert "uv.lock" in team.git("show", "--stat", "--format=", "HEAD")


def test_a_version_from_the_tag_is_released_by_its_tag(team: Team) -> None:
    path = team.folder / "pyproject.toml"
    text = path.read_text().replace('version = "0.2.3"', 'dynamic = ["version"]')
    path.write_text(
        f'{text}\n[tool.hatch.version]\nsource = "vcs"\n[tool.railrel]\nchangelog = "no"\n'
    )
    team.change("fix: tags")
    head = team.git("rev-parse", "HEAD")

    result = team.release("auto")

    assert result.out == "issue-core 0.2.4: released as v0.2.4\n", result.err
    assert team.git("rev-parse", "HEAD", "v0.2.4^{commit}") == head * 2
    assert team.there["refs/tags/v0.2.4^{}"] == head.strip()


def test_projects_of_one_repository_have_tags_of_their_own(bench: Workbench) -> None:
    bench.write("railrel.toml", 'members = ["packages/*"]\n')
    for name in ("core", "kit"):
        bench.library(f"packages/{name}", "1.0.0")
        path = bench.root / "packages" / name / "pyproject.toml"
        path.write_text(path.read_text().replace(f'"packages/{name}"', f'"{name}"', 1))
    bench.commit(".")
    bench.git(".", "tag", "kit-v1.0.0")

    result = bench.railrel("release", "core", "minor", "--no-push")

    assert result.out == "core 1.1.0: released as core-v1.1.0\n", result.err
    assert bench.git(".", "tag").split() == ["core-v1.1.0", "kit-v1.0.0"]
    assert bench.railrel("release", "kit", "minor", "--no-push").out.startswith(
        "kit: nothing changed"
    )


def test_a_dry_run_shows_everything_and_does_nothing(team: Team) -> None:
    before = team.undisturbed()

    result = team.release("minor", "--dry-run", "--test", "false")
    report = team.release("minor", "--dry-run", "--json").json

    assert result.code == 0
    assert '-version = "0.2.3"\n+version = "0.3.0"\n' in result.out
    assert result.out.endswith(
        "  false\n"
        "  git add -- pyproject.toml CHANGELOG.md\n"
        "  git commit --quiet --message 'Release issue-core 0.3.0' -- pyproject.toml CHANGELOG.md\n"
        "  git tag --annotate --cleanup=verbatim --message 'issue-core 0.3.0…' v0.3.0 HEAD\n"
        "  git push --atomic origin HEAD:refs/heads/main refs/tags/v0.3.0\n"
    )
    assert (report["outcome"], report["was"], report["version"], report["tag"]) == (
        "would be released", "0.2.3", "0.3.0", "v0.3.0",
    )  # fmt: skip
    assert team.undisturbed() == before


# --- refusals


def _dirty(team: Team) -> None:
    (team.folder / "left.txt").write_text("x")


def _behind(team: Team) -> None:
    team.colleague()


def _tagged_here(team: Team) -> None:
    team.git("tag", "v0.3.0", "v0.2.3")


def _tagged_there(team: Team) -> None:
    team.git("push", "-q", "origin", "v0.2.3:refs/tags/v0.3.0")


def _elsewhere(team: Team) -> None:
    team.git("switch", "-q", "-c", "try")


def _detached(team: Team) -> None:
    team.git("switch", "-q", "--detach")


def _skipping(team: Team) -> None:
    team.bench.write("railrel.toml", 'release-message = "{name} {version} [skip ci]"\n')


def _skipping_on_github(team: Team) -> None:
    message = "{name} {version}\\n\\n\\nskip-checks: true"
    team.bench.write("railrel.toml", f'release-message = "{message}"\n')


def _without_remote(team: Team) -> None:
    team.git("remote", "remove", "origin")


@pytest.mark.parametrize(
    ("situation", "said"),
    [
        (_dirty, "there are changes that no commit holds: left.txt"),
        (_behind, "the remote has commits of main that are not here"),
        (_tagged_here, "the tag v0.3.0 is here already"),
        (_tagged_there, "the tag v0.3.0 is on the remote already"),
        (_elsewhere, "issue-core is not released from the branch try; only from main"),
        (_detached, "HEAD is detached: on no branch"),
        (_skipping, "the commit says [skip ci], so no workflow would run for its tag"),
        (_skipping_on_github, "the commit says skip-checks: true, so no workflow would run"),
        (_without_remote, "issue-core has no remote to push to"),
    ],
)
def test_what_forbids_a_release_is_said_and_nothing_is_done(
    team: Team, situation: "object", said: str
) -> None:
    assert callable(situation)
    situation(team)
    before = (team.git("rev-parse", "HEAD"), team.git("tag"), team.bench.snapshot(team.folder))

    result = team.release("minor")

    assert result.code == ExitCode.REFUSED
    assert f"error: {said}" in result.err
    assert "hint: " in result.err
    assert (team.git("rev-parse", "HEAD"), team.git("tag")) == before[:2]
    assert team.bench.snapshot(team.folder) == before[2]


def test_all_that_forbids_it_is_said_at_once(team: Team) -> None:
    _dirty(team)
    _tagged_here(team)
    _elsewhere(team)

    assert team.release("minor").err.count("error: ") == 3


@pytest.mark.parametrize("version", ["0.2.2", "0.1"])
def test_a_version_that_is_not_higher_is_refused(team: Team, version: str) -> None:
    result = team.release(version)

    assert result.code == ExitCode.REFUSED
    assert f"{version} is not higher than 0.2.3" in result.err


@pytest.mark.parametrize("version", ["0.3.0.dev1", "0.3.0+ours.1"])
def test_a_version_that_the_tags_job_could_not_publish_is_refused(team: Team, version: str) -> None:
    result = team.release(version)

    assert result.code == ExitCode.REFUSED
    assert f"{version} is a development or local version, which publish refuses" in result.err
    assert "hint: railrel release issue-core 0.3.0; for a trial 0.3.0a1" in result.err
    assert team.git("tag") == "v0.2.3\n"


def test_the_first_release_may_be_the_version_that_is_written(bench: Workbench) -> None:
    bench.library()
    bench.commit("issue-core")

    result = bench.railrel("release", "issue-core", "0.2.3", "--no-push")

    assert result.out == "issue-core 0.2.3: released as v0.2.3\n", result.err
    assert "## [0.2.3] - 20" in (bench.root / "issue-core/CHANGELOG.md").read_text()


def test_the_command_that_makes_a_repository_can_be_pasted_also_where_a_folder_has_a_space(
    bench: Workbench,
) -> None:
    folder = bench.library()
    assert " " in str(folder)

    result = bench.railrel("release", "issue-core", "1.0.0")

    assert result.code == ExitCode.REFUSED
    (hint,) = [line for line in result.err.splitlines() if line.startswith(" hint: ")]
    assert shlex.split(hint)[1:3] == ["cd", str(folder)]


@pytest.mark.parametrize("word", ["", "huge", "1..2"])
def test_what_is_no_step_and_no_version_is_an_error(team: Team, word: str) -> None:
    result = team.release(*([word] if word else []))

    assert result.code == ExitCode.USAGE
    assert "hint: railrel release issue-core major|minor|patch|auto" in result.err


def test_tests_that_fail_stop_it(team: Team) -> None:
    before = team.undisturbed()

    result = team.release("minor", "--test", "sh -c 'echo 3 tests failed; exit 7'")

    assert result.code == ExitCode.UNFIT
    assert (
        "the tests failed with exit code 7, so nothing was released:\n  3 tests failed"
        in result.err
    )
    assert team.undisturbed() == before
    assert team.release("minor", "--test", "true").code == 0


def test_tests_that_leave_files_stop_it(team: Team) -> None:
    result = team.release("minor", "--test", "touch left.txt")

    assert result.code == ExitCode.UNFIT
    assert "the tests changed files that git knows of: left.txt" in result.err


def test_what_is_told_can_be_edited_first(team: Team) -> None:
    editor = "sed -i s/close/shut/"

    result = Team(team.bench.having(EDITOR=editor), team.remote).release("patch", "--edit")

    assert result.code == 0, result.err
    assert "- shut files" in (team.folder / "CHANGELOG.md").read_text()
    assert "- shut files" in team.git("tag", "-l", "--format=%(contents)", "v0.2.4")


def test_an_emptied_text_releases_nothing(team: Team) -> None:
    before = team.undisturbed()

    result = Team(team.bench.having(EDITOR="truncate -s 0"), team.remote).release("patch", "--edit")

    assert result.code == ExitCode.USAGE
    assert "nothing is told of it, so nothing was released" in result.err
    assert team.undisturbed() == before


# --- what goes wrong on the way


def hook(team: Team, name: str, script: str, *, remote: bool = False) -> None:
    base = Path(team.remote) if remote else team.folder / ".git"
    path = base / "hooks" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_a_hook_that_refuses_the_commit_takes_all_back(team: Team) -> None:
    team.bench.write("issue-core/changelog.d/12.added.md", "list issues\n")
    team.change("Add a list")
    hook(team, "pre-commit", "echo the version is not to our taste; exit 1")
    before = team.undisturbed()

    result = team.release("minor")

    assert result.code == ExitCode.UNFIT
    assert "the version is not to our taste" in result.err
    assert team.undisturbed() == before


def test_a_hook_that_adds_to_the_message_is_welcome(team: Team) -> None:
    hook(team, "commit-msg", 'echo "\nChange-Id: I1" >> "$1"')

    assert team.release("minor").code == 0
    assert "Change-Id: I1" in team.git("log", "-1", "--format=%b")


def test_a_push_that_loses_a_race_takes_all_back(team: Team) -> None:
    # After the remote was asked how it stands, and before the push.
    clone = team.bench.root.parent / "colleague"
    team.bench.call(["git", "clone", "-q", team.remote, str(clone)])
    theirs = "commit -q --allow-empty -m Theirs && git -C"
    hook(
        team,
        "post-commit",
        f"unset GIT_DIR GIT_INDEX_FILE; git -C '{clone}' {theirs} '{clone}' push -q",
    )
    head, files = team.git("rev-parse", "HEAD"), team.bench.snapshot(team.folder)

    result = team.release("minor")

    assert result.code == ExitCode.CONFLICT
    assert "error: somebody pushed to origin meanwhile" in result.err
    assert team.git("rev-parse", "HEAD") == head
    assert team.git("tag").split() == ["v0.2.3"]
    assert team.bench.snapshot(team.folder) == files
    assert "refs/tags/v0.3.0" not in team.there
    hook(team, "post-commit", "true")
    team.git("pull", "-q", "--rebase")
    assert team.release("minor").code == 0


def test_a_remote_that_refuses_takes_all_back(team: Team) -> None:
    hook(team, "pre-receive", "echo main is protected; exit 1", remote=True)
    before = team.undisturbed()

    result = team.release("minor")

    assert result.code == ExitCode.REFUSED
    assert "main is protected" in result.err
    assert team.undisturbed() == before


def test_a_remote_out_of_reach_is_said_before_anything_is_done(team: Team) -> None:
    team.git("remote", "set-url", "origin", "http://127.0.0.1:1/acme/core.git")
    head = team.git("rev-parse", "HEAD")

    result = team.release("minor")

    assert result.code == ExitCode.UNREACHABLE
    assert team.git("rev-parse", "HEAD") == head


def test_what_a_lost_connection_left_goes_on_or_is_taken_back(team: Team) -> None:
    before = team.undisturbed()
    url = "http://127.0.0.1:1/acme/core.git"
    hook(team, "post-commit", f"git remote set-url --push origin {url}")

    lost = team.release("minor")

    assert lost.code == ExitCode.UNREACHABLE
    assert "v0.3.0" in team.git("tag")
    aborted = team.release("--abort")
    assert aborted.out == "issue-core 0.3.0: taken back, nothing was pushed\n"
    hook(team, "post-commit", "true")
    assert team.undisturbed() == before

    hook(team, "post-commit", f"git remote set-url --push origin {url}")
    assert team.release("minor").code == ExitCode.UNREACHABLE
    team.git("remote", "set-url", "--push", "origin", team.remote)
    went_on = team.release("minor")
    assert went_on.out == "issue-core 0.3.0: released as v0.3.0\n"
    assert team.there["refs/tags/v0.3.0"] == team.git("rev-parse", "v0.3.0").strip()


def test_what_is_pushed_cannot_be_taken_back(team: Team) -> None:
    note = team.folder / ".git" / "railrel-release.json"
    hook(team, "pre-push", f"cp '{note}' /dev/fd/9 2>/dev/null; cp '{note}' '{note}.kept'")
    assert team.release("minor").code == 0
    note.with_name("railrel-release.json.kept").rename(note)

    result = team.release("--abort")

    assert result.code == ExitCode.REFUSED
    assert "v0.3.0 is pushed to origin: others may have it" in result.err
    assert "v0.3.0" in team.git("tag")


def test_nothing_under_way_is_nothing_to_take_back(team: Team) -> None:
    result = team.release("--abort")

    assert (result.code, result.out) == (0, "no release is under way; nothing is taken back\n")


def test_a_note_that_nobody_understands_is_left_alone(team: Team) -> None:
    note = team.folder / ".git" / "railrel-release.json"
    note.write_text(json.dumps({"format": 99}))

    result = team.release("minor")

    assert result.code == ExitCode.USAGE
    assert "the note of a release that was interrupted cannot be understood" in result.err
    assert note.exists()


SUICIDAL = AT_THE_NTH_CALL + COUNT_PROGRAMS + RUN_RAILREL


def killed(team: Team, moment: int, *argv: str) -> int:
    """A release that is killed at one of its steps; the exit code if it has fewer."""
    done = subprocess.run(
        [sys.executable, "-c", SUICIDAL, str(moment), "release", "issue-core", *argv],
        cwd=team.bench.root,
        env={**team.bench.environment, **IMPORTABLE},
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode


def test_killed_at_each_step_it_goes_on_to_the_same_end_or_is_taken_back(team: Team) -> None:
    team.bench.write("issue-core/changelog.d/12.added.md", "list issues\n")
    team.change("feat: list")
    team.git("push", "-q")
    before = team.undisturbed()
    start = team.git("rev-parse", "HEAD").strip()

    for moment in range(1, 200):
        code = killed(team, moment, "minor", "--next-dev")
        if code != -signal.SIGKILL:
            assert code == 0
            break
        # What git was doing goes on to its end.
        eventually(lambda: not _at_work_in(team.folder), "git still works")
        if moment % 2 and "refs/tags/v0.3.0" not in team.there:
            aborted = team.release("--abort")
            assert aborted.code == 0, aborted.err
            assert team.undisturbed() == before, moment
            continue
        result = team.release("minor", "--next-dev")
        assert result.code == 0, result.err
        assert team.git("log", "-3", "--format=%s").splitlines() == [
            "Begin issue-core 0.3.1.dev0", "Release issue-core 0.3.0", "feat: list",
        ]  # fmt: skip
        assert team.there["refs/tags/v0.3.0^{}"] == team.git("rev-parse", "HEAD^").strip()
        assert team.git("status", "--porcelain") == ""
        _as_before(team, start)
        assert team.undisturbed() == before
    else:
        pytest.fail("a release has too many steps")
    assert moment > 10


def _at_work_in(folder: Path) -> list[str]:
    """Processes that a killed run left there."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if process.readlink().is_relative_to(folder.parent.parent):
                found.append(process.parent.name)
    return [pid for pid in found if pid != str(os.getpid())]


def _as_before(team: Team, start: str) -> None:
    team.git("reset", "-q", "--hard", start)
    team.git("tag", "-d", "v0.3.0")
    team.git("push", "-q", "--force", "origin", f"{start}:main", ":refs/tags/v0.3.0")


@pytest.mark.parametrize("moment", ["pre-commit", "post-commit", "pre-push"])
def test_interrupted_while_a_hook_runs_it_goes_on_when_it_is_started_again(
    team: Team, moment: str
) -> None:
    ready, go = team.bench.root / "ready", team.bench.root / "go"
    hook(team, moment, f"touch '{ready}'; {until_there(go)}")
    process = team.bench.start("release", "issue-core", "minor")
    wait_for(ready)

    process.send_signal(signal.SIGINT)

    assert process.wait(60) == ExitCode.INTERRUPTED
    eventually(lambda: not _at_work_in(team.folder), "git still works")
    go.touch()
    result = team.release("minor")
    assert result.code == 0, result.err
    assert team.git("status", "--porcelain") == ""
    assert team.there["refs/tags/v0.3.0^{}"] == team.git("rev-parse", "HEAD").strip()
    assert [path.name for path in (team.folder / ".git").rglob("*.lock")] == [
        "railrel-release.lock"
    ]


def test_killed_while_a_hook_runs_the_next_run_waits_for_it(team: Team) -> None:
    ready, go = team.bench.root / "ready", team.bench.root / "go"
    hook(team, "pre-commit", f"touch '{ready}'; {until_there(go)}")
    process = team.bench.start("release", "issue-core", "minor")
    wait_for(ready)

    process.kill()
    process.wait(60)

    assert is_held(team.folder / ".git" / "railrel-release.lock")
    go.touch()
    result = team.release("minor")
    assert result.code == 0, result.err
    assert team.git("log", "-2", "--format=%s").splitlines() == [
        "Release issue-core 0.3.0",
        "fix: close files",
    ]


def test_two_at_once_end_in_one_release(team: Team) -> None:
    processes = [team.bench.start("release", "issue-core", "minor") for _ in range(2)]

    assert [process.wait(120) for process in processes] == [0, 0]
    assert team.git("tag").split() == ["v0.2.3", "v0.3.0"]
    assert team.there["refs/heads/main"] == team.git("rev-parse", "v0.3.0^{commit}").strip()


def test_a_note_that_was_half_written_when_it_was_killed_is_swept_by_the_next(team: Team) -> None:
    half = team.folder / ".git" / ".railrel-release.json.railrel-0123456789ab"
    half.write_text("{")

    assert team.release("minor").code == 0

    assert not half.exists()


# --- a real forge


def test_gitea_takes_commit_and_tag_and_shows_the_notes(team: Team, gitea: Gitea) -> None:
    name = f"released-{os.getpid()}"
    gitea.make_repository(name)
    user, token = gitea.bot, gitea.tokens["repository"]
    url = f"{gitea.url}/{gitea.organisation}/{name}.git"
    helper = f"!f() {{ echo username={user}; echo password={token}; }}; f"
    team.git("config", "credential.helper", helper)
    team.git("remote", "set-url", "origin", url)
    team.git("push", "-q", "origin", "main", "v0.2.3")

    result = team.release("minor")

    assert result.code == 0, result.err
    assert token not in result.out + result.err
    tag = gitea.ask("GET", f"/repos/{gitea.organisation}/{name}/tags/v0.3.0").json()
    assert tag["message"].startswith("issue-core 0.3.0\n\n### Fixed")
    assert tag["commit"]["sha"] == team.git("rev-parse", "HEAD").strip()


def test_gitea_says_who_may_not_push(team: Team, gitea: Gitea) -> None:
    name = f"refused-{os.getpid()}"
    gitea.make_repository(name)
    helper = f"!f() {{ echo username=__token__; echo password={gitea.tokens['read']}; }}; f"
    team.git("config", "credential.helper", helper)
    team.git("remote", "set-url", "origin", f"{gitea.url}/{gitea.organisation}/{name}.git")
    before = (team.git("rev-parse", "HEAD"), team.git("tag"), team.bench.snapshot(team.folder))

    result = team.release("minor")

    assert result.code == ExitCode.REFUSED, result.err
    assert gitea.tokens["read"] not in result.out + result.err
    assert (team.git("rev-parse", "HEAD"), team.git("tag")) == before[:2]
    assert team.bench.snapshot(team.folder) == before[2]
