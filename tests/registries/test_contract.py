"""What every registry must do, asked of each real one."""

import hashlib
import secrets
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from railrel.distributions.artefacts import Artefact, inspect
from railrel.errors import ConflictError
from railrel.registries import KINDS, Registry, choose
from railrel.registries.protocol import Stored, Taken
from railrel.registries.uploads import publish
from railrel.settings import resolve
from railrel.world import Secret
from tests.servers.gitea import Gitea
from tests.servers.go_programs import OTHER_GITEAS
from tests.servers.pypiserver import Pypiserver
from tests.wheels import sdist, wheel
from tests.workbench import Workbench

Connect = Callable[[], Registry]


def connect(bench: Workbench, place: str, **variables: str) -> Registry:
    hidden: list[Secret] = []
    world = bench.having(**variables).world()
    settings = resolve(
        flags={"registry": place},
        environment={},
        start=bench.root,
        project=None,
        workspace=bench.root,
        user=bench.home,
    )
    return choose(settings, bench.root, world, hidden.append)


def connect_gitea(bench: Workbench, gitea: Gitea) -> Registry:
    return connect(bench, gitea.registry(), RAILREL_TOKEN=gitea.tokens["publish"])


@pytest.fixture(params=["folder", "gitea", *OTHER_GITEAS, "legacy"])
def registry(request: pytest.FixtureRequest, bench: Workbench) -> Registry:
    match request.param:
        case "folder":
            return connect(bench, "the index")
        case "gitea":
            return connect_gitea(bench, request.getfixturevalue("gitea"))
        case version if version in OTHER_GITEAS:
            other: Callable[[str], Gitea] = request.getfixturevalue("other_gitea")
            return connect_gitea(bench, other(version))
        case _:
            server: Pypiserver = request.getfixturevalue("pypiserver")
            return connect(
                bench,
                server.url,
                RAILREL_USERNAME=server.username,
                RAILREL_PASSWORD=server.password,
            )


@pytest.fixture
def name() -> str:
    return f"Contract.of_{secrets.token_hex(4)}"


def made(tmp_path: Path, name: str, text: str = "", version: str = "1.0") -> Artefact:
    return inspect(
        wheel(tmp_path / secrets.token_hex(4), name, version, "Requires-Python: >=3.11\n", text)
    )


def test_the_cases_cover_every_kind(registry: Registry) -> None:
    assert registry.kind in {kind.KIND for kind in KINDS}
    assert len(KINDS) == 3


def test_a_project_that_was_never_published_has_no_files(registry: Registry, name: str) -> None:
    assert registry.held(canonicalize_name(name)) == ()


def test_access_is_granted_to_the_right_credential(registry: Registry) -> None:
    registry.check_access()


def test_what_is_uploaded_is_listed_with_its_hash_and_comes_back(
    registry: Registry, tmp_path: Path, name: str
) -> None:
    artefact = made(tmp_path, name)

    answer = registry.upload(artefact)

    assert answer == Stored()
    (file,) = registry.held(artefact.name)
    assert file.filename == artefact.path.name
    assert file.sha256 in (artefact.sha256, None)
    assert registry.download(file) == artefact.path.read_bytes()


def test_a_name_once_taken_stays_taken_for_the_same_bytes_and_for_others(
    registry: Registry, tmp_path: Path, name: str
) -> None:
    first, other = made(tmp_path, name), made(tmp_path, name, text="other = 1")
    registry.upload(first)

    assert registry.upload(first) == Taken()
    assert registry.upload(other) == Taken()
    (file,) = registry.held(first.name)
    assert hashlib.sha256(registry.download(file)).hexdigest() == first.sha256


def test_publishing_twice_sends_once(
    registry: Registry, tmp_path: Path, name: str, bench: Workbench
) -> None:
    files = made(tmp_path, name), inspect(sdist(tmp_path, name, more="Requires-Python: >=3.11\n"))
    clock = bench.world().clock

    first = publish(registry, files, clock)
    second = publish(registry, files, clock)

    assert [outcome.sent for outcome in first] == [True, True]
    assert [outcome.sent for outcome in second] == [False, False]
    assert {f.filename for f in registry.held(files[0].name)} == {f.path.name for f in files}


def test_what_a_first_attempt_left_out_is_completed(
    registry: Registry, tmp_path: Path, name: str, bench: Workbench
) -> None:
    files = made(tmp_path, name), inspect(sdist(tmp_path, name))
    registry.upload(files[0])

    outcomes = publish(registry, files, bench.world().clock)

    assert [outcome.sent for outcome in outcomes] == [False, True]


def test_other_bytes_stop_everything_and_name_both_hashes(
    registry: Registry, tmp_path: Path, name: str, bench: Workbench
) -> None:
    first, other = made(tmp_path, name, "x = 1"), made(tmp_path, name, "x = 2")
    registry.upload(first)

    with pytest.raises(ConflictError) as caught:
        publish(registry, (other, inspect(sdist(tmp_path, name))), bench.world().clock)

    (problem,) = caught.value.problems
    assert first.sha256 in problem.message
    assert other.sha256 in problem.message
    assert "the contents differ" in problem.message
    assert len(registry.held(first.name)) == 1
