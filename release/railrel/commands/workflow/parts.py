"""What the workflows of a project depend on, found out in its files and settings."""

from collections.abc import Mapping
from pathlib import Path
from shlex import quote
from urllib.parse import urlsplit

from railrel import __version__
from railrel.commands.shared.context import Context
from railrel.errors import ConfigError, Problem
from railrel.images.installers import INSTALLERS
from railrel.images.starts import start_of
from railrel.images.starts.protocol import Start
from railrel.images.tree import Tree, tree_of
from railrel.registries import Registry
from railrel.registries.gitea import Gitea
from railrel.settings import Settings, resolve
from railrel.sources import read_source
from railrel.workflows.carried import carried
from railrel.workflows.dialects import DIALECTS, Dialect, dialect_of
from railrel.workflows.flow import CHECKOUT, Destination, Flow, Tool
from railrel.workflows.generate import is_for
from railrel.workflows.secret_names import secret_name
from railrel.workflows.suites import Sources, Suite, requirement_files, suite_of
from railrel.workflows.triggers import branches_of, tag_globs
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project, is_shared
from railrel.workspace.source_files import source_names


def flow_of(context: Context, workspace: Workspace, project: Project, wanted: str) -> Flow:
    """All that decides what they look like. ConfigError with everything that is wrong.

    Nothing is asked of siblings, of tags or of other branches, which no job's checkout has.
    """
    root = repository_root(context, project)
    settings = context.settings(workspace.root, project)
    dialect = dialect_of(wanted or settings.text("forge"), _folders(root))
    registry = context.registry(workspace, project)
    named = settings.values["registry"].origin != "default"
    own = _of_repository(workspace, project, root)
    problems = [
        problem
        for problem in (
            _no_server(registry, dialect, project, named=named),
            secret_name(settings.text("token-secret"), settings.values["token-secret"].origin),
        )
        if isinstance(problem, Problem)
    ]
    if problems:
        raise ConfigError.of(problems)
    tree = tree_of(project, source_names(context.world.git, project.folder))
    shared = is_shared(project, workspace.projects, root) or _was_shared(project, root, dialect)
    registry_named = settings.values["registry"].value != own.values["registry"].value
    variables = (("RAILREL_REGISTRY", registry.place),) if registry_named else ()
    return Flow(
        project=project.name,
        folder="" if project.folder == root else project.folder.relative_to(root).as_posix(),
        shared=shared,
        dialect=dialect,
        tags=tag_globs(settings.text("tag"), project.name, shared=shared),
        branches=branches_of(settings.texts("release-branches")),
        runner=settings.text("runner"),
        secret=settings.text("token-secret").upper(),
        checkout=settings.text("checkout-action"),
        tool=_tool(settings, registry),
        destination=_destination(registry) if named else Destination("", "", ""),
        variables=(*variables, *carried(settings, own)),
        is_app=_is_app(tree, settings),
        needs_history=project.version_from_tag,
        suite=_suite(workspace, project, tree, settings),
    )


def repository_root(context: Context, project: Project) -> Path:
    """Where the repository of a project begins. ConfigError where there is none."""
    state = context.world.git.state(project.folder)
    if state is None:
        raise ConfigError(
            f"{project.name} is in no git repository, and workflows belong to one",
            at=str(project.folder),
            hint=f"cd {quote(str(project.folder))} && git init",
            rule="no-git",
        )
    return state.root


def workflow_files(root: Path) -> Mapping[Path, str]:
    """What lies in the folders of all forges."""
    return {
        path: read_source(path).data.decode("utf-8", "replace")
        for dialect in DIALECTS
        for path in sorted((root / dialect.folder).glob("*.y*ml"))
        if path.is_file()
    }


def _folders(root: Path) -> frozenset[str]:
    return frozenset(one.folder for one in DIALECTS if (root / one.folder).is_dir())


def _of_repository(workspace: Workspace, project: Project, root: Path) -> Settings:
    """What the settings would be in a clone on a machine where nothing is set."""
    inside = workspace.root.is_relative_to(root)
    return resolve(
        flags={},
        environment={},
        start=project.folder,
        project=project.document,
        workspace=workspace.root if inside else root,
        user=None,
    )


def _no_server(
    registry: Registry, dialect: Dialect, project: Project, *, named: bool
) -> Problem | None:
    if named and registry.kind == "folder":
        trouble = f"a job cannot publish to a folder of this machine: {registry.place}"
    elif not named and not dialect.has_packages:
        trouble = f"no registry is set, and {dialect.title} has none of its own for Python"
    else:
        return None
    return Problem(
        trouble,
        str(project.folder),
        'registry = "https://git.example.com/api/packages/acme/pypi" below [tool.railrel]',
        "no-registry",
    )


def _was_shared(project: Project, root: Path, dialect: Dialect) -> bool:
    """Whether its files are there by the names of a shared repository.

    A job sees no settings of the folder above, which may be all that knows of the other projects.
    """
    path = root / dialect.folder / f"release-{project.name}.yml"
    return path.is_file() and is_for(
        project.name, read_source(path).data.decode("utf-8", "replace")
    )


def _tool(settings: Settings, registry: Registry) -> Tool:
    version = settings.text("railrel-version") or __version__
    index = "" if version == CHECKOUT else settings.text("railrel-index").rstrip("/")
    same = urlsplit(index)[:2] == urlsplit(registry.place)[:2]
    return Tool(version, index, with_token=bool(index) and same)


def _destination(registry: Registry) -> Destination:
    if isinstance(registry, Gitea):
        return Destination(registry.place, registry.owner, registry.token_page)
    return Destination(registry.place, "", "")


def _is_app(tree: Tree, settings: Settings) -> bool:
    """By the project, not by its Dockerfile: the same before and after that is written."""
    said = settings.text("workflow-image")
    if said != "auto":
        return said == "yes"
    locked = any(tree.has(name) for one in INSTALLERS for name in one.LOCKS)
    return locked and isinstance(start_of(tree, settings.text("image-command")), Start)


def _suite(workspace: Workspace, project: Project, tree: Tree, settings: Settings) -> Suite | None:
    others = [
        p.folder.relative_to(project.folder).as_posix()
        for p in workspace.projects
        if p.folder != project.folder and p.folder.is_relative_to(project.folder)
    ]
    names = tuple(n for n in tree.names if not any(n.startswith(f"{other}/") for other in others))
    root = workspace.uv_roots.get(project.folder)
    listed = requirement_files(names)
    sources = Sources(
        document=project.document,
        names=names,
        texts={name: tree.text(name) for name in listed},
        packaged=tree.packaged,
        uv_lock=tree.has("uv.lock") or bool(root and (root.path.parent / "uv.lock").is_file()),
    )
    return suite_of(sources, settings.text("test-command"))
