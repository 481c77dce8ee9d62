"""What a proof of install has to know of a version: its files, its neighbours, its settings."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias

from packaging.utils import NormalizedName
from packaging.version import Version

from railrel.commands.shared.context import Context
from railrel.commands.shared.published import download, files_of
from railrel.commands.shared.tools import LOCAL_INDEX, tool_environment
from railrel.dependencies.neighbours import edges, needs
from railrel.distributions.artefacts import Artefact, inspect
from railrel.distributions.install_proof import Subject, installed_everywhere
from railrel.distributions.installed import Proved
from railrel.distributions.modules import to_import
from railrel.distributions.proving import asking_only
from railrel.errors import ConfigError
from railrel.registries import Registry
from railrel.workspace.discovery import Workspace
from railrel.workspace.waves import beneath

How: TypeAlias = Literal["index", "install", "import"]
HOWS: Final[tuple[How, ...]] = ("index", "install", "import")


def how_of(word: str) -> How:
    """The proof of this name."""
    return next(how for how in HOWS if how == word)


def prove_installed(
    context: Context,
    registry: Registry,
    name: NormalizedName,
    version: Version,
    how: How,
    *,
    brought: Sequence[Artefact] | None = None,
) -> Proved:
    """Install a version that the registry holds into fresh environments, and import it.

    One a supported Python of this machine; `index` proves nothing more than publish did. Packages of
    the workspace's names come from the registry or from nowhere. RefusedError where the registry
    does not hold the version.

    `brought` are the registry's files, where the caller has downloaded them; they only tell which
    Pythons to try and what to import. What is installed uv takes from the registry itself.
    """
    if how == "index":
        return Proved()
    import uv

    world, workspace = context.world, context.workspace_if_any()
    index = registry.index_name or LOCAL_INDEX
    environment = asking_only(tool_environment(context, registry), index, registry.simple_url)
    with world.files.scratch(world.cache / "proofs", "proof-") as scratch:
        files = _files(context, registry, name, version, scratch) if brought is None else brought
        wheels = [file for file in files if file.kind == "wheel"]
        subject = Subject(
            name=name,
            version=version,
            requires_python=next((w.metadata.get("requires_python", "") for w in wheels), ""),
            has_sdist=len(wheels) < len(files),
            modules=_modules(context, workspace, name, wheels) if how == "import" else (),
            ours={
                one: frozenset(file.sha256 for file in registry.held(one))
                for one in _ours(context, workspace, name)
            },
            place=registry.place,
            index=registry.simple_url,
        )
        return installed_everywhere(world, uv.find_uv_bin(), environment, scratch, subject)


def _files(
    context: Context, registry: Registry, name: NormalizedName, version: Version, scratch: Path
) -> list[Artefact]:
    held = files_of(registry, name, version)
    return [inspect(download(context, registry, file, scratch / "files").path) for file in held]


def _ours(
    context: Context, workspace: Workspace | None, name: NormalizedName
) -> list[NormalizedName]:
    """It, and all of the workspace that it may need."""
    if workspace is None:
        return [name]
    graph = edges(needs(workspace, context.neighbourhood(workspace)))
    return sorted({name, *beneath(graph, name)})


def _modules(
    context: Context, workspace: Workspace | None, name: NormalizedName, wheels: Sequence[Artefact]
) -> tuple[str, ...]:
    """What to import: what the setting names, else the top modules of the wheel."""
    told = _told_modules(context, workspace, name)
    if told:
        return told
    members = (member for wheel in wheels[:1] for member in wheel.contents.members)
    return to_import(member.name for member in members if member.sort == "file")


def _told_modules(
    context: Context, workspace: Workspace | None, name: NormalizedName
) -> tuple[str, ...]:
    if workspace is None:
        return ()
    project = next(iter(workspace.named(name)), None)
    told = context.settings(workspace.root, project).texts("verify-import")
    wrong = [m for m in told if not all(part.isidentifier() for part in m.split("."))]
    if wrong:
        raise ConfigError(
            f"verify-import names {wrong[0]!r}, which is no module",
            at="verify-import",
            hint='verify-import = ["issue_core"]',
        )
    return told
