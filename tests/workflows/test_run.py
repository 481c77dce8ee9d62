"""Generated workflows and the actions, run for real by upstream's engine."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.servers.builders import Builder
from tests.servers.gitea import Gitea
from tests.servers.images import PYTHON, PYTHON_IMAGE
from tests.workbench import IMPORTABLE, REPOSITORY, Workbench
from tests.workflows.acting import Act, Event
from tests.workflows.samples import FOLDERS, FORGES, NAME, library, uv_app

JOBS = "marked-token-of-a-job"

pytestmark = pytest.mark.skipif(not IMPORTABLE, reason="only the wheel is here, no checkout")


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with railrel's own wheel."""
    folder = tmp_path_factory.mktemp("wheels")
    bench = Workbench(REPOSITORY, folder / "home", folder / "cache")
    bench.uv("build", "--quiet", "--wheel", "--out-dir", str(folder), str(REPOSITORY))
    return folder


def served(bench: Workbench, root: Path, tag: str = "") -> tuple[str, Event]:
    """The repository as a server has it, here a folder; and the push of it, or of its tag."""
    bench.commit(root.name, tag)
    bare = bench.root.parent / "server" / "acme" / f"{root.name}.git"
    bench.call(["git", "clone", "-q", "--bare", str(root), str(bare)])
    return bare.parents[1].as_uri(), event_of(bench, root, tag)


def event_of(bench: Workbench, root: Path, tag: str = "") -> Event:
    sha = bench.git(root.name, "rev-parse", "HEAD").strip()
    return Event("push", f"refs/tags/{tag}" if tag else "refs/heads/main", sha)


def pushed(bench: Workbench, gitea: Gitea, owner: str, root: Path, tag: str = "") -> Event:
    """The same on a Gitea."""
    gitea.make_repository(root.name, owner)
    bench.commit(root.name, tag)
    address = f"{gitea.url}/{owner}/{root.name}.git"
    login = address.replace("://", f"://{gitea.bot}:{gitea.tokens['repository']}@")
    bench.git(root.name, "remote", "add", "origin", address)
    bench.git(root.name, "push", "-q", login, "main", *([tag] if tag else []))
    return event_of(bench, root, tag)


def secrets_of(gitea: Gitea) -> dict[str, str]:
    """What a job that releases is given."""
    return {
        "REGISTRY_TOKEN": gitea.tokens["publish"],
        "GITHUB_TOKEN": gitea.tokens["repository"],
    }


def told(bench: Workbench, *argv: str, **settings: str) -> None:
    result = bench.having(**settings).railrel("workflow", NAME, *argv)
    assert result.code == 0, result.err


def test_a_tag_is_tested_published_and_announced_and_a_second_run_changes_nothing(
    bench: Workbench, gitea: Gitea, wheels: Path
) -> None:
    owner = gitea.make_private_organisation()
    root = library(bench)
    told(bench, RAILREL_REGISTRY=gitea.registry(owner))
    event = pushed(bench, gitea, owner, root, "v1.2.0")
    secrets = secrets_of(gitea)
    act = Act(bench, gitea.url, wheels, secrets)

    first = act.run(root, ".gitea/workflows/release.yml", event, f"{owner}/{NAME}")

    assert first.passed, first.log
    assert set(first.steps.values()) == {"success"}
    assert list(first.steps) == [
        "Check out", "Install railrel", "Make an environment for the tests", "Test", "Publish",
        "Announce",
    ]  # fmt: skip
    files = gitea.files(NAME, "1.2.0", owner)
    assert len(files) == 2
    (release,) = gitea.ask("GET", f"/repos/{owner}/{NAME}/releases").json()
    assert release["tag_name"] == "v1.2.0"
    assert {asset["name"] for asset in release["assets"]} == {*files, "SHA256SUMS"}
    for secret in secrets.values():
        assert secret not in first.log

    second = act.run(root, ".gitea/workflows/release.yml", event, f"{owner}/{NAME}")

    assert second.passed, second.log
    assert gitea.files(NAME, "1.2.0", owner) == files
    (same,) = gitea.ask("GET", f"/repos/{owner}/{NAME}/releases").json()
    assert same["id"] == release["id"]
    assert [asset["id"] for asset in same["assets"]] == [asset["id"] for asset in release["assets"]]


@pytest.mark.parametrize("forge", ["forgejo", "github"])
def test_the_files_for_other_forges_do_the_same(
    bench: Workbench, gitea: Gitea, wheels: Path, forge: str
) -> None:
    owner = gitea.make_private_organisation()
    root = library(bench)
    told(bench, "--forge", forge, RAILREL_REGISTRY=gitea.registry(owner))
    tagged = pushed(bench, gitea, owner, root, "v1.2.0")
    act = Act(bench, gitea.url, wheels, secrets_of(gitea))

    release = act.run(root, f"{FOLDERS[forge]}/release.yml", tagged, f"{owner}/{NAME}")
    checks = act.run(root, f"{FOLDERS[forge]}/checks.yml", event_of(bench, root), f"{owner}/{NAME}")

    assert release.passed, release.log
    assert checks.passed, checks.log
    assert len(gitea.files(NAME, "1.2.0", owner)) == 2
    (made,) = gitea.ask("GET", f"/repos/{owner}/{NAME}/releases").json()
    assert len(made["assets"]) == 3


@pytest.mark.parametrize("forge", FORGES)
@pytest.mark.parametrize("builder", ["docker"], indirect=True)
def test_the_image_of_a_tag_is_built_and_pushed(
    bench: Workbench, gitea: Gitea, wheels: Path, builder: Builder, forge: str
) -> None:
    builder.provide(PYTHON_IMAGE, "ghcr.io/astral-sh/uv:0.13")
    owner = gitea.make_private_organisation()
    root = uv_app(bench)
    settings = {
        "RAILREL_REGISTRY": gitea.registry(owner),
        "RAILREL_IMAGE_PYTHON": PYTHON,
        "RAILREL_IMAGE_BUILD_OPTIONS": "--network host",
    }
    told(bench, "--forge", forge, **settings)
    written = bench.having(**settings).railrel("dockerfile", NAME)
    assert written.code == 0, written.err
    event = pushed(bench, gitea, owner, root, "v1.2.0")
    act = Act(bench, gitea.url, wheels, secrets_of(gitea), environment=dict(builder.environment))

    run = act.run(root, f"{FOLDERS[forge]}/image.yml", event, f"{owner}/{NAME}")

    assert run.passed, run.log
    images = gitea.ask("GET", f"/packages/{owner}?type=container").json()
    assert "1.2.0" in {image["version"] for image in images}
    assert gitea.tokens["publish"] not in run.log


def test_a_failing_test_publishes_nothing(bench: Workbench, gitea: Gitea, wheels: Path) -> None:
    owner = gitea.make_private_organisation()
    root = library(bench)
    bench.write(f"{NAME}/tests/test_it.py", "def test_it() -> None:\n    assert False\n")
    told(bench, RAILREL_REGISTRY=gitea.registry(owner))
    event = pushed(bench, gitea, owner, root, "v1.2.0")
    act = Act(bench, gitea.url, wheels, secrets_of(gitea))

    run = act.run(root, ".gitea/workflows/release.yml", event, f"{owner}/{NAME}")

    assert not run.passed
    assert run.steps["Test"] == "failure"
    assert "Publish" not in run.steps
    assert gitea.versions(NAME, owner) == []


def test_every_check_is_made_also_after_one_that_fails(bench: Workbench, wheels: Path) -> None:
    root = library(bench)
    told(bench, RAILREL_REGISTRY="https://git.example.com/api/packages/acme/pypi")
    path = root / ".gitea/workflows/checks.yml"
    path.write_text(path.read_text().replace("  pull_request:", "  pull_request_target:"))
    server, event = served(bench, root)
    act = Act(bench, server, wheels, {"GITHUB_TOKEN": JOBS})

    run = act.run(root, ".gitea/workflows/checks.yml", event, f"acme/{NAME}")

    assert not run.passed
    assert run.steps["The workflows are as railrel writes them"] == "failure"
    assert "+  pull_request:" in run.log
    assert run.steps["No dependency is a path"] == "success"
    assert "This job has no secret REGISTRY_TOKEN" in run.log


def test_a_job_without_uv_makes_its_environment_by_pip(bench: Workbench, wheels: Path) -> None:
    root = library(bench)
    told(bench, RAILREL_REGISTRY="https://git.example.com/api/packages/acme/pypi")
    server, event = served(bench, root)
    act = Act(bench, server, wheels, {"GITHUB_TOKEN": JOBS}, with_uv=False)

    run = act.run(root, ".gitea/workflows/checks.yml", event, f"acme/{NAME}")

    assert run.passed, run.log


@pytest.mark.parametrize("with_uv", [True, False], ids=["uv", "pip"])
def test_railrel_itself_comes_from_the_teams_own_index_for_who_may_read_it(
    bench: Workbench, gitea: Gitea, wheels: Path, *, with_uv: bool
) -> None:
    owner = gitea.make_private_organisation()
    (wheel,) = wheels.glob("railrel-*.whl")
    version = "999.0"
    # A version that no other index and no folder has.
    moved = bench.root / f"railrel-{version}-py3-none-any.whl"
    _with_version(wheel, moved, version)
    sent = gitea.upload_raw(
        moved.name, moved.read_bytes(), name="railrel", version=version, owner=owner
    )
    sent.raise_for_status()
    root = library(bench)
    registry = gitea.registry(owner)
    settings = {"RAILREL_REGISTRY": registry, "RAILREL_RAILREL_VERSION": version}
    told(bench, RAILREL_RAILREL_INDEX=f"{registry}/simple", **settings)
    server, event = served(bench, root)
    secrets = {"GITHUB_TOKEN": JOBS, "REGISTRY_TOKEN": gitea.tokens["read"]}
    file = ".gitea/workflows/checks.yml"

    known = Act(bench, server, wheels, secrets, with_uv).run(root, file, event, f"acme/{NAME}")
    stranger = Act(bench, server, wheels, {"GITHUB_TOKEN": JOBS}, with_uv).run(
        root, file, event, f"acme/{NAME}"
    )

    assert known.steps["Install railrel"] == "success", known.log
    assert gitea.tokens["read"] not in known.log
    assert stranger.steps["Install railrel"] == "failure"
    assert f"railrel=={version} cannot be installed from {registry}/simple" in stranger.log
    assert "pull requests from forks get none" in stranger.log


def test_an_old_python_is_told_in_one_line(bench: Workbench, wheels: Path) -> None:
    root = library(bench)
    told(bench, RAILREL_REGISTRY="https://git.example.com/api/packages/acme/pypi")
    server, event = served(bench, root)
    act = Act(bench, server, wheels, {"GITHUB_TOKEN": JOBS}, with_uv=False, python="exit 1")

    run = act.run(root, ".gitea/workflows/checks.yml", event, f"acme/{NAME}")

    assert run.steps["Install railrel"] == "failure"
    assert "railrel needs Python 3.11 or newer, or uv, on the runner" in run.log


def test_an_action_runs_one_command_and_takes_its_inputs_as_words(
    bench: Workbench, wheels: Path
) -> None:
    root = bench.root / "railrel"
    tracked = subprocess.run(
        ["git", "-C", str(REPOSITORY), "ls-files", "-z", "--cached", "--others", "--exclude-standard",
         "pipelines", "release", "pyproject.toml", "README.md", "LICENSE"],
        stdout=subprocess.PIPE, check=True, text=True,
    ).stdout  # fmt: skip
    for name in filter(None, tracked.split("\0")):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / name, root / name)
    marked = bench.root.parent / "injected"
    odd = f"x; touch {marked} # $(touch {marked})"
    bench.write(
        "railrel/.gitea/workflows/try.yml",
        f"""
        on: push
        jobs:
          try:
            runs-on: ubuntu-latest
            steps:
              - name: Check out
                uses: actions/checkout@v5
              - name: Fix
                uses: ./pipelines/actions/fix-deps
                with:
                  project: railrel
              - name: Odd
                uses: ./pipelines/actions/fix-deps
                with:
                  project: {odd!r}
        """,
    )
    server, event = served(bench, root)
    act = Act(bench, server, wheels, {"GITHUB_TOKEN": JOBS})

    run = act.run(root, ".gitea/workflows/try.yml", event, "acme/railrel")

    assert run.steps["Fix"] == "success", run.log
    assert "railrel: no path dependencies" in run.log
    assert run.steps["Odd"] == "failure", run.log
    assert f"no project is called {odd}" in run.log
    assert not marked.exists()
    assert run.log.count("railrel, version") == 1


def _with_version(wheel: Path, target: Path, version: str) -> None:
    """The same wheel under another version."""
    import zipfile

    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(target, "w") as new:
        was = wheel.name.split("-")[1]
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename.endswith("/METADATA"):
                data = data.replace(f"Version: {was}\n".encode(), f"Version: {version}\n".encode())
            if entry.filename.endswith("/RECORD"):
                data = b"".join(
                    line.partition(b",")[0].replace(was.encode(), version.encode()) + b",,\n"
                    for line in data.splitlines()
                )
            name = entry.filename.replace(
                f"railrel-{was}.dist-info", f"railrel-{version}.dist-info"
            )
            new.writestr(name, data)
