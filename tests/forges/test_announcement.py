"""Carrying a release to its end, whatever others do meanwhile; on a forge in memory."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from railrel.errors import ConflictError, UnreachableError
from railrel.forges import Home
from railrel.forges.announcement import Announcement, carry_out, planned, tag_there
from railrel.forges.assets import SUMS, File, checksums, decide
from railrel.forges.protocol import Asset, NewRelease, Release, Tag
from railrel.workspace.remotes import Repository
from railrel.world import Secret

REPOSITORY = Repository("https", "git.example.com", None, "acme", "core")
NEW = NewRelease("v1.0", "a" * 40, "core 1.0", "- a thing", prerelease=False)
RELEASE = Release(1, "v1.0", "https://git.example.com/r/1", draft=False, uploads="x")


@dataclass
class MemoryForge:
    """A forge that keeps assets of one name beside each other, as Gitea does."""

    kind: str = "gitea"
    made: int = 0
    contents: dict[int, tuple[str, bytes]] = field(default_factory=dict)
    lost: int = 0
    """So many uploads come to nothing."""
    unanswered: int = 0
    """So many arrive, and the answer is lost."""
    undiscarded: int = 0
    """So often is a wish to take one out answered by trouble."""
    unreadable: int = 0
    """The asset of this number cannot be read."""
    tidied: int = 0
    """The asset of this number is taken out by somebody else when it is read."""

    def check_access(self, repository: Repository) -> None:
        del repository

    def tag(self, repository: Repository, name: str) -> Tag | None:
        del repository
        return Tag("a" * 40, "") if name == "v1.0" else None

    def release(self, repository: Repository, tag: str) -> Release | None:
        del repository, tag
        return RELEASE if self.made else None

    def create(self, repository: Repository, new: NewRelease) -> Release:
        del repository, new
        self.made += 1
        return RELEASE

    def assets(self, repository: Repository, release: Release) -> tuple[Asset, ...]:
        del repository, release
        return tuple(
            Asset(number, name, len(content), f"https://x/{number}", None)
            for number, (name, content) in self.contents.items()
        )

    def add(self, name: str, content: bytes) -> None:
        self.contents[max(self.contents, default=0) + 1] = (name, content)

    def upload(self, repository: Repository, release: Release, name: str, file: Path) -> None:
        del repository, release
        if self.lost:
            self.lost -= 1
            raise UnreachableError("cut on the way")
        self.add(name, file.read_bytes())
        if self.unanswered:
            self.unanswered -= 1
            raise UnreachableError("no answer")

    def download(self, asset: Asset) -> bytes:
        if asset.id == self.tidied:
            self.contents.pop(asset.id, None)
        if asset.id == self.unreadable or asset.id not in self.contents:
            raise UnreachableError(f"{asset.name} cannot be read back (404)")
        return self.contents[asset.id][1]

    def discard(self, repository: Repository, release: Release, asset: Asset) -> None:
        del repository, release
        if self.undiscarded:
            self.undiscarded -= 1
            raise UnreachableError("the forge is in trouble")
        self.contents.pop(asset.id, None)

    def set_secret(self, repository: Repository, name: str, value: Secret) -> str:
        raise NotImplementedError


class Still:
    """A clock for which no time passes."""

    def now(self) -> float:
        return 0.0

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        del seconds


def file_of(folder: Path, name: str, content: bytes) -> File:
    path = folder / name
    path.write_bytes(content)
    return File(name, hashlib.sha256(content).hexdigest(), len(content), path)


@pytest.fixture
def files(tmp_path: Path) -> tuple[File, ...]:
    both = (
        file_of(tmp_path, "core-1.0-py3-none-any.whl", b"wheel"),
        file_of(tmp_path, "core-1.0.tar.gz", b"sdist"),
    )
    return (*both, file_of(tmp_path, SUMS, checksums(both)))


def run(forge: MemoryForge, files: tuple[File, ...]) -> list[str]:
    """Announce, and give what was said."""
    said: list[str] = []
    home, announcement = Home(forge, REPOSITORY), Announcement(NEW, files)
    carry_out(home, planned(home, announcement, Still()), announcement, Still(), said.append)
    return said


def names(forge: MemoryForge) -> list[str]:
    return [name for name, _ in forge.contents.values()]


@pytest.mark.parametrize(("lost", "unanswered"), [(0, 0), (1, 0), (0, 1), (3, 0), (0, 3), (2, 1)])
def test_each_file_arrives_once_whatever_gets_lost(
    files: tuple[File, ...], lost: int, unanswered: int
) -> None:
    forge = MemoryForge(lost=lost, unanswered=unanswered)

    run(forge, files)

    assert sorted(names(forge)) == sorted(file.name for file in files)
    assert forge.made == 1


def test_what_never_arrives_ends_in_the_forges_own_error(files: tuple[File, ...]) -> None:
    forge = MemoryForge(lost=99)

    with pytest.raises(UnreachableError, match="cut on the way"):
        run(forge, files)


def test_a_double_that_somebody_else_takes_out_while_it_is_read_is_no_trouble(
    files: tuple[File, ...],
) -> None:
    forge = MemoryForge(made=1)
    for file in (*files, files[0]):
        forge.add(file.name, file.path.read_bytes())
    forge.tidied = len(forge.contents)

    said = run(forge, files)

    assert sorted(names(forge)) == sorted(file.name for file in files)
    assert said == []


def test_a_double_that_the_forge_does_not_take_out_at_once_is_taken_out_later(
    files: tuple[File, ...],
) -> None:
    forge = MemoryForge(made=1, undiscarded=2)
    for file in (*files, files[0]):
        forge.add(file.name, file.path.read_bytes())

    run(forge, files)

    assert sorted(names(forge)) == sorted(file.name for file in files)


def test_an_asset_that_stays_and_cannot_be_read_is_told(files: tuple[File, ...]) -> None:
    forge = MemoryForge(made=1, unreadable=1)
    forge.add(files[0].name, files[0].path.read_bytes())

    with pytest.raises(UnreachableError, match="cannot be read back"):
        run(forge, files)


def test_the_list_of_checksums_is_sent_last(files: tuple[File, ...]) -> None:
    forge = MemoryForge()

    run(forge, files)

    assert names(forge)[-1] == SUMS


def test_a_plan_of_what_is_there_is_done(files: tuple[File, ...]) -> None:
    forge = MemoryForge()
    home, announcement = Home(forge, REPOSITORY), Announcement(NEW, files)
    assert not planned(home, announcement, Still()).is_done

    run(forge, files)

    assert planned(home, announcement, Still()).is_done


def test_of_what_two_sent_at_once_both_keep_the_same(files: tuple[File, ...]) -> None:
    forge = MemoryForge()
    run(forge, files)
    forge.add(files[0].name, b"wheel")

    (decision, *rest) = decide(files, forge.assets(REPOSITORY, RELEASE), forge.download)

    assert [asset.id for asset in decision.remove] == [4]
    assert not decision.send
    assert not any(one.send or one.remove for one in rest)


def test_all_files_that_differ_are_named_and_nothing_is_done(files: tuple[File, ...]) -> None:
    forge = MemoryForge(made=1)
    forge.add(files[0].name, b"WHEEL")
    forge.add(files[1].name, b"longer than ours")
    before = dict(forge.contents)

    with pytest.raises(ConflictError) as caught:
        run(forge, files)

    assert [p.rule for p in caught.value.problems] == ["other-bytes", "other-bytes"]
    assert forge.contents == before


def test_checksums_that_say_something_else_are_a_conflict(files: tuple[File, ...]) -> None:
    forge = MemoryForge(made=1)
    forge.add(SUMS, files[2].path.read_bytes().replace(b"0", b"1") + b"more\n")

    with pytest.raises(ConflictError):
        run(forge, files)


def test_an_empty_file_of_ours_is_no_file_that_was_cut(tmp_path: Path) -> None:
    forge = MemoryForge(made=1)
    forge.add("core-1.0.tar.gz", b"")
    file = file_of(tmp_path, "core-1.0.tar.gz", b"")

    (decision,) = decide((file,), forge.assets(REPOSITORY, RELEASE), forge.download)

    assert not decision.send
    assert decision.remove == ()


def test_a_tag_must_be_there_and_mark_what_is_released() -> None:
    home = Home(MemoryForge(), REPOSITORY)

    assert tag_there(home, "v1.0", "a" * 40).commit == "a" * 40
    with pytest.raises(ConflictError) as missing:
        tag_there(home, "v2.0 final", "a" * 40)
    with pytest.raises(ConflictError, match="marks aaaaaaaaaaaa on the forge"):
        tag_there(home, "v1.0", "b" * 40)
    assert missing.value.problems[0].hint == "git push origin 'v2.0 final'"
