"""Who needs whom in a workspace: by path, which cannot be published, and by name, which can."""

from collections.abc import Iterator
from dataclasses import dataclass

from packaging.utils import NormalizedName

from railrel.dependencies.following import followed, misnamed, named
from railrel.dependencies.listed import listed
from railrel.dependencies.references import PathDependency
from railrel.dependencies.rewrite import Neighbourhood, look
from railrel.errors import Problem
from railrel.workspace.discovery import Workspace
from railrel.workspace.graph import Edges
from railrel.workspace.projects import Project


@dataclass(frozen=True)
class Needs:
    """What one project takes from its neighbours."""

    project: Project
    by_path: tuple[PathDependency, ...]
    by_name: tuple[NormalizedName, ...]
    """Siblings that a requirement names, those by path included."""
    problems: tuple[Problem, ...]


def needs(workspace: Workspace, neighbourhood: Neighbourhood) -> tuple[Needs, ...]:
    """For every project of the workspace, in its order."""
    members = workspace.folders
    result: list[Needs] = []
    for project in workspace.projects:
        scan = look(project, neighbourhood)
        targets = [(d, followed(d, neighbourhood.project_at)) for d in scan.found]
        problems = [
            *scan.files.problems,
            *(p for d, target in targets if (p := misnamed(d, target))),
        ]
        by_path = tuple(named(d, target) for d, target in targets)
        by_name = sorted({n for n in _names(project) if n in members and n != project.name})
        result.append(Needs(project, by_path, tuple(by_name), tuple(problems)))
    return tuple(result)


def edges(all_needs: tuple[Needs, ...]) -> Edges:
    """The graph of all of them."""
    return {
        need.project.name: {d.name for d in need.by_path if d.name and d.name != need.project.name}
        | set(need.by_name)
        for need in all_needs
    }


def _names(project: Project) -> Iterator[NormalizedName]:
    for requirement in listed(project.document):
        if requirement.name:
            yield requirement.name
