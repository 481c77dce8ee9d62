"""Answers that leave it open whether a file arrived, from a registry that is a little program."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from packaging.utils import NormalizedName

from railrel.distributions.artefacts import Artefact, inspect
from railrel.errors import ConflictError, UnreachableError
from railrel.registries.differences import Different
from railrel.registries.protocol import Answer, RemoteFile, Stored, Taken, Unsure
from railrel.registries.uploads import AlreadyThere, Upload, decide, publish
from railrel.world import Credential, Told
from tests.wheels import sdist, wheel

TROUBLE = UnreachableError("Gitea is in trouble: 500")


@dataclass
class Flaky:
    """Holds files in memory and answers uploads as scripted: an answer, and whether it stored."""

    script: Iterator[tuple[Answer, bool]]
    files: dict[str, bytes] = field(default_factory=dict)
    uploads: list[str] = field(default_factory=list)
    kind = place = simple_url = publish_url = index_name = images = "flaky"

    def check_access(self) -> None:
        pass

    def held(self, name: NormalizedName) -> tuple[RemoteFile, ...]:
        del name
        return tuple(RemoteFile(filename, filename, None) for filename in self.files)

    def upload(self, artefact: Artefact, told: Told | None = None) -> Answer:
        del told
        self.uploads.append(artefact.path.name)
        answer, stores = next(self.script)
        if stores:
            self.files[artefact.path.name] = artefact.path.read_bytes()
        return answer

    def download(self, file: RemoteFile) -> bytes:
        return self.files[file.filename]

    def credential(self) -> Credential | None:
        return None

    def link(self, name: NormalizedName, remote: str | None) -> str:
        del name, remote
        return ""

    def page(self, name: NormalizedName, version: str) -> str:
        return f"{self.place}/{name}/{version}"

    def how_to_delete(self, name: NormalizedName, version: str) -> str:
        return f"delete {name} {version}"


class NoTime:
    """A clock that does not wait."""

    def now(self) -> float:
        return 0.0

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        pass


OK, LOST, ARRIVED = (Stored(), True), (Unsure(TROUBLE), False), (Unsure(TROUBLE), True)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Artefact, Artefact]:
    return inspect(wheel(tmp_path)), inspect(sdist(tmp_path))


def test_the_wheel_goes_first(files: tuple[Artefact, Artefact]) -> None:
    registry = Flaky(iter([OK, OK]))

    publish(registry, files, NoTime())

    assert registry.uploads == ["lib-1.0-py3-none-any.whl", "lib-1.0.tar.gz"]


def test_an_upload_that_was_lost_is_sent_again(files: tuple[Artefact, Artefact]) -> None:
    registry = Flaky(iter([LOST, LOST, OK, OK]))

    outcomes = publish(registry, files, NoTime())

    assert [outcome.sent for outcome in outcomes] == [True, True]
    assert len(registry.uploads) == 4


def test_an_upload_that_arrived_although_the_answer_did_not_is_not_sent_again(
    files: tuple[Artefact, Artefact],
) -> None:
    registry = Flaky(iter([ARRIVED, OK]))

    outcomes = publish(registry, files, NoTime())

    assert [outcome.sent for outcome in outcomes] == [True, True]
    assert len(registry.uploads) == 2


def test_somebody_elses_upload_of_the_same_bytes_counts_as_published(
    files: tuple[Artefact, Artefact],
) -> None:
    registry = Flaky(iter([(Taken(), True), OK]))

    outcomes = publish(registry, files, NoTime())

    assert [outcome.sent for outcome in outcomes] == [False, True]


def test_somebody_elses_upload_of_other_bytes_is_a_conflict(
    files: tuple[Artefact, Artefact], tmp_path: Path
) -> None:
    registry = Flaky(iter([]))
    other = wheel(tmp_path / "other", text="x = 1")

    def taken() -> Iterator[tuple[Answer, bool]]:
        registry.files[other.name] = other.read_bytes()
        yield Taken(), False

    registry.script = taken()

    with pytest.raises(ConflictError):
        publish(registry, files, NoTime())


def test_what_never_arrives_ends_in_the_registrys_own_words(
    files: tuple[Artefact, Artefact],
) -> None:
    registry = Flaky(iter([LOST] * 9))

    with pytest.raises(UnreachableError, match="Gitea is in trouble: 500"):
        publish(registry, files, NoTime())

    assert registry.uploads == ["lib-1.0-py3-none-any.whl"] * 4


def test_a_file_that_is_taken_but_not_listed_is_not_called_published(
    files: tuple[Artefact, Artefact],
) -> None:
    with pytest.raises(UnreachableError, match="its index does not list it"):
        publish(Flaky(iter([(Taken(), False)] * 9)), files, NoTime())


def test_stored_but_not_listed_is_not_called_published_either(
    files: tuple[Artefact, Artefact],
) -> None:
    with pytest.raises(UnreachableError, match="the index does not list"):
        publish(Flaky(iter([(Stored(), False)] * 2)), files, NoTime())


def test_what_is_taken_is_not_sent_again_while_the_index_catches_up(
    files: tuple[Artefact, Artefact],
) -> None:
    registry = Flaky(iter([(Taken(), False)]))

    with pytest.raises(UnreachableError):
        publish(registry, files, NoTime())

    assert registry.uploads == ["lib-1.0-py3-none-any.whl"]


def test_a_wait_longer_than_we_have_time_for_is_left_to_the_user(
    files: tuple[Artefact, Artefact],
) -> None:
    registry = Flaky(iter([(Unsure(TROUBLE, wait=600.0), False), OK]))

    with pytest.raises(UnreachableError, match="Gitea is in trouble"):
        publish(registry, files, NoTime())

    assert len(registry.uploads) == 1


def sha256_of(file: RemoteFile) -> str:
    raise AssertionError(f"{file.filename} has a hash")


@pytest.mark.parametrize(
    "filename",
    ["Lib-1.0.0-py3-none-any.whl", "LIB-1.0-py3-none-any.whl", "lib-v1.0-py3-none-any.whl"],
)
def test_a_version_or_name_in_another_spelling_is_the_same_to_installers_and_so_to_us(
    files: tuple[Artefact, Artefact], filename: str
) -> None:
    wheel = files[0]
    same, other = RemoteFile(filename, "u", wheel.sha256), RemoteFile(filename, "u", "00")

    assert decide(wheel, [same], sha256_of) == AlreadyThere(wheel, same)
    assert decide(wheel, [other], sha256_of) == Different(wheel, other, "00")


@pytest.mark.parametrize(
    "filename",
    [
        "lib-1.0.1-py3-none-any.whl", "lib-1.0-1-py3-none-any.whl", "lib-1.0-cp311-none-any.whl",
        "library-1.0-py3-none-any.whl", "lib-1.0.tar.gz", "lib-1.0.exe",
    ],
)  # fmt: skip
def test_what_is_another_file_to_installers_is_none_of_ours(
    files: tuple[Artefact, Artefact], filename: str
) -> None:
    remote = RemoteFile(filename, "u", "00")

    assert decide(files[0], [remote], sha256_of) == Upload(files[0])


def test_of_a_file_that_is_listed_twice_each_must_be_ours(files: tuple[Artefact, Artefact]) -> None:
    wheel = files[0]
    ours = RemoteFile(wheel.path.name, "one", wheel.sha256)
    theirs = RemoteFile(wheel.path.name, "two", "00")

    assert decide(wheel, [ours, ours], sha256_of) == AlreadyThere(wheel, ours)
    assert decide(wheel, [ours, theirs], sha256_of) == Different(wheel, theirs, "00")
