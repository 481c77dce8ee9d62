"""Who needs whom in a workspace: by path, which cannot be published, and by name, which can."""

from collections.abc import Iterator

from packaging.utils import NormalizedName, canonicalize_name

from railrel.dependencies.following import followed, misnamed, named
from railrel.dependencies.listed import listed
from railrel.dependencies.look import Neighbourhood, look
from railrel.dependencies.references import PathDependency
from railrel.errors import Problem
from railrel.values import dataclass
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


def edges_of_publishing(all_needs: tuple[Needs, ...]) -> Edges:
    """The graph of what must be in the index before somebody can build and install a project.

    Groups for development are not in it: what they name is nobody's need but the project's own.
    """
    members = {need.project.name for need in all_needs}
    return {
        need.project.name: {d.name for d in need.by_path if d.name and d.breaks == "publish"}
        | {name for name, _ in ranges_in_metadata(need.project) if name in members}
        - {need.project.name}
        for need in all_needs
    }


def ranges_in_metadata(project: Project) -> Iterator[tuple[NormalizedName, str]]:
    """What the metadata will ask for by name, and to build with, each with its range as written."""
    for requirement in listed(project.document):
        if requirement.name and requirement.breaks == "publish" and not requirement.url:
            yield requirement.name, requirement.range
    for name, value in project.document.table("tool", "poetry", "dependencies").items():
        text = value.get("version") if isinstance(value, dict) else value
        if isinstance(text, str):
            yield canonicalize_name(name), text


def _names(project: Project) -> Iterator[NormalizedName]:
    for requirement in listed(project.document):
        if requirement.name:
            yield requirement.name
