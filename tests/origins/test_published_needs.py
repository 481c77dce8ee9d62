"""What packages of ours need that are not checked out is read from what is published of them."""

from pathlib import Path

from packaging.utils import NormalizedName, canonicalize_name

from railrel.commands.shared.context import Context
from railrel.commands.shared.published_needs import Needs, with_published_needs
from railrel.console import Console
from railrel.origins.names import Ours, Taken
from railrel.registries.folder import Folder
from railrel.registries.protocol import RemoteFile
from tests.wheels import sdist
from tests.workbench import Workbench

MID, CORE = canonicalize_name("acme-mid"), canonicalize_name("acme-core")


class Leading(Folder):
    """A registry that calls its one file by a path, as a page with `..%2F` in a link does."""

    file: Path

    def held(self, name: NormalizedName) -> tuple[RemoteFile, ...]:
        called = f"../../{self.file.name}"
        return (RemoteFile(called, self.file.as_uri(), None),) if name == MID else ()

    def download(self, file: RemoteFile) -> bytes:
        del file
        return self.file.read_bytes()


def taken(needs: Needs) -> Taken:
    return Taken((MID,), tuple(sorted(needs.get(MID, ()))), needs)


def test_a_file_that_is_called_by_a_path_is_written_nowhere_else(
    bench: Workbench, tmp_path: Path
) -> None:
    world = bench.world()
    registry = Leading(bench.root / "index", world)
    registry.file = sdist(tmp_path, "acme-mid", more="Requires-Dist: acme-core>=1\n")
    context = Context(world, Console(), bench.root)

    found = with_published_needs(context, registry, Ours({}, ("acme-*",)), taken)

    assert found.further == (CORE,)
    assert not (world.cache / registry.file.name).exists()
