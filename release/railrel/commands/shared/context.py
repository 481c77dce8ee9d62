"""What every verb is handed, and the questions that most verbs ask first."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from railrel.console import Console
from railrel.dependencies.ranges import CAPS, FLOORS, POLICIES, Style
from railrel.distributions.warm import Warm
from railrel.documents import read
from railrel.errors import ConfigError
from railrel.registries import Registry, choose
from railrel.settings import Settings, resolve
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace, load, workspace_root
from railrel.workspace.projects import Project, project_of
from railrel.world import World

if TYPE_CHECKING:
    from railrel.dependencies.look import Neighbourhood

T = TypeVar("T", bound=str)

_Scope: TypeAlias = tuple[Path, Path | None]
"""What settings are for: a workspace, or one project of it that has its own."""


@dataclass(frozen=True)
class Context:
    """One run: the machine, the voice, and where it stands."""

    world: World
    console: Console
    start: Path
    """The folder that the user stands in, or `-C`."""
    registry_flag: str | None = None
    warm: Warm | None = None
    """The backend of the last build, for verbs that build."""
    _settings: dict[_Scope, Settings] = field(default_factory=dict)
    _registries: dict[_Scope, Registry] = field(default_factory=dict)

    def settings(self, root: Path, project: Project | None = None) -> Settings:
        """The settings for a project, or for the workspace as a whole."""
        scope = _scope(root, project)
        if scope not in self._settings:
            self._settings[scope] = self._resolved(root, project if scope[1] else None)
        return self._settings[scope]

    def _resolved(self, root: Path, project: Project | None) -> Settings:
        config = self.world.environment.get("XDG_CONFIG_HOME")
        return resolve(
            flags={"registry": self.registry_flag},
            environment=self.world.environment,
            start=self.start,
            project=project.document if project else None,
            workspace=root,
            user=Path(config) if config else self.world.home / ".config",
        )

    def workspace(self) -> Workspace:
        """Every project of the workspace that the user stands in."""
        root = workspace_root(self.start)
        settings = self.settings(root)
        return load(root, settings.texts("members"), settings.texts("exclude"), self.start)

    def workspace_if_any(self) -> Workspace | None:
        """The same; None where there is none that can be read."""
        try:
            return self.workspace()
        except ConfigError:
            return None

    def registry(self, workspace: Workspace, project: Project | None = None) -> Registry:
        """The registry that the settings name, or the workspace's own folder."""
        # One for all projects that share their settings, credentials and all.
        scope = _scope(workspace.root, project)
        if scope not in self._registries:
            settings = self.settings(workspace.root, project)
            self._registries[scope] = choose(
                settings, workspace.root, self.world, self.console.hide
            )
        return self._registries[scope]

    def recovered(self) -> Workspace:
        """The workspace, after what a killed run left half done was completed or taken back."""
        self.world.files.recover(self.journal(workspace_root(self.start)))
        return self.workspace()

    def journal(self, root: Path) -> Path:
        """Where file transactions of the workspace in this folder keep their notes."""
        own = root / ".railrel"
        if os.access(own if own.exists() else root, os.W_OK):
            return own / "journal"
        # Checkouts may lie in a folder that is somebody else's.
        key = hashlib.sha256(str(root).encode()).hexdigest()[:16]
        return self.world.cache / "workspaces" / key / "journal"

    def neighbourhood(self, workspace: Workspace) -> "Neighbourhood":
        """Where the neighbours of a workspace's projects are."""
        # It brings every way of naming one along.
        from railrel.dependencies.look import Neighbourhood

        return Neighbourhood(
            workspace.folders,
            lambda folder: self.project_at(workspace, folder),
            workspace.uv_roots.get,
            self.world.environment,
        )

    def style(self, workspace: Workspace, project: Project) -> Style:
        """How a project wants its ranges."""
        settings = self.settings(workspace.root, project)
        return Style(
            policy=chosen_of(POLICIES, settings.text("range")) or "minor",
            floor=chosen_of(FLOORS, settings.text("range-floor")),
            cap=chosen_of(CAPS, settings.text("range-cap")),
        )

    def project_at(self, workspace: Workspace, folder: Path) -> Project | None:
        """The project in a folder, also outside the workspace, with its version if only git knows.

        None where there is none that can be read.
        """
        found = workspace.at(folder) or _outside(folder)
        if found is None or not found.version_from_tag:
            return found
        state = self.world.git.state(found.folder)
        return found.tagged(state.tags if state else ())


def _scope(root: Path, project: Project | None) -> _Scope:
    # Hardly any project has settings of its own, and there may be a thousand.
    has_own = project is not None and bool(project.document.table("tool", "railrel"))
    return root, project.folder if project and has_own else None


def chosen_of(choices: tuple[T, ...], text: str) -> T | None:
    """The choice that is written; None for none of them."""
    return next((choice for choice in choices if choice == text), None)


def _outside(folder: Path) -> Project | None:
    if not os.path.isfile(folder / "pyproject.toml"):  # noqa: PTH113 -- pathlib's raises for odd names
        return None
    try:
        return project_of(read(folder / "pyproject.toml"))
    except ConfigError:
        return None


def stop_for(workspace: Workspace, projects: Iterable[Project]) -> None:
    """Raise what is wrong with these projects, or with files that could be any project's."""
    chosen = {str(project.folder) for project in projects}
    mine = [p for p in workspace.problems if any(p.at.startswith(f"{c}/") for c in chosen)]
    if mine:
        raise ConfigError.of(mine)
