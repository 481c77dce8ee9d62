"""What git says of a project, in the words of `status` and of `publish`'s refusals."""

from packaging.version import Version

from railrel.errors import Problem, RefusedError, first_few
from railrel.workspace.projects import Project, tag_names
from railrel.world import GitState


def short(state: GitState | None, tags: tuple[str, ...]) -> str:
    """One cell: branch, then what differs from a clean, pushed, tagged checkout."""
    if state is None:
        return "no git"
    words = [state.branch or "detached"]
    if state.commit is None:
        words.append("no commit")
    if state.dirty:
        words.append(f"{len(state.dirty)} changed")
    if state.ahead:
        words.append(f"{state.ahead} ahead")
    if state.behind:
        words.append(f"{state.behind} behind")
    return ", ".join([*words, *tags])


def own_tags(project: Project, state: GitState | None, pattern: str) -> tuple[str, ...]:
    """The tags at HEAD that mark the project's present version."""
    if state is None or project.version is None:
        return ()
    wanted = tag_names(pattern, project.name, project.version)
    return tuple(tag for tag in state.tags if tag in wanted)


def marked_version(project: Project) -> Version:
    """The version of a project that has been `tagged`. RefusedError where no tag gives it one."""
    if project.version is None:
        raise RefusedError(
            f"{project.name} takes its version from the tag, and HEAD carries none",
            at=str(project.folder),
            hint="tag the release, for example: git tag v0.1.0",
        )
    return project.version


def hidden_changes(project: Project, hidden: tuple[str, ...]) -> list[Problem]:
    """Files whose changes git was told not to look for."""
    return [
        Problem(
            f"git was told not to look for changes of {name}, so nobody knows what would be published",
            at=str(project.folder / name),
            hint=f"git update-index --no-assume-unchanged --no-skip-worktree {name}",
            rule="hidden-from-git",
        )
        for name in hidden
    ]


def not_releasable(
    project: Project,
    state: GitState | None,
    pattern: str,
    *,
    allow_dirty: bool,
    no_tag: bool,
    again: str,
) -> list[Problem]:
    """Why this checkout is not the one that its version names; nothing when it is.

    `again` is the command that the hints add a flag to.
    """
    at, name = str(project.folder), project.name
    if state is None:
        if allow_dirty and no_tag:
            return []
        return [
            Problem(
                f"{name} is not in a git repository, so nothing says what would be published",
                at=at,
                hint=f"git init and tag it, or: {again} --allow-dirty --no-tag",
                rule="no-git",
            )
        ]
    problems: list[Problem] = []
    if state.dirty and not allow_dirty:
        problems.append(
            Problem(
                f"{name} has changes that no commit holds: {first_few(state.dirty)}",
                at=at,
                hint=f"commit them, or: {again} --allow-dirty",
                rule="dirty",
            )
        )
    if not no_tag and not own_tags(project, state, pattern):
        problems.append(_untagged(project, state, pattern, again))
    return problems


def _untagged(project: Project, state: GitState, pattern: str, again: str) -> Problem:
    version = project.version
    tag = tag_names(pattern, project.name, version or "VERSION")[0]
    here = ", ".join(state.tags) or "no tag"
    return Problem(
        f"{project.name} {version or ''}: HEAD is not at the tag of this version; here is {here}",
        at=str(project.folder),
        hint=f"git tag {tag}, or git switch --detach {tag}, or: {again} --no-tag",
        rule="not-at-tag",
    )
