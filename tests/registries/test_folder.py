"""A folder as a registry, from which anybody can remove a file at any moment."""

from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from railrel.effects.clock import RealClock
from railrel.errors import RefusedError
from railrel.registries.uploads import publish
from tests.registries.test_contract import connect, made
from tests.workbench import Workbench

NAME = canonicalize_name("my-lib")


def test_a_file_that_is_removed_while_it_is_looked_at_is_not_there(
    bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = connect(bench, "the index")
    files = tuple(made(tmp_path, "my-lib", version=version) for version in ("1.0", "2.0"))
    for file in files:
        publish(registry, (file,), RealClock())
    read = Path.read_bytes

    def removed(self: Path) -> bytes:
        if self.name == files[0].path.name:
            self.unlink()
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", removed)

    assert [file.filename for file in registry.held(NAME)] == [files[1].path.name]


def test_a_file_that_was_listed_and_is_gone_is_named(bench: Workbench, tmp_path: Path) -> None:
    registry = connect(bench, "the index")
    publish(registry, (made(tmp_path, "my-lib"),), RealClock())
    (listed,) = registry.held(NAME)
    place = next(bench.root.rglob("*.whl"))
    place.unlink()

    with pytest.raises(RefusedError) as caught:
        registry.download(listed)

    (problem,) = caught.value.problems
    assert (problem.at, listed.filename in problem.message) == (str(place), True)
