"""Looking for what a project names by its place."""

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import Final

from packaging.utils import NormalizedName

from railrel.dependencies.following import ProjectAt
from railrel.dependencies.ranges import DEFAULT, Style
from railrel.dependencies.references import Around, Index, Members, Purpose
from railrel.dependencies.scan import Scan, scan
from railrel.documents import Document
from railrel.values import dataclass
from railrel.workspace.projects import Project


@dataclass(frozen=True)
class Neighbourhood:
    """Where a project's neighbours are."""

    members: Members
    project_at: ProjectAt
    uv_root: Callable[[Path], Document | None] = field(default=lambda _: None)
    """For a project's folder the `pyproject.toml` of the uv workspace that it is a member of."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """The environment, which paths may name variables of."""

    @cached_property
    def siblings(self) -> Mapping[Path, NormalizedName]:
        """The members by their folders."""
        return {folder: name for name, folder in self.members.items()}


@dataclass(frozen=True, slots=True)
class Request:
    """What the rewrite is for, and how ranges shall look."""

    index: Index | None = None
    purpose: Purpose = "all"
    style: Style = DEFAULT
    keep_source: bool = False
    """Leave paths for development where a tool can be told to pass over them."""
    scripts: bool = False
    """Change scripts that carry their own requirements too (PEP 723)."""
    alone: bool = False
    """The files are for a copy that has to do without its workspace."""
    together: frozenset[Path] | None = None
    """The folders of all projects that are changed in this run; None when that does not matter."""


ANY: Final = Request()


def look(
    project: Project,
    neighbourhood: Neighbourhood,
    request: Request = ANY,
    instead: Mapping[Path, bytes] | None = None,
) -> Scan:
    """Find what a project names by its place.

    `instead` are contents to be looked at in place of those on the disk.
    """
    around = Around(
        folder=project.folder,
        members=neighbourhood.members,
        siblings=neighbourhood.siblings,
        uv_root=neighbourhood.uv_root(project.folder),
        scripts=request.scripts,
        keep_source=request.keep_source,
        alone=request.alone,
        together=request.together,
        variables=neighbourhood.variables,
    )
    return scan(project.document, around, instead)
