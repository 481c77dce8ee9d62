"""What a publish is going to do with each project, worked out before anything is sent."""

from collections.abc import Iterable, Iterator

from packaging.utils import NormalizedName
from packaging.version import Version

from railrel.commands.publish.again import by_tag
from railrel.commands.publish.choice import Choice
from railrel.commands.publish.one import Task
from railrel.commands.shared.by_tag import Checked, checked
from railrel.commands.shared.context import Context
from railrel.dependencies.for_others import plan_for_others
from railrel.dependencies.neighbours import ranges_in_metadata
from railrel.dependencies.ranges import admits
from railrel.distributions.prepare import Order
from railrel.errors import ConfigError, Problem, RefusedError
from railrel.registries.versions import versions_of
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project
from railrel.workspace.publishable import why_not
from railrel.workspace.state import marked_version


@dataclass(frozen=True, slots=True)
class Allowed:
    """What would be refused without leave, and the command that leave is given to."""

    dirty: bool
    no_tag: bool
    dev: bool
    rebuild: bool
    again: str
    """As it was typed."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A project whose checkout cannot be published, and need not be."""

    project: Project
    version: Version
    """The one in the registry that serves instead."""
    note: Problem


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to do."""

    tasks: tuple[Task, ...]
    """Dependencies first."""
    kept: tuple[Kept, ...]
    replaceable: frozenset[NormalizedName]
    """Those that only others need, and whose version would serve them as it is published."""


@dataclass(frozen=True, slots=True)
class _Looked:
    checked: Checked
    task: Task | None
    """None where nothing gives the project a version."""
    refused: tuple[Problem, ...]

    @property
    def project(self) -> Project:
        return self.checked.marked


def planned(context: Context, workspace: Workspace, choice: Choice, allowed: Allowed) -> Plan:
    """Look at every project. Raises whatever speaks against publishing them, all of a kind at once.

    What nobody named need not be published again: if its checkout cannot be, and what the registry
    holds serves all that need it, that stays.
    """
    by, again = choice.by, by_tag(context)
    agreed = [
        checked(context, workspace, project, by if project.name in choice.named else None, again)
        for project in choice.projects
    ]
    disagreeing = [problem for each in agreed for problem in each.problems]
    if disagreeing:
        raise RefusedError.of(disagreeing)
    looked = [_look(context, workspace, choice, each, allowed) for each in agreed]
    kept: list[Kept] = []
    refused: list[Problem] = []
    for each in looked:
        instead = _instead(context, workspace, choice, each, looked) if each.refused else None
        if instead:
            kept.append(instead)
        else:
            refused += each.refused
    if refused:
        raise RefusedError.of(refused)
    aside = {one.project.folder for one in kept}
    tasks = tuple(each.task for each in looked if each.task and each.project.folder not in aside)
    in_the_way = [problem for task in tasks for problem in task.order.rewrite.stops_publishing]
    if in_the_way:
        raise ConfigError.of(in_the_way)
    replaceable = frozenset(
        task.order.project.name
        for task in tasks
        if task.order.project.name in choice.implied
        and _serving([task.order.version], choice, task.order.project, looked)
    )
    return Plan(tasks, tuple(kept), replaceable)


def _look(
    context: Context, workspace: Workspace, choice: Choice, each: Checked, allowed: Allowed
) -> _Looked:
    project = each.marked
    refused = _for_itself(choice, project) or each.refusals(
        context, workspace, allow_dirty=allowed.dirty, no_tag=allowed.no_tag, again=allowed.again
    )
    try:
        version = marked_version(project)
    except RefusedError as error:
        return _Looked(each, None, (*error.problems, *(p for p in refused if p.rule == "dirty")))
    order = Order(
        project=project,
        version=version,
        rewrite=plan_for_others(
            each.project,
            context.neighbourhood(workspace),
            context.style(workspace, each.project),
        ),
        git=each.state,
        siblings=frozenset(p.name for p in workspace.projects),
        root=workspace.root,
        allow_dev=allowed.dev,
        allow_dirty=allowed.dirty,
        rebuild=allowed.rebuild,
    )
    return _Looked(each, Task(order, each.tag), tuple(refused))


def _for_itself(choice: Choice, project: Project) -> list[Problem]:
    """What to say when others need a project that is not meant to be published."""
    users, why = choice.users_of(project.name), why_not(project)
    if project.name not in choice.implied or not users or not why:
        return []
    return [
        Problem(
            f"{users[0].name} needs {project.name}, which is not to be published: {why}",
            at=str(project.document.path),
            hint=f"make {project.name} a package, or take it out of what {users[0].name} needs",
            rule="not-a-package",
        )
    ]


def _instead(
    context: Context, workspace: Workspace, choice: Choice, each: _Looked, looked: list[_Looked]
) -> Kept | None:
    """What the registry holds that serves in the place of a checkout; None when nothing does."""
    project = each.project
    if project.name in choice.named:
        return None
    held = versions_of(context.registry(workspace, project).held(project.name))
    serving = _serving(held, choice, project, looked)
    if not serving:
        return None
    version = project.version if project.version in serving else max(serving)
    return Kept(project, version, staying(project, version, each.refused[0].message))


def _serving(
    versions: Iterable[Version], choice: Choice, project: Project, looked: list[_Looked]
) -> list[Version]:
    """The versions that are in the ranges of all who need a project; its own where nobody does."""
    users = {user.folder for user in choice.users_of(project.name)}
    if not users:
        return [version for version in versions if version == project.version]
    ranges = [
        written
        for user in looked
        if user.project.folder in users
        for written in _ranges(user, project)
    ]
    return [v for v in versions if all(admits(written, v) for written in ranges)]


def _ranges(user: _Looked, needed: Project) -> Iterator[str]:
    """The ranges in which a project will ask for another."""
    if user.task:
        for replacement in user.task.order.rewrite.replacements:
            if replacement.name == needed.name and replacement.published:
                yield replacement.now
    for name, written in ranges_in_metadata(user.project):
        if name == needed.name and written:
            yield written


def staying(project: Project, version: Version | str, reason: str) -> Problem:
    """What to say of a version that is published and stays, though its checkout is another."""
    return Problem(
        f"{project.name} {version} is published and stays as it is: {reason}",
        at=str(project.folder),
        hint=f"to publish what has changed, give it a new version: railrel release {project.name} patch",
        rule="kept",
    )
