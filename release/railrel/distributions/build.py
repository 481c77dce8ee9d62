"""Build an sdist from a staged copy, and the wheel from that sdist (PEP 517, through `build`)."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.version import Version

from railrel.distributions.artefacts import Kind
from railrel.distributions.backends import Backend
from railrel.distributions.variables import seen_by_builds
from railrel.distributions.warm import Warm
from railrel.errors import RailrelError, UnfitError
from railrel.values import dataclass
from railrel.workspace.versions import scm_variables
from railrel.world import World

if TYPE_CHECKING:
    from build import ProjectBuilder

# Where neither a commit nor SOURCE_DATE_EPOCH gives a time: the first moment that zip can hold in
# every time zone, the same that hatchling and flit choose.
DEFAULT_EPOCH = 1580601600


@dataclass(frozen=True, slots=True)
class Built:
    """The two files of one version."""

    sdist: Path
    wheel: Path


def build(
    world: World,
    source: Path,
    out: Path,
    *,
    variables: Mapping[str, str],
    epoch: int,
    shown: Path,
    go_on: Callable[[], None] = lambda: None,
    warm: Warm | None = None,
) -> Built:
    """Build both into `out`, below which the sdist is also unpacked.

    `variables` are those of `build_variables`; `epoch` is in seconds since 1970. `shown` is the
    user's own file, to be named in errors. `go_on` is called again
    and again while the backend works; what it raises ends the build. Raises UnfitError with the
    backend's own words.
    """
    with Backend(world, variables, shown, go_on, warm) as backend:
        sdist = _hooks_run(source, "sdist", out, backend)
        # Some backends write the time of the build into it (setuptools, PDM).
        world.files.settle_sdist(sdist, epoch)
        unpacked = world.files.unpack_sdist(sdist, out / "unpacked")
        return Built(sdist, _hooks_run(unpacked, "wheel", out, backend))


def build_variables(world: World, epoch: int, scm_version: Version | None) -> dict[str, str]:
    """The environment of a build: the user's, without what publishes.

    `scm_version` answers backends that would ask git, which the staged copy has none of.
    """
    asked = scm_variables(scm_version) if scm_version else {}
    return {**seen_by_builds(world.environment), "SOURCE_DATE_EPOCH": str(epoch), **asked}


def _hooks_run(source: Path, kind: Kind, out: Path, backend: Backend) -> Path:
    """Have the backend build one distribution: its requirements first, then the file."""
    from build import BuildBackendException, BuildException, ProjectBuilder

    shown = str(backend.shown)
    try:
        builder = ProjectBuilder(source, runner=backend)
        return _built(builder, kind, out, backend)
    except TypeError as error:
        raise UnfitError(
            f"the backend does not say which file the {kind} is",
            at=shown,
            hint="its hook must return the file's name (PEP 517)",
        ) from error
    except BuildBackendException as error:
        cause = error.exception
        if isinstance(cause, RailrelError):
            raise cause from None
        raise UnfitError(
            f"the backend cannot build the {kind}: {cause}",
            at=shown,
            hint="run it alone to see more: python -m build",
        ) from error
    except BuildException as error:
        raise UnfitError(f"{error}", at=shown, hint="mend [build-system] in that file") from error


def _built(builder: "ProjectBuilder", kind: Kind, out: Path, backend: Backend) -> Path:
    requires = builder.build_system_requires
    backend.use(requires)
    wanted = builder.get_requires_for_build(kind)
    if wanted - requires:
        backend.use(requires | wanted)
    return Path(builder.build(kind, out))
