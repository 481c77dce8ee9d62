"""Build an sdist from a staged copy, and the wheel from that sdist (PEP 517, through `build`)."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.version import Version

from railrel.distributions.artefacts import Kind
from railrel.distributions.environments import build_python
from railrel.errors import RailrelError, UnfitError
from railrel.workspace.versions import scm_variables
from railrel.world import Command, World

# Where neither a commit nor SOURCE_DATE_EPOCH gives a time: the first moment that zip can hold in
# every time zone, the same that hatchling and flit choose.
DEFAULT_EPOCH = 1580601600

# Names by which railrel and other tools are given what publishes, and what makes releases; no build
# needs them.
PUBLISHING_VARIABLES = frozenset(
    {
        "RAILREL_TOKEN", "RAILREL_PASSWORD", "GITEA_TOKEN", "FORGEJO_TOKEN", "REGISTRY_TOKEN",
        "RAILREL_FORGE_TOKEN", "GITHUB_TOKEN", "GH_TOKEN",
        "UV_PUBLISH_TOKEN", "UV_PUBLISH_PASSWORD", "TWINE_PASSWORD", "HATCH_INDEX_AUTH",
        "PDM_PUBLISH_PASSWORD", "FLIT_PASSWORD",
    }
)  # fmt: skip


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
    epoch: int,
    scm_version: Version | None,
    shown: Path,
) -> Built:
    """Build both into `out`, below which the sdist is also unpacked.

    `epoch` is in seconds since 1970. `scm_version` answers backends that would ask git, which the
    copy has none of. `shown` is the user's own file, to be named in errors. Raises UnfitError with the backend's own words.
    """
    extra = _build_variables(world, epoch, scm_version)
    sdist = _run_hooks(world, source, "sdist", out, extra, shown=shown)
    # Some backends write the time of the build into it (setuptools, PDM).
    world.files.settle_sdist(sdist, epoch)
    unpacked = world.files.unpack_sdist(sdist, out / "unpacked")
    return Built(sdist, _run_hooks(world, unpacked, "wheel", out, extra, shown=shown))


def _build_variables(world: World, epoch: int, scm_version: Version | None) -> dict[str, str]:
    dropped = PUBLISHING_VARIABLES | {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONSTARTUP"}
    kept = {name: value for name, value in world.environment.items() if name not in dropped}
    fixed = {"SOURCE_DATE_EPOCH": str(epoch), "TZ": "UTC", "PYTHONHASHSEED": "0"}
    return {**kept, **fixed, **(scm_variables(scm_version) if scm_version else {})}


def _run_hooks(
    world: World,
    source: Path,
    kind: Kind,
    out: Path,
    environment: Mapping[str, str],
    *,
    shown: Path,
) -> Path:
    """Have the backend build one distribution: its requirements first, then the file."""
    from build import BuildBackendException, BuildException, ProjectBuilder

    runner = _Runner(world, source, environment, shown)
    try:
        first = ProjectBuilder(source)
        python = build_python(world, first.build_system_requires)
        builder = ProjectBuilder(source, python_executable=str(python), runner=runner)
        wanted = builder.get_requires_for_build(kind)
        if wanted - first.build_system_requires:
            python = build_python(world, first.build_system_requires | wanted)
            builder = ProjectBuilder(source, python_executable=str(python), runner=runner)
        return Path(builder.build(kind, out))
    except TypeError as error:
        raise UnfitError(
            f"the backend does not say which file the {kind} is",
            at=str(shown),
            hint="its hook must return the file's name (PEP 517)",
        ) from error
    except BuildBackendException as error:
        cause = error.exception
        if isinstance(cause, RailrelError):
            raise cause from None
        raise UnfitError(
            f"the backend cannot build the {kind}: {cause}",
            at=str(shown),
            hint="run it alone to see more: python -m build",
        ) from error
    except BuildException as error:
        raise UnfitError(
            f"{error}", at=str(shown), hint="mend [build-system] in that file"
        ) from error


@dataclass(frozen=True)
class _Runner:
    """Runs the backend's hooks through the world. Called by pyproject_hooks."""

    world: World
    source: Path
    environment: Mapping[str, str]
    shown: Path

    def __call__(
        self,
        cmd: Sequence[str],
        cwd: str | None = None,
        extra_environ: Mapping[str, str] | None = None,
    ) -> None:
        # Backends call the programs that came with them by name (uv_build, ninja).
        programs = str(Path(cmd[0]).parent)
        search = f"{programs}:{self.environment.get('PATH', os.defpath)}"
        environment = {**self.environment, **(extra_environ or {}), "PATH": search}
        folder = Path(cwd) if cwd else self.source
        done = self.world.processes.run(Command(tuple(cmd), folder, environment))
        if done.code:
            lines = done.output.strip().splitlines()
            raise UnfitError(
                "the build failed; the backend's last words:\n  " + "\n  ".join(lines[-25:]),
                at=str(self.shown),
                hint="mend what it names; the staged copy holds only files that git knows",
            )
