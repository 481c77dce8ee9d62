"""`railrel publish` in a job of a tag, with the files of a runner and a real Gitea behind it."""

import base64
import json
import re
import secrets
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from railrel.effects.files import RealFiles
from railrel.errors import ExitCode, RefusedError
from tests.runner_rules import commands, heard, values
from tests.servers.gitea import Gitea
from tests.servers.runner.service import register
from tests.small import small
from tests.waiting import eventually
from tests.workbench import Result, Workbench

BACKSLASH = "\\"
HEAD = "| file | size | sha256 | state | registry |\n| --- | --- | --- | --- | --- |\n"
WHEEL, SDIST = "issue_core-0.3.0-py3-none-any.whl", "issue_core-0.3.0.tar.gz"


@dataclass(frozen=True)
class Job:
    """A step of a job: its checkout, its environment, and the two files of its runner."""

    bench: Workbench

    @property
    def output(self) -> Path:
        return self.bench.root.parent / "output"

    @property
    def summary(self) -> Path:
        return self.bench.root.parent / "summary.md"

    @property
    def outputs(self) -> dict[str, str]:
        return values(self.output.read_text())

    def railrel(self, *argv: str, folder: str = "issue-core") -> Result:
        return self.bench.railrel(*argv, folder=folder)

    def having(self, **variables: str) -> "Job":
        return replace(self, bench=self.bench.having(**variables))


def job_of(bench: Workbench, tag: str, sha: str = "", project: str = "issue-core") -> Job:
    job = Job(bench)
    for file in (job.output, job.summary):
        file.touch()
    return job.having(
        CI="true",
        GITHUB_ACTIONS="true",
        GITEA_ACTIONS="true",
        GITHUB_SERVER_URL="http://127.0.0.1:3000/",
        GITHUB_REPOSITORY="acme/issue-core",
        GITHUB_EVENT_NAME="push",
        GITHUB_REF=f"refs/tags/{tag}",
        GITHUB_SHA=sha or bench.git(project, "rev-parse", "HEAD").strip(),
        GITHUB_WORKSPACE=str(bench.root / project),
        GITHUB_OUTPUT=str(job.output),
        GITHUB_STEP_SUMMARY=str(job.summary),
    )


@pytest.fixture
def job(bench: Workbench) -> Job:
    bench.library("issue-core", "0.3.0")
    bench.commit("issue-core", "v0.3.0")
    return job_of(bench, "v0.3.0")


@pytest.fixture
def owner(gitea: Gitea) -> str:
    return gitea.make_private_organisation()


def on(job: Job, gitea: Gitea, owner: str, token: str | None = None) -> Job:
    secret = gitea.tokens["publish"] if token is None else token
    return job.having(RAILREL_REGISTRY=gitea.registry(owner), RAILREL_TOKEN=secret)


# --- what a job gets


def test_the_job_of_a_tag_publishes_and_tells_its_runner(
    job: Job, gitea: Gitea, owner: str
) -> None:
    job = on(job, gitea, owner)

    result = job.railrel("publish")

    assert result.code == 0, result.err
    held = gitea.files("issue-core", "0.3.0", owner)
    assert set(held) == {WHEEL, SDIST}
    assert job.outputs == {
        "project": "issue-core",
        "version": "0.3.0",
        "tag": "v0.3.0",
        "files": f"{WHEEL} {SDIST}",
        "published": "true",
    }
    page = f"[issue-core 0.3.0](<{gitea.url}/{owner}/-/packages/pypi/issue-core/0.3.0>)"
    rows = [
        f"| {name.replace('_', BACKSLASH + '_')} | SIZE | `{held[name]}` | uploaded | {page} |\n"
        for name in (WHEEL, SDIST)
    ]
    assert re.sub(r"\d+\.\d kB", "SIZE", job.summary.read_text()) == HEAD + "".join(rows) + "\n"
    assert result.out == f"issue-core 0.3.0: published to {gitea.registry(owner)}\n"
    assert commands(result.err) == ["::group::issue-core 0.3.0", "::endgroup::"]


def test_a_second_run_of_the_job_sends_nothing(job: Job, gitea: Gitea, owner: str) -> None:
    job = on(job, gitea, owner)
    job.railrel("publish")
    held = gitea.files("issue-core", "0.3.0", owner)
    job.output.write_text("")

    again = job.railrel("publish")

    assert again.code == 0, again.err
    assert again.out == f"issue-core 0.3.0: already published to {gitea.registry(owner)}\n"
    assert job.outputs["published"] == "false"
    assert job.outputs["files"] == f"{WHEEL} {SDIST}"
    assert job.summary.read_text().count("| already published |") == 2
    assert gitea.files("issue-core", "0.3.0", owner) == held


def test_what_half_a_failure_left_out_is_sent_by_the_next_run(
    job: Job, gitea: Gitea, owner: str
) -> None:
    assert job.railrel("publish").code == 0
    wheel = next(job.bench.root.rglob(WHEEL)).read_bytes()
    half = gitea.upload_raw(WHEEL, wheel, name="issue-core", version="0.3.0", owner=owner)
    assert half.status_code == httpx.codes.CREATED
    job.output.write_text("")

    result = on(job, gitea, owner).railrel("publish")

    assert result.code == 0, result.err
    assert f"already published {WHEEL}\n  uploaded {SDIST}" in result.err
    assert job.outputs["published"] == "true"
    assert set(gitea.files("issue-core", "0.3.0", owner)) == {WHEEL, SDIST}


def test_what_is_out_is_told_also_where_another_failed(job: Job) -> None:
    small(job.bench, "broken-one")
    job.bench.write("broken-one/broken", "")
    job.bench.commit("broken-one", "v1.0")

    result = job.railrel("publish", "broken-one", "issue-core", folder=".")

    assert result.code == ExitCode.UNFIT
    assert job.outputs == {
        "project": "issue-core",
        "version": "0.3.0",
        "tag": "v0.3.0",
        "files": f"{WHEEL} {SDIST}",
        "published": "true",
    }
    summary = job.summary.read_text()
    assert "| broken-one 1.0 | | | failed |" in summary
    assert "\nbroken-one: the build failed" in summary
    errors = [heard(line) for line in commands(result.err) if line.startswith("::error")]
    assert len(errors) == 1


def test_json_stays_one_object_and_talk_goes_elsewhere(job: Job) -> None:
    result = job.railrel("publish", "--json")

    (project,) = json.loads(result.out)["projects"]
    assert (project["tag"], project["page"]) == ("v0.3.0", "")
    assert commands(result.out) == []


def test_a_dry_run_tells_what_it_built_and_that_nothing_is_out(job: Job) -> None:
    # Other tests built the same.
    result = job.railrel("publish", "--dry-run", "--rebuild")

    assert result.code == 0, result.err
    assert job.outputs["published"] == "false"
    assert job.summary.read_text().count("| built |") == 2


# --- which project, and whether it may be


def test_the_tag_says_which_project_of_a_monorepo(bench: Workbench) -> None:
    for name in ("app", "issue-core"):
        bench.library(f"mono/{name}", "0.3.0")
        text = bench.root / f"mono/{name}/pyproject.toml"
        text.write_text(text.read_text().replace("mono/", "").replace("mono_", ""))
        bench.write(f"mono/{name}/{name.replace('-', '_')}/__init__.py", "")
    bench.write("mono/railrel.toml", 'members = ["*"]\n')
    bench.commit("mono", "issue-core-v0.3.0")
    job = job_of(bench, "issue-core-v0.3.0", project="mono")

    by_tag = job.railrel("publish", "--dry-run", folder="mono")
    other = job.railrel("publish", "app", folder="mono")

    assert by_tag.code == 0, by_tag.err
    assert by_tag.out.startswith("issue-core 0.3.0: would be published")
    assert other.code == ExitCode.REFUSED
    assert "issue-core-v0.3.0 is a tag of issue-core, not of app" in other.err


def test_a_tag_that_was_pushed_without_the_version_is_refused_on_its_line(
    bench: Workbench,
) -> None:
    bench.library("issue-core", "0.2.3")
    bench.commit("issue-core", "v0.3.0")
    job = job_of(bench, "v0.3.0")

    result = job.railrel("publish")

    assert result.code == ExitCode.REFUSED
    assert "hint: take it back and release: git push origin :refs/tags/v0.3.0; " in result.err
    assert result.err.splitlines()[0].startswith("error: the tag v0.3.0 names 0.3.0, but issue-")
    (annotation,) = commands(result.err)
    name, place, said = heard(annotation)
    assert (name, place) == ("error", {"file": "pyproject.toml", "line": "7", "col": "1"})
    assert said.endswith("railrel release issue-core 0.3.0")
    assert job.output.read_text() == job.summary.read_text() == ""
    assert not (bench.root / ".railrel" / "index").exists()


def test_a_checkout_of_another_commit_than_the_jobs_is_refused(job: Job) -> None:
    job.bench.commit("issue-core")

    elsewhere = job.railrel("publish")
    job.bench.git("issue-core", "tag", "-f", "v0.3.0")
    moved = job.railrel("publish")

    assert elsewhere.code == moved.code == ExitCode.REFUSED
    assert "is checked out" in elsewhere.err
    assert "it was moved meanwhile" in moved.err


@pytest.mark.parametrize("kind", ["light", "annotated"])
@pytest.mark.parametrize("fetched", ["refs/tags/v0.3.0", "+refs/tags/v0.3.0:refs/tags/v0.3.0"])
@pytest.mark.parametrize("version", ["written", "from git"])
def test_a_shallow_checkout_of_the_tag_is_enough(
    bench: Workbench, kind: str, fetched: str, version: str
) -> None:
    bench.library("origin", "0.3.0")
    if version == "from git":
        file = bench.root / "origin/pyproject.toml"
        text = file.read_text().replace('version = "0.3.0"', 'dynamic = ["version"]')
        text = text.replace('["hatchling"]', '["hatchling", "hatch-vcs"]')
        file.write_text(f'{text}\n[tool.hatch.version]\nsource = "vcs"\n')
    bench.commit("origin")
    how = ("-a", "-m", "Said") if kind == "annotated" else ()
    bench.git("origin", "tag", *how, "v0.3.0")
    bench.git(".", "init", "-q", "alone/checkout")
    url = f"file://{bench.root}/origin"
    bench.git("alone/checkout", "fetch", "-q", "--no-tags", "--depth", "1", url, fetched)
    bench.git("alone/checkout", "checkout", "-q", "--detach", "FETCH_HEAD")
    bench.write("alone/railrel.toml", "")
    job = job_of(bench, "v0.3.0", project="alone/checkout")

    in_job = job.railrel("publish", "--dry-run", folder="alone/checkout")
    by_hand = bench.railrel("publish", "--dry-run", "--tag", "v0.3.0", folder="alone/checkout")

    assert in_job.code == 0, in_job.err
    assert by_hand.code == 0, by_hand.err
    assert by_hand.out.startswith("origin 0.3.0: would be published")
    assert job.outputs["version"] == "0.3.0"


def test_a_job_of_a_branch_may_publish_a_tag_that_it_checked_out(job: Job) -> None:
    later = job.having(GITHUB_REF="refs/heads/main", GITHUB_SHA="0a" * 20)

    result = later.railrel("publish", "--dry-run", "--tag", "refs/tags/v0.3.0")

    assert result.code == 0, result.err
    assert job.outputs["tag"] == "v0.3.0"


@pytest.mark.parametrize("remote", ["https://git.example.com/acme/app.git", ""])
@pytest.mark.parametrize(("argv", "folder"), [(["app"], "."), ([], "app")])
def test_the_tag_of_the_job_says_nothing_of_a_neighbours_checkout(
    job: Job, remote: str, argv: list[str], folder: str
) -> None:
    bench = job.bench
    bench.library("app", "1.0")
    bench.commit("app", "v1.0")
    if remote:
        bench.git("app", "remote", "add", "origin", remote)

    result = job.railrel("publish", *argv, "--dry-run", folder=folder)

    assert result.code == 0, result.err
    assert job.outputs["tag"] == "v1.0"


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--tag", "v0.3.0", "--no-tag"], "--tag and --no-tag say opposite things"),
        (["--tag", ""], "--tag is empty"),
        (["--tag", "refs/tags/"], "--tag is empty"),
    ],
)
def test_flags_that_say_two_things_are_a_wrong_command_line(
    job: Job, argv: list[str], said: str
) -> None:
    result = job.railrel("publish", *argv)

    assert result.code == ExitCode.USAGE
    assert said in result.err
    assert [heard(line)[0] for line in commands(result.err)] == ["error"]


def test_no_tag_sets_the_tag_of_the_job_aside(job: Job) -> None:
    job.bench.commit("issue-core")

    result = job.railrel("publish", "--no-tag", "--dry-run")

    assert result.code == 0, result.err
    assert job.outputs["tag"] == ""


# --- what must not happen


BACKEND = """\
def build_sdist(folder, settings=None):
    for word in ("::set-env name=PATH::/tmp", "  ::stop-commands::x", "x\\r::add-path::/tmp"):
        print(word)
    print("##[add-path]/tmp")
    raise SystemExit(3)
"""


@pytest.mark.parametrize("flags", [(), ("-v",), ("--json",)], ids=["plain", "verbose", "json"])
def test_what_a_build_prints_commands_no_runner(job: Job, flags: tuple[str, ...]) -> None:
    table = '[build-system]\nrequires = []\nbuild-backend = "ours"\nbackend-path = ["."]\n'
    project = '[project]\nname = "issue-core"\nversion = "0.3.0"\n'
    job.bench.write("issue-core/pyproject.toml", table + project)
    job.bench.write("issue-core/ours.py", BACKEND)
    job.bench.commit("issue-core", "v0.3.0")
    job = job_of(job.bench, "v0.3.0")

    result = job.railrel("publish", *flags)

    assert result.code == ExitCode.UNFIT
    assert ": :set-env name=PATH::/tmp" in result.err
    assert [heard(line)[0] for line in commands(result.err)] == ["group", "endgroup", "error"]
    assert commands(result.out) == []
    if "--json" in flags:
        assert "::set-env name=PATH::/tmp" in json.loads(result.out)["errors"][0]["message"]


class FullDisk(RealFiles):
    """No line more for the runner."""

    def append(self, path: Path, data: bytes) -> None:
        del data
        raise RefusedError("cannot write: No space left on device", at=str(path), hint="make room")


def test_a_runner_that_cannot_be_told_fails_no_publish(job: Job) -> None:
    bench = job.bench
    world = replace(bench.world(bench.root / "issue-core"), files=FullDisk())

    result = bench.railrel("publish", world=world)

    assert result.code == 0
    assert result.out.startswith("issue-core 0.3.0: published to ")
    assert result.err.count("warning: the runner is not told: cannot write: No space left") == 2
    assert [heard(line)[0] for line in commands(result.err)][-2:] == ["warning", "warning"]


def test_files_that_no_runner_made_are_not_made(job: Job) -> None:
    job.output.unlink()
    job.summary.unlink()

    result = job.railrel("publish")

    assert result.code == 0, result.err
    assert not job.output.exists()
    assert not job.summary.exists()
    assert "warning" not in result.err


# --- tokens


CURE = "env: RAILREL_TOKEN: ${{ secrets.REGISTRY_TOKEN }}"


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("", "RAILREL_TOKEN is empty: this job gets no secret REGISTRY_TOKEN"),
        ("marked-secret-of-nobody", "Gitea does not know the token from RAILREL_TOKEN"),
        ("read", "lacks the scope write:package; it has read:package"),
        ("other", "lacks the scope write:package"),
    ],
)
def test_a_token_that_may_not_publish_is_told_with_the_one_that_may(
    job: Job, gitea: Gitea, owner: str, token: str, said: str
) -> None:
    secret = gitea.tokens.get(token, token)

    result = on(job, gitea, owner, secret).railrel("publish", "-v")

    assert result.code == ExitCode.REFUSED
    assert said in result.err
    assert CURE in result.err
    assert said in heard(commands(result.err)[-1])[2]
    assert_is_nowhere(secret, result, job)


def test_a_step_without_any_token_is_told_where_to_get_one(
    job: Job, gitea: Gitea, owner: str
) -> None:
    result = job.having(RAILREL_REGISTRY=gitea.registry(owner)).railrel("publish")

    assert result.code == ExitCode.REFUSED
    assert "this job's step was given no token; jobs for pull requests of forks" in result.err
    assert CURE in result.err


def test_the_secret_is_called_as_the_settings_call_it(job: Job, gitea: Gitea, owner: str) -> None:
    named = on(job, gitea, owner, "").having(RAILREL_TOKEN_SECRET="acme_packages")

    result = named.railrel("publish")

    assert result.code == ExitCode.REFUSED
    assert "this job gets no secret ACME_PACKAGES" in result.err
    assert CURE.replace("REGISTRY_TOKEN", "ACME_PACKAGES") in result.err


def test_the_jobs_own_token_is_told_to_be_the_wrong_one(job: Job, gitea: Gitea) -> None:
    owner = gitea.make_private_organisation()
    token = token_of_a_job(gitea, owner)

    result = on(job, gitea, owner, token).railrel("publish", "-v")

    assert result.code == ExitCode.REFUSED
    assert (
        "the token from RAILREL_TOKEN is the job's own, which can never publish packages"
        in result.err
    )
    assert CURE in result.err
    assert_is_nowhere(token, result, job)


def test_a_token_that_may_publish_is_in_no_output_and_no_summary(
    job: Job, gitea: Gitea, owner: str
) -> None:
    job = on(job, gitea, owner)

    result = job.railrel("publish", "-v", "--json")

    assert result.code == 0, result.err
    assert_is_nowhere(gitea.tokens["publish"], result, job)


def assert_is_nowhere(secret: str, result: Result, job: Job) -> None:
    if not secret:
        return
    told = (result.out, result.err, job.output.read_text(), job.summary.read_text())
    assert not [text for text in told if secret in text]


def token_of_a_job(gitea: Gitea, owner: str) -> str:
    """The token that Gitea gives a job which has just begun."""
    repository = f"repository-{secrets.token_hex(4)}"
    gitea.make_repository(repository, owner)
    made = gitea.ask("POST", f"/orgs/{owner}/actions/runners/registration-token")
    service = register(gitea.url, repository, made.json()["token"], ["any"])
    service.declare(["any"])
    workflow = b"on: push\njobs: {one: {runs-on: any, steps: [{run: 'true'}]}}\n"
    file = {"content": base64.b64encode(workflow).decode(), "message": "A workflow"}
    place = f"/repos/{owner}/{repository}/contents/.gitea/workflows/one.yml"
    gitea.ask("POST", place, file).raise_for_status()
    return eventually(service.fetch).says("token")
