"""A published version built again from its tag, and held against what the registry holds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import InvalidVersion, Version

from railrel.commands.context import Context
from railrel.dependencies.listed import listed
from railrel.dependencies.rewrite import Neighbourhood, plan
from railrel.dependencies.rewrite import Request as Wish
from railrel.distributions.artefacts import Artefact, same_contents
from railrel.distributions.prepare import Order, Prepared, built_again
from railrel.errors import ConfigError, Problem, RefusedError
from railrel.registries import Registry
from railrel.workspace.discovery import Workspace, load
from railrel.workspace.projects import Project, is_shared, tag_names

IDENTICAL: Final = "identical"
WRAPPED: Final = "same contents in another wrapping"
DIFFERENT: Final = "different"
NOT_BUILT: Final = "not built here"

_GENERATOR = re.compile(r"^Generator:\s*(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RebuiltFile:
    """One published file, and what became of it here."""

    filename: str
    outcome: str
    """`identical`, `same contents in another wrapping`, `different` or `not built here`."""
    published_sha256: str
    sha256: str
    """Of what was built; empty where it was not."""
    members: tuple[str, ...]
    """Those that differ."""


@dataclass(frozen=True, slots=True)
class _Marked:
    """A version of a project of the workspace, and where its source is."""

    workspace: Workspace
    project: Project
    version: Version
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
        files = tuple(_held_against(file, made) for file in published)
    findings = tuple(
        _finding(file, registry, published, made) for file in files if file.outcome != IDENTICAL
    )
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
            return _Marked(workspace, project, version, tag, commit)
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
    world, workspace, project = context.world, mark.workspace, mark.project
    state = world.git.state(project.folder)
    root = state.root if state else project.folder
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
    told = _published_versions(published)

    def project_at(folder: Path) -> Project | None:
        there = then.at(folder)
        if there is None or there.name not in told:
            return there
        return replace(there, version=told[there.name], version_from_tag=False, problems=())

    neighbourhood = Neighbourhood(
        then.folders, project_at, then.uv_roots.get, context.world.environment
    )
    style = context.style(workspace, project)
    rewrite = plan(project, neighbourhood, Wish(style=style, alone=True))
    if rewrite.problems:
        rewrite = plan(project, neighbourhood, Wish(purpose="publish", style=style, alone=True))
    return Order(
        project=project,
        version=version,
        rewrite=rewrite,
        git=state,
        siblings=frozenset(p.name for p in workspace.projects),
        root=root,
        allow_dev=True,
    )


def _published_versions(published: tuple[Artefact, ...]) -> Mapping[NormalizedName, Version]:
    """For each requirement the version that its published range begins with.

    Every range that railrel writes is the same for the version that it was written from and for its
    own lower end.
    """
    texts = [text for file in published for text in file.metadata.get("requires_dist", [])]
    for file in published:
        if file.pyproject:
            try:
                texts += [one.text for one in listed(file.pyproject)]
            except ConfigError:
                continue
    found: dict[NormalizedName, Version] = {}
    for text in texts:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        for clause in requirement.specifier:
            if clause.operator in (">=", "==", "~="):
                try:
                    found.setdefault(canonicalize_name(requirement.name), Version(clause.version))
                except InvalidVersion:
                    continue
    return found


def _held_against(file: Artefact, made: Prepared) -> RebuiltFile:
    mine = next((one for one in made.files if one.path.name == file.path.name), None)
    if mine is None:
        return RebuiltFile(file.path.name, NOT_BUILT, file.sha256, "", ())
    if mine.sha256 == file.sha256:
        return RebuiltFile(file.path.name, IDENTICAL, file.sha256, mine.sha256, ())
    members = same_contents(mine.path.read_bytes(), file.path.read_bytes(), file.kind)
    outcome = DIFFERENT if members else WRAPPED
    return RebuiltFile(file.path.name, outcome, file.sha256, mine.sha256, members)


def _finding(
    file: RebuiltFile, registry: Registry, published: tuple[Artefact, ...], made: Prepared
) -> Problem:
    at = f"{registry.place}: {file.filename}"
    if file.outcome == NOT_BUILT:
        hint = "compare what else was uploaded by hand; railrel builds one wheel and one sdist"
        return Problem(f"{file.filename} is published, and not built here", at, hint, "not-built")
    if file.outcome == WRAPPED:
        return Problem(
            f"{file.filename} built again has the same contents in other bytes: times, modes or order",
            at,
            "it was built without railrel, or from a checkout whose commit had another time",
            "other-wrapping",
        )
    shown = ", ".join(file.members[:5])
    more = f" and {len(file.members) - 5} more" if len(file.members) > 5 else ""
    return Problem(
        f"{file.filename} built again is another: {shown}{more}",
        at,
        _why(published, made),
        "other-contents",
    )


def _why(published: tuple[Artefact, ...], made: Prepared) -> str:
    theirs = {g for file in published for g in _generators(file)}
    ours = set(_generators(made.wheel))
    if theirs and theirs != ours:
        return (
            f"it was built by {', '.join(sorted(theirs))}, and here by {', '.join(sorted(ours))}: pin it "
            "in build-system.requires to build the same again"
        )
    return "it was built from other files than its tag holds; whoever published it knows which"


def _generators(file: Artefact) -> list[str]:
    texts = [t for n, t in file.contents.texts.items() if n.endswith(".dist-info/WHEEL")]
    return [found for t in texts for found in _GENERATOR.findall(t.decode("utf-8", "replace"))]
