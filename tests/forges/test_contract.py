"""What every forge must do: asked of the real Gitea, and of GitHub's double for its shapes."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from railrel.errors import RefusedError
from railrel.forges import API, gitea, github
from railrel.forges.protocol import Forge, NewRelease, Release
from railrel.workspace.remotes import Repository, repository_of
from railrel.world import Credential, Secret, World
from tests.forges.github_double import Double, doubled
from tests.forges.repositories import There, made
from tests.servers.gitea import Gitea
from tests.servers.go_programs import OTHER_GITEAS
from tests.workbench import Workbench

A, B = "a" * 40, "b" * 40


@dataclass(frozen=True)
class Case:
    """A forge with a repository, and how somebody else acts on it."""

    forge: Forge
    repository: Repository
    world: World
    there: There | Double

    def commit(self) -> str:
        match self.there:
            case There():
                return self.there.commit()
            case Double():
                return A

    def tag(self, name: str, commit: str, message: str = "") -> None:
        match self.there:
            case There():
                self.there.tag(name, commit, message)
            case Double() if message:
                self.there.tags[name] = {"type": "tag", "sha": B}
                target = {"type": "commit", "sha": commit}
                self.there.annotated[B] = {"message": message, "object": target}
            case Double():
                self.there.tags[name] = {"type": "commit", "sha": commit}

    def draft(self, tag: str) -> None:
        match self.there:
            case There():
                self.there.release(tag, draft=True)
            case Double():
                self.there.add_release(tag, draft=True)

    def released(self, tag: str) -> Release:
        """By the forge, of a tag that is there."""
        commit = self.commit()
        self.tag(tag, commit)
        return self.forge.create(self.repository, new(tag, commit))


def new(tag: str, commit: str) -> NewRelease:
    return NewRelease(tag, commit, f"core {tag}", "- a thing\n", prerelease=False)


def who(token: str) -> Credential:
    return Credential("", Secret(token), "here", bearer=True)


@pytest.fixture(params=["gitea", *OTHER_GITEAS, "github"])
def case(request: pytest.FixtureRequest, bench: Workbench) -> Iterator[Case]:
    world = bench.world()
    if request.param != "github":
        other: Callable[[str], Gitea] = request.getfixturevalue("other_gitea")
        of_the_run = request.param == "gitea"
        server: Gitea = request.getfixturevalue("gitea") if of_the_run else other(request.param)
        there = made(server)
        repository = repository_of(there.url)
        assert repository
        forge = gitea.connect("gitea", server.url, who(server.tokens["repository"]), world)
        yield Case(forge, repository, world, there)
        return
    with doubled() as double:
        repository = repository_of(f"{double.url}/acme/core")
        assert repository
        yield Case(
            github.connect("github", double.url, who(double.token), world),
            repository,
            world,
            double,
        )


def test_the_cases_cover_every_kind(case: Case) -> None:
    kinds = [kind for each in API for kind in each.KINDS]

    assert case.forge.kind in kinds
    assert sorted(kinds) == ["forgejo", "gitea", "github"]


def test_a_tag_is_its_commit_also_an_annotated_one(case: Case) -> None:
    commit = case.commit()
    case.tag("v1.0", commit)
    case.tag("core/v1.1", commit, "core 1.1\n\n- a thing")

    plain = case.forge.tag(case.repository, "v1.0")
    annotated = case.forge.tag(case.repository, "core/v1.1")

    assert plain
    assert annotated
    assert plain.commit == annotated.commit == commit
    assert annotated.message == "core 1.1\n\n- a thing"


def test_what_is_not_there_is_nothing(case: Case) -> None:
    assert case.forge.tag(case.repository, "v1.0") is None
    assert case.forge.release(case.repository, "v1.0") is None


def test_a_repository_that_is_not_there_is_an_error(case: Case) -> None:
    repository = repository_of(f"{case.repository.root}/acme/no-such-repository")
    assert repository

    with pytest.raises(RefusedError, match="there is no repository acme/no-such-repository"):
        case.forge.tag(repository, "v1.0")


def test_access_is_granted_to_the_right_credential_and_leaves_nothing(case: Case) -> None:
    case.forge.check_access(case.repository)

    assert case.forge.release(case.repository, "") is None


def test_a_release_is_made_once_and_then_found(case: Case) -> None:
    made = case.released("core/v1.0")

    again = case.forge.create(case.repository, new("core/v1.0", case.commit()))

    assert made == again == case.forge.release(case.repository, "core/v1.0")
    assert not made.draft
    assert made.tag == "core/v1.0"


def test_a_draft_that_is_there_is_found(case: Case) -> None:
    case.tag("v1.0", case.commit())
    case.draft("v1.0")

    found = case.forge.release(case.repository, "v1.0")

    assert found
    assert found.draft


def test_an_asset_is_sent_listed_and_read_back_as_it_is(case: Case, tmp_path: Path) -> None:
    release = case.released("v1.0")
    content = bytes(range(256)) * 5000
    file = tmp_path / "0"
    file.write_bytes(content)

    sent = case.forge.upload(case.repository, release, "lib-1.0-py3-none-any.whl", file)
    (listed,) = case.forge.assets(case.repository, release)

    assert listed == sent
    assert (listed.name, listed.size, listed.whole) == ("lib-1.0-py3-none-any.whl", 1280000, True)
    assert case.forge.download(listed) == content
    assert listed.sha256 in (None, hashlib.sha256(content).hexdigest())


def test_an_asset_is_taken_out_and_gone_is_gone(case: Case, tmp_path: Path) -> None:
    release = case.released("v1.0")
    file = tmp_path / "0"
    file.write_bytes(b"bytes")
    sent = case.forge.upload(case.repository, release, "SHA256SUMS", file)
    assert sent

    case.forge.discard(case.repository, release, sent)
    case.forge.discard(case.repository, release, sent)

    assert case.forge.assets(case.repository, release) == ()
