"""One command by hand, the rest in the jobs of a real Gitea, which its own engine runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.on_gitea import Team, assets_of, publish_railrel, read_sums, sums_of, team_of
from tests.servers.builders import Builder
from tests.servers.gitea import Gitea
from tests.servers.images import PYTHON, PYTHON_IMAGE
from tests.servers.repositories import Repository
from tests.servers.runner import Run, runner
from tests.workbench import Workbench

LIBRARY, APP = "issue-core", "vergabe-teilnahme"
MAIN = "refs/heads/main"
FILES = {"issue_core-0.3.0-py3-none-any.whl", "issue_core-0.3.0.tar.gz"}
BASES = (PYTHON_IMAGE, "ghcr.io/astral-sh/uv:0.13")
IMAGES = f'image-python = "{PYTHON}"\nimage-build-options = "--network host"\n'


@pytest.fixture(scope="module")
def index(gitea: Gitea, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where jobs get this railrel from."""
    return publish_railrel(tmp_path_factory.mktemp("railrel"), gitea)


@pytest.fixture
def team(bench: Workbench, gitea: Gitea, index: str, cache: Path) -> Iterator[Team]:
    """With a private organisation, where even reading takes a token."""
    owner = gitea.make_private_organisation()
    with runner(gitea, owner=owner, cache=cache) as started:
        yield team_of(bench, gitea, started, owner, index)


@pytest.fixture
def library(team: Team) -> Repository:
    """The library at its last release, with its workflows and their secret."""
    made = team.share(LIBRARY)
    team.automate(LIBRARY, without="checks.yml")
    return made


def release(team: Team, library: Repository) -> Run:
    """The one command, and what the tag's job did."""
    team.railrel("release", LIBRARY, "minor")
    return team.runner.wait_for(library, "release.yml", "refs/tags/v0.3.0")


@pytest.mark.parametrize("builder", ["docker"], indirect=True)
def test_from_one_command_to_packages_a_release_and_an_image(
    bench: Workbench, gitea: Gitea, builder: Builder, index: str, cache: Path
) -> None:
    builder.provide(*BASES)
    owner = gitea.make_private_organisation()
    with runner(gitea, owner=owner, environment=builder.environment, cache=cache) as started:
        team = team_of(bench, gitea, started, owner, index, IMAGES)
        library, app = team.share(LIBRARY), team.share(APP)
        team.automate(LIBRARY)
        runs = [started.wait_for(library, "checks.yml", MAIN)]

        runs.append(release(team, library))

        assert set(gitea.files(LIBRARY, "0.3.0", owner)) == FILES

        # The app's dependency is a path yet, and what is proposed for it is held against that.
        team.lock(APP)
        team.railrel("workflow", APP)
        team.railrel("workflow", APP, "--set-secret")
        pull = team.propose(app, "ci: Workflows")
        runs.append(started.wait_for(app, "checks.yml", pull, expect="failure"))
        assert runs[-1].result_of("No dependency is a path") == "failure"
        assert "issue-core is taken from ../issue-core" in runs[-1].log

        team.railrel("fix-deps", APP)
        team.railrel("dockerfile", APP, "--replace")
        team.commit(APP, "build: issue-core comes from the registry")
        runs.append(started.wait_for(app, "checks.yml", pull, after=runs[-1]))

        team.merge(app)
        team.railrel("release", APP, "minor")
        tag = "refs/tags/v0.2.0"
        runs += [started.wait_for(app, name, tag) for name in ("release.yml", "image.yml")]

        assert len(gitea.files(APP, "0.2.0", owner)) == 2
        assert team.images() == [f"{APP}:0.2.0"]
        # What is masked was printed, too.
        assert not any(team.token in run.log or "***" in run.log for run in runs)
        assert not any(team.token.encode() in data for data in bench.snapshot().values())


def test_the_release_on_the_forge_holds_what_the_registry_holds(
    bench: Workbench, gitea: Gitea, index: str, cache: Path
) -> None:
    owner = gitea.make_public_organisation()
    with runner(gitea, owner=owner, cache=cache) as started:
        team = team_of(bench, gitea, started, owner, index)
        library = team.share(LIBRARY)
        team.automate(LIBRARY, without="checks.yml")
        bench.write(f"{LIBRARY}/src/issue_core/more.py", "MORE = True\n")
        team.commit(LIBRARY, "feat: Issues know more")

        release(team, library)

    (made,) = library.releases()
    assert (made["tag_name"], made["prerelease"], made["draft"]) == ("v0.3.0", False, False)
    assert "Issues know more" in str(made["body"])
    assert "Issues carry labels" not in str(made["body"])
    assets, published = team.assets(library, "v0.3.0"), gitea.files(LIBRARY, "0.3.0", owner)
    assert set(published) == FILES
    assert set(assets) == FILES | {"SHA256SUMS"}
    assert read_sums(assets["SHA256SUMS"]) == published
    assert sums_of({name: assets[name] for name in FILES}) == published


def state_of(team: Team, library: Repository) -> object:
    """All that the job of a tag makes, with the ids that Gitea gave it."""
    package = team.gitea.package(LIBRARY, "0.3.0", team.owner)
    files = team.gitea.files(LIBRARY, "0.3.0", team.owner)
    (made,) = library.releases()
    assets = [(asset["id"], asset["name"], asset["size"]) for asset in assets_of(made)]
    return package["id"], files, made["id"], made["body"], assets


def test_a_job_that_runs_again_after_success_changes_nothing(
    team: Team, library: Repository
) -> None:
    first = release(team, library)
    before = state_of(team, library)

    library.rerun(first.id)
    second = team.runner.wait_for(library, "release.yml", "refs/tags/v0.3.0")

    assert second.log != first.log
    assert state_of(team, library) == before


def test_a_job_that_runs_again_after_half_of_it_completes_the_rest(
    team: Team, library: Repository
) -> None:
    first = release(team, library)
    assets = team.assets(library, "v0.3.0")
    files = team.gitea.files(LIBRARY, "0.3.0", team.owner)
    wheel = next(name for name in assets if name.endswith(".whl"))

    # As if it had been killed when the wheel was there, and one asset of the release.
    team.gitea.delete(LIBRARY, "0.3.0", team.owner)
    team.gitea.upload_raw(
        wheel, assets[wheel], name=LIBRARY, version="0.3.0", owner=team.owner
    ).raise_for_status()
    (made,) = library.releases()
    for asset in assets_of(made):
        if asset["name"] != wheel:
            path = f"/releases/{made['id']}/assets/{asset['id']}"
            library.ask("DELETE", path).raise_for_status()
    library.rerun(first.id)
    team.runner.wait_for(library, "release.yml", "refs/tags/v0.3.0")

    assert team.gitea.files(LIBRARY, "0.3.0", team.owner) == files
    assert team.assets(library, "v0.3.0") == assets


def test_a_tag_whose_version_is_not_written_publishes_nothing(
    team: Team, library: Repository
) -> None:
    team.bench.git(LIBRARY, "tag", "v0.4.0")
    team.bench.git(LIBRARY, "push", "-q", "origin", "v0.4.0")

    run = team.runner.wait_for(library, "release.yml", "refs/tags/v0.4.0", expect="failure")

    assert run.result_of("Publish") == "failure"
    assert run.result_of("Announce") == "skipped"
    (said,) = [line for line in run.log.splitlines() if line.startswith("::error")]
    assert "0.4.0" in said
    assert "0.2.3" in said
    assert team.gitea.versions(LIBRARY, team.owner) == []
    assert library.releases() == []


@pytest.mark.parametrize("visibility", ["private", "public"])
def test_a_secret_that_was_never_set_is_told_with_what_sets_it(
    bench: Workbench, gitea: Gitea, index: str, cache: Path, visibility: str
) -> None:
    private = visibility == "private"
    owner = gitea.make_private_organisation() if private else gitea.make_public_organisation()
    with runner(gitea, owner=owner, cache=cache) as started:
        team = team_of(bench, gitea, started, owner, index)
        library = team.share(LIBRARY)
        team.railrel("workflow", LIBRARY)
        team.commit(LIBRARY, "ci: Workflows")
        team.railrel("release", LIBRARY, "minor")

        run = started.wait_for(library, "release.yml", "refs/tags/v0.3.0", expect="failure")

    said = [line for line in run.log.splitlines() if line.startswith("::error")]
    assert any("REGISTRY_TOKEN" in line and "--set-secret" in line for line in said)
    assert gitea.versions(LIBRARY, owner) == []
