"""The tag that asks: given on the command line, or the one that the job is for."""

from dataclasses import replace

import click

from railrel.commands.shared.context import Context
from railrel.commands.shared.options import chosen
from railrel.errors import Problem
from railrel.job import Job
from railrel.releases.agreement import (
    PUBLISH,
    Candidate,
    Commits,
    claimant,
    disagreements,
    is_of,
)
from railrel.values import dataclass
from railrel.workspace.discovery import Workspace
from railrel.workspace.projects import Project
from railrel.workspace.state import hidden_changes, not_releasable
from railrel.world import GitState


@dataclass(frozen=True, slots=True)
class Asked:
    """A tag by which to publish, announce or push an image."""

    tag: str
    job: Job | None
    """The job that is for this very tag, if we are in it."""
    by_hand: bool
    """With `--tag`. What only the job says concerns only checkouts of its own repository."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A project, with the version that its tag gives where tags decide it."""

    project: Project
    tag: str | None
    """The tag that was checked against it; None when no tag asked for it."""
    state: GitState | None
    """How its checkout stands."""
    problems: tuple[Problem, ...] = ()

    @property
    def marked(self) -> Project:
        """With the version of the tag at HEAD, where no tag asked and tags decide it."""
        return self.project.tagged(self.state.tags if self.state and self.tag is None else ())

    def refusals(
        self,
        context: Context,
        workspace: Workspace,
        *,
        allow_dirty: bool,
        no_tag: bool,
        again: str,
    ) -> list[Problem]:
        """Why the checkout is not the one that the version names; nothing when it is."""
        project = self.marked
        hidden = () if allow_dirty else context.world.git.hidden(project.folder)
        return hidden_changes(project, hidden) + not_releasable(
            project,
            self.state,
            context.settings(workspace.root, project).text("tag"),
            allow_dirty=allow_dirty,
            no_tag=no_tag or self.tag is not None,
            again=again,
        )


def asked(context: Context, tag: str | None, *, no_tag: bool) -> Asked | None:
    """Which tag asks, if any does. UsageError when the flags say two things."""
    job = context.console.job
    if tag is None:
        by_job = job if job and job.tag and not no_tag else None
        return Asked(by_job.tag or "", by_job, by_hand=False) if by_job else None
    if no_tag:
        raise click.UsageError("--tag and --no-tag say opposite things")
    name = tag.strip().removeprefix("refs/tags/")
    if not name:
        raise click.UsageError("--tag is empty: no tag asks for this")
    return Asked(name, job if job and job.tag == name else None, by_hand=True)


def meant(
    context: Context,
    workspace: Workspace,
    words: tuple[str, ...],
    by: Asked | None,
    again: str = PUBLISH,
) -> tuple[Project, ...]:
    """The projects that are named, else the one whose tag it is, else the one that the user stands in.

    The tag's is looked for in the repository that the user stands in.
    """
    if words or by is None:
        return chosen(context, workspace, words)
    state = context.world.git.state(context.start)
    if state and not concerns(context, by, state):
        return chosen(context, workspace, ())
    here = [p for p in workspace.projects if not state or p.folder.is_relative_to(state.root)]
    candidates = tuple(_candidate(context, workspace, project) for project in here)
    return (claimant(by.tag, candidates, str(context.start), again).project,)


def checked(
    context: Context,
    workspace: Workspace,
    project: Project,
    by: Asked | None,
    again: str = PUBLISH,
) -> Checked:
    """Whether tag, version and commit agree. Without a tag that asks, nothing is checked here."""
    git = context.world.git
    state = git.state(project.folder)
    if by is None or state is None or not concerns(context, by, state):
        return Checked(project, None, state)
    commits = Commits(
        head=state.commit,
        tag=git.commit_of(project.folder, f"refs/tags/{by.tag}"),
        job=commit_of_job(context, project, by.job) if by.job else None,
    )
    wanted = _candidate(context, workspace, project)
    others = tuple(
        _candidate(context, workspace, other)
        for other in workspace.projects
        if other.folder != project.folder
    )
    problems = tuple(disagreements(by.tag, wanted, others, commits, again))
    if project.version_from_tag:
        project = replace(project, version=wanted.version_in(by.tag, shared=False))
    return Checked(project, by.tag, state, problems)


def commit_of_job(context: Context, project: Project, job: Job) -> str | None:
    """The commit that a job is for, whether this checkout knows it or not."""
    # A forge may name the object of an annotated tag.
    return context.world.git.commit_of(project.folder, job.sha) or job.sha or None


def concerns(context: Context, by: Asked, state: GitState) -> bool:
    """Whether the tag is for this checkout: a job's own only for one of the job's repository."""
    return by.by_hand or by.job is None or is_own(context, by.job, state)


def is_own(context: Context, job: Job, state: GitState) -> bool:
    """Whether a checkout is of the repository that the job is for."""
    known = context.world.git.commit_of(state.root, job.sha) is not None
    return is_of(job, state.remote, has_commit=known)


def _candidate(context: Context, workspace: Workspace, project: Project) -> Candidate:
    return Candidate(project, context.settings(workspace.root, project).text("tag"))
