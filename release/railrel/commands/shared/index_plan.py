"""What `railrel index` would do to a project, worked out from its files and, for pip, the registry."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from packaging.utils import NormalizedName

from railrel.commands.shared.context import Context
from railrel.commands.shared.published_needs import Needs, with_published_needs
from railrel.commands.shared.tools import index_of
from railrel.dependencies.locks.beside import Lying, locks_of, stale_by
from railrel.dependencies.look import look
from railrel.dependencies.references import Index
from railrel.dependencies.rewrite import Rewrite
from railrel.documents import Document
from railrel.edits import FileRewrite
from railrel.errors import ConfigError, Problem
from railrel.origins import pip
from railrel.origins.names import Ours, Taken, from_index, names_in, packages_of, taken
from railrel.origins.settle import files_beside, settled
from railrel.origins.tools import PIP, used
from railrel.registries.versions import versions_of
from railrel.sources import read_bytes
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project
from railrel.world import FileChange


@dataclass(frozen=True)
class Plan:
    """What is to be done to one project."""

    project: Project
    index: Index
    tools: tuple[str, ...]
    taken: Taken
    files: tuple[FileRewrite, ...]
    stale: tuple[Lying, ...]
    """Locks that this makes stale, and that were not made again."""
    pins: FileChange | None
    """pip's constraints, where they are to be written."""
    commands: tuple[str, ...]
    """What to type for pip."""
    findings: tuple[Problem, ...]

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.files or self.pins)


def ours_of(context: Context, workspace: Workspace, project: Project | None = None) -> Ours:
    """Which names are ours."""
    patterns = context.settings(workspace.root, project).texts("internal")
    return Ours({one.name: one for one in workspace.projects}, patterns)


def plan_of(
    context: Context,
    workspace: Workspace,
    project: Project,
    said: frozenset[str] = frozenset(),
    *,
    offline: bool = False,
) -> Plan:
    """The plan for a project. `said` are tools that are named, whatever the files tell.

    ConfigError where the registry is a folder, which no project can name, or a file cannot be read.
    """
    registry = context.registry(workspace, project)
    index = index_of(registry)
    if index is None:
        raise ConfigError(
            f"the registry is the folder {registry.place}, which no project's files can name",
            at=str(project.folder),
            hint='name a server: registry = "https://HOST/api/packages/OWNER/pypi" in railrel.toml',
            rule="folder-registry",
        )
    files = look(project, context.neighbourhood(workspace)).files
    if files.problems:
        raise ConfigError.of(files.problems)
    ours = ours_of(context, workspace, project)
    locks = locks_of(project.folder, workspace.uv_roots.get(project.folder))
    by_pip = pip.by_hand((text for text in files.texts if text.path in files.requirements), ours)
    named = [*pip.names_of(by_pip), *(name for d in files.documents[1:] for name in names_in(d))]
    locked, together = tuple(_locked(locks)), _together(workspace, project)

    def taking_by(needs: Needs) -> Taken:
        return taken(project, named, locked, ours, together=together, published=needs)

    taking = taking_by({}) if offline else with_published_needs(context, registry, ours, taking_by)
    tools = used(project.document, files_beside(project.folder), said)
    done = settled(files.documents, tools, taking, index)
    for_pip = bool(by_pip) and (PIP in said or not said)
    pinned = None
    if for_pip and not offline:
        names = taking.with_needs(name for name in pip.names_of(by_pip) if ours.holds(name))
        held = {name: versions_of(registry.held(name)) for name in sorted(names)}
        pinned = pip.planned(project, by_pip, held, ours, index)
    changed = (*done.files, *(pinned.files if pinned else ()))
    return Plan(
        project=project,
        index=index,
        tools=(*(tool.ID for tool in tools), *((PIP,) if for_pip else ())),
        taken=taking,
        files=changed,
        stale=stale_by(locks, (file.path for file in changed)),
        pins=_pins(project, pinned.pins) if pinned else None,
        commands=pip.commands(by_pip, index) if for_pip else (),
        findings=(
            *done.problems,
            *(pinned.problems if pinned else ()),
            *_untold(project, taking, told=bool(tools) or for_pip),
        ),
    )


def with_further(context: Context, workspace: Workspace, one: Rewrite) -> Rewrite:
    """A rewrite in which the projects that only the comers need come from the registry as well.

    Without that a lock that is made now would take those from the public index.
    """
    index = index_of(context.registry(workspace, one.project))
    after = {file.path: file.after for file in one.files}
    told = [Document(path, data) for path, data in after.items() if path.name in _TOLD]
    if index is None or not told:
        return one
    ours = ours_of(context, workspace, one.project)
    names = [replacement.name for replacement in one.replacements]
    together = _together(workspace, one.project)
    taking = taken(one.project, names, (), ours, together=together)
    if not taking.further:
        return one
    tools = used(one.project.document, files_beside(one.project.folder))
    done = {file.path: file.after for file in settled(told, tools, taking, index).files}
    files = (replace(file, after=done.get(file.path, file.after)) for file in one.files)
    return replace(one, files=tuple(files))


_TOLD = frozenset({"pyproject.toml", "Pipfile"})


def _together(workspace: Workspace, project: Project) -> frozenset[NormalizedName]:
    """Who shares its uv workspace: uv takes those from there."""
    root = workspace.uv_roots.get(project.folder)
    others = (p for p in workspace.projects if root is not None)
    return frozenset(p.name for p in others if workspace.uv_roots.get(p.folder) == root)


def _locked(locks: Iterable[Lying]) -> Iterator[NormalizedName]:
    """What locks take from any index."""
    for one in locks:
        for name, _, package in packages_of(one.lock) if one.lock.path.suffix != ".txt" else ():
            if from_index(package):
                yield name


def _pins(project: Project, after: bytes | None) -> FileChange | None:
    path = project.folder / pip.PINS
    before = read_bytes(path) if path.exists() else None
    return FileChange(path, before, after) if after is not None and after != before else None


def _untold(project: Project, taking: Taken, *, told: bool) -> Iterator[Problem]:
    """That nothing says by which tool it is installed."""
    if taking.all and not told:
        yield Problem(
            f"{project.name} takes {', '.join(taking.all)}, and no file tells which tool installs it",
            str(project.document.path),
            f"say it: railrel index {project.name} --for uv",
            "no-tool",
        )
