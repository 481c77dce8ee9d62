"""A published version built again from its tag, and held against what the registry holds."""

from dataclasses import replace
from pathlib import Path

from packaging.utils import NormalizedName
from packaging.version import Version

from railrel.commands.shared.context import Context
from railrel.dependencies.for_others import plan_for_others
from railrel.dependencies.look import Neighbourhood
from railrel.distributions.artefacts import Artefact
from railrel.distributions.prepare import Order, built_again
from railrel.distributions.rebuilt import RebuiltFile, compared, findings_of, first_versions
from railrel.errors import Problem, RefusedError
from railrel.registries import Registry
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace, load
from railrel.workspace.projects import Project, is_shared, tag_names


@dataclass(frozen=True, slots=True)
class _Marked:
    """A version of a project of the workspace, and where its source is."""

    workspace: Workspace
    project: Project
    version: Version
    root: Path
    """Of its repository."""
    tag: str
    commit: str


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """A version, built again."""

    tag: str
    commit: str
    files: tuple[RebuiltFile, ...]
    findings: tuple[Problem, ...]


def rebuilt(
    context: Context,
    registry: Registry,
    name: NormalizedName,
    version: Version,
    published: tuple[Artefact, ...],
) -> RebuildReport:
    """Build the version in a copy of its tag, with nothing that was built before.

    Path dependencies get the ranges that were published: what siblings have become since makes no
    difference. Raises ConfigError or RefusedError where the tag or the project is not here.
    """
    workspace = context.workspace()
    (project,) = workspace.choose((name,), context.start)
    mark = _marked(context, workspace, project, version)
    world = context.world
    with world.files.scratch(world.cache / "builds", "rebuild-") as scratch:
        context.console.say(f"{name} {version}: building again from {mark.tag}")
        order = _order(context, mark, _checked_out(context, mark, scratch / "workspace"), published)
        made = built_again(world, order, scratch)
        files = tuple(compared(file, made) for file in published)
        findings = findings_of(files, published, made, registry.place)
    return RebuildReport(mark.tag, mark.commit, files, findings)


def _marked(context: Context, workspace: Workspace, project: Project, version: Version) -> _Marked:
    """The version's tag and the commit behind it."""
    git = context.world.git
    state = git.state(project.folder)
    if state is None:
        raise RefusedError(
            f"{project.name} is in no git repository, so no tag tells what was built",
            at=str(project.folder),
            hint="run this in a checkout of its repository",
            rule="no-git",
        )
    pattern = context.settings(workspace.root, project).text("tag")
    names = tag_names(pattern, project.name, version)
    if is_shared(project, workspace.projects, state.root):
        # There a bare v1.2 is nobody's, if there is a better one.
        names = tuple(sorted(names, key=lambda tag: project.name not in tag))
    for tag in names:
        commit = git.commit_of(project.folder, f"refs/tags/{tag}")
        if commit:
            return _Marked(workspace, project, version, state.root, tag, commit)
    raise RefusedError(
        f"there is no tag of {project.name} {version} in this checkout",
        at=str(state.root),
        hint=f"git fetch --tags; it would be called {' or '.join(names[:2])}",
        rule="no-such-tag",
    )


def _checked_out(context: Context, mark: _Marked, place: Path) -> Path:
    """A workspace like the user's, with the project's repository as it was at the commit.

    Of every other project only what says its name: the rewrite looks for no more. Gives its root.
    """
    world, workspace, project, root = context.world, mark.workspace, mark.project, mark.root
    # The repository may be around the workspace, as that of a monorepo is.
    top = workspace.root if root.is_relative_to(workspace.root) else root
    world.git.check_out(project.folder, mark.commit, mark.tag, place / root.relative_to(top))
    for other in workspace.projects:
        if not other.folder.is_relative_to(root) and other.folder.is_relative_to(top):
            folder = place / other.folder.relative_to(top)
            world.files.put(folder / "pyproject.toml", other.document.data)
    return place / workspace.root.relative_to(top)


def _order(context: Context, mark: _Marked, root: Path, published: tuple[Artefact, ...]) -> Order:
    workspace, name, version = mark.workspace, mark.project.name, mark.version
    settings = context.settings(workspace.root)
    then = load(root, settings.texts("members"), settings.texts("exclude"), root)
    found = then.named(name)
    if len(found) != 1:
        raise RefusedError(
            f"at its tag there is no project {name}",
            at=str(workspace.root),
            hint="the tag may be another project's",
            rule="no-such-project",
        )
    state = context.world.git.state(found[0].folder)
    project = found[0].tagged(state.tags if state else ())
    if project.version != version:
        raise RefusedError(
            f"at its tag {name} has the version {project.version}, not {version}",
            at=str(project.document.path.relative_to(root)),
            hint="the tag was moved, or set on another commit than was published",
            rule="other-version",
        )
    told = first_versions(published)

    def project_at(folder: Path) -> Project | None:
        there = then.at(folder)
        if there is None or there.name not in told:
            return there
        return replace(there, version=told[there.name], version_from_tag=False, problems=())

    neighbourhood = Neighbourhood(
        then.folders, project_at, then.uv_roots.get, context.world.environment
    )
    rewrite = plan_for_others(project, neighbourhood, context.style(workspace, project))
    return Order(
        project=project,
        version=version,
        rewrite=rewrite,
        git=state,
        siblings=frozenset(p.name for p in workspace.projects),
        root=root,
        allow_dev=True,
        # A checkout of our own holds nothing else.
        allow_dirty=True,
    )
