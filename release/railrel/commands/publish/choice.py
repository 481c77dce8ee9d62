"""Which projects a publish is for: those that are named, all, those that changed, and what they need."""

from pathlib import Path
from shlex import quote

import click
from packaging.utils import NormalizedName

from railrel.commands.publish.again import by_tag
from railrel.commands.shared.by_tag import Asked, asked, meant
from railrel.commands.shared.context import Context
from railrel.errors import ConfigError, Problem
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.graph import Edges, cycles, needed_first
from railrel.workspace.projects import Project
from railrel.workspace.publishable import why_not
from railrel.workspace.waves import beneath, part


@dataclass(frozen=True, slots=True)
class Wish:
    """What the command line says of the projects."""

    words: tuple[str, ...]
    tag: str | None
    no_tag: bool
    with_deps: bool
    everything: bool
    changed_since: str | None

    @property
    def sweeps(self) -> bool:
        """Whether the whole workspace is looked at, and nobody is named."""
        return self.everything or (self.changed_since is not None and not self.words)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A project that was looked at and is no part of the run."""

    name: str
    reason: str


@dataclass(frozen=True)
class Choice:
    """The projects of a run."""

    projects: tuple[Project, ...]
    """Dependencies first."""
    named: frozenset[NormalizedName]
    """Those that somebody asked for by name, by tag or by standing in them."""
    implied: frozenset[NormalizedName]
    """Those that only others need."""
    edges: Edges
    """Who needs whom, of these and of all that they need."""
    by: Asked | None
    """The tag that asks for those that are named."""
    skipped: tuple[Skipped, ...]

    def users_of(self, name: NormalizedName) -> tuple[Project, ...]:
        """Those of the run that need a project directly."""
        return tuple(p for p in self.projects if name in self.edges.get(p.name, ()))


def choice_for(context: Context, workspace: Workspace, wish: Wish) -> Choice:
    """Choose. UsageError for options that say two things, ConfigError for circles and unknown refs."""
    _agree(wish)
    by = None if wish.sweeps else asked(context, wish.tag, no_tag=wish.no_tag)
    if wish.sweeps:
        looked, skipped = _publishable(workspace)
    else:
        looked, skipped = meant(context, workspace, wish.words, by, by_tag(context)), ()
    first = looked
    if wish.changed_since is not None:
        first = _changed(context, looked, wish.changed_since)
        reason = f"unchanged since {wish.changed_since}"
        skipped += tuple(Skipped(p.name, reason) for p in looked if p not in first)
    named = frozenset(() if wish.sweeps else (p.name for p in first))
    if len(first) < 2 and not wish.with_deps:
        # Who needs whom is not asked: that would be a look at every project there is.
        return Choice(first, named, frozenset(), {}, by, skipped)
    from railrel.dependencies.neighbours import edges_of_publishing, needs

    graph = edges_of_publishing(needs(workspace, context.neighbourhood(workspace)))
    projects = {p.name: p for p in (*workspace.projects, *first)}
    wanted = {p.name for p in first}
    implied: set[NormalizedName] = set()
    if wish.with_deps:
        implied = {n for name in wanted for n in beneath(graph, name) if n in projects} - wanted
        wanted |= implied
    edges = part(graph, wanted)
    _refuse_circles(workspace, edges)
    # By name, so that the order is the same each time.
    ordered = tuple(projects[name] for name in needed_first(edges, sorted(wanted)))
    return Choice(ordered, named, frozenset(implied), edges, by, skipped)


def _agree(wish: Wish) -> None:
    if wish.everything and wish.words:
        raise click.UsageError(
            f"--all and {' '.join(wish.words)} say two things; for these and what they need: --with-deps"
        )
    if wish.tag is not None and wish.sweeps:
        flag = "--all" if wish.everything else "--changed-since"
        raise click.UsageError(
            f"--tag names one version and {flag} asks for many; without --tag each is held against its own"
        )
    ref = wish.changed_since
    if ref is not None and (not ref.strip() or ref.startswith(("-", "^"))):
        raise click.UsageError(f"--changed-since {ref!r} names no commit; write a tag or a branch")


def _publishable(workspace: Workspace) -> tuple[tuple[Project, ...], tuple[Skipped, ...]]:
    reasons = {project.folder: why_not(project) for project in workspace.projects}
    return (
        tuple(p for p in workspace.projects if not reasons[p.folder]),
        tuple(Skipped(p.name, why) for p in workspace.projects if (why := reasons[p.folder])),
    )


def _changed(context: Context, projects: tuple[Project, ...], ref: str) -> tuple[Project, ...]:
    """Those with a file that differs between the ref and HEAD, or that no commit holds as it is."""
    changed: dict[Path, tuple[Path, ...]] = {}
    problems: list[Problem] = []
    for root in dict.fromkeys(_repository(project) for project in projects):
        found = context.world.git.changed(root, ref) if (root / ".git").exists() else None
        changed[root] = found or ()
        if found is None:
            problems.append(_no_such_commit(context, root, ref))
    if problems:
        raise ConfigError.of(problems)
    return tuple(
        project
        for project in projects
        if any(path.is_relative_to(project.folder) for path in changed[_repository(project)])
    )


def _repository(project: Project) -> Path:
    """The folder of the repository, or of the project where there is none."""
    around = (project.folder, *project.folder.parents)
    return next((folder for folder in around if (folder / ".git").exists()), project.folder)


def _no_such_commit(context: Context, root: Path, ref: str) -> Problem:
    if context.world.git.commit_of(root, "HEAD") is None:
        return Problem(
            f"{root.name} has no commit, so nothing says what changed in it since {ref}",
            at=str(root),
            hint="name the projects that are to be published",
            rule="no-git",
        )
    return Problem(
        f"{ref} is no commit of the repository {root.name}",
        at=str(root),
        hint=f"git -C {quote(str(root))} fetch --tags, or name the projects of repositories that have it",
        rule="no-such-ref",
    )


def _refuse_circles(workspace: Workspace, edges: Edges) -> None:
    circles = cycles(edges)
    if circles:
        raise ConfigError.of(
            Problem(
                f"these projects need each other: {' -> '.join(circle)}",
                at=str(workspace.root),
                hint="no order can publish them; move what both need into a third project",
                rule="cycle",
            )
            for circle in circles
        )
