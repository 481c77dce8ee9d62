"""What the next commit would bring in: paths in the files that it changes. For a pre-commit hook.

Siblings need not be there, as they are not where the hook may run.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from shlex import quote

from railrel.dependencies.listed import listed
from railrel.dependencies.locks import LOCKS, leading_away, made_here
from railrel.dependencies.look import Neighbourhood, Request, look
from railrel.dependencies.project_files import can_name_a_neighbour, project_files
from railrel.dependencies.ranges import is_bounded
from railrel.dependencies.references import Finding, PathDependency, Purpose, concerns
from railrel.documents import Document
from railrel.errors import Problem
from railrel.sources import Source
from railrel.values import dataclass
from railrel.workspace.projects import Project, project_of
from railrel.world import Git


@dataclass(frozen=True)
class Commit:
    """A project's files as the next commit will hold them."""

    project: Project
    contents: Mapping[Path, bytes]
    """Of the files that it adds or changes and that matter here."""


def next_commit(git: Git, project: Project) -> Commit | None:
    """None when the commit touches nothing that can name a neighbour."""
    names = git.staged(project.folder)
    if not names:
        return None
    project = _committed(git, project)
    staged = {project.folder / name: name for name in names}
    contents: dict[Path, bytes] = {}
    waiting = {path for path, name in staged.items() if _is_looked_at(path, name)}
    # What a file is can be said by others alone: by `dynamic`, or by an include.
    while (
        waiting := (waiting | _named_by_others(project, contents)) & staged.keys() - contents.keys()
    ):
        contents |= {path: git.staged_content(project.folder, staged[path]) for path in waiting}
    return Commit(project, contents) if contents else None


def _committed(git: Git, project: Project) -> Project:
    """With the project's own file as the commit will hold it, whether or not the commit changes it."""
    path = project.document.path
    data = git.staged_content(project.folder, path.name)
    return (project_of(Document(path, data)) if data else None) or project


def _is_looked_at(path: Path, name: str) -> bool:
    return can_name_a_neighbour(name) or any(kind.claims(Source(path, b"")) for kind in LOCKS)


def _named_by_others(project: Project, contents: Mapping[Path, bytes]) -> frozenset[Path]:
    files = project_files(project.document, contents)
    return files.published | files.requirements


def findings(
    commit: Commit,
    neighbourhood: Neighbourhood,
    purpose: Purpose,
    *,
    keep_source: bool,
    own_index: Path | None = None,
) -> Iterator[Finding]:
    """Each path in the commit that stands in the way of the purpose."""
    scan = look(commit.project, neighbourhood, Request(keep_source=keep_source), commit.contents)
    for found in scan.found:
        if found.file not in commit.contents or not concerns(purpose, found.breaks):
            continue
        if found.kept or (keep_source and _has_range(commit.project, found)):
            continue
        yield Finding(_brought_in(commit.project, found), found.breaks)
    for finding in scan.findings:
        if concerns(purpose, finding.breaks) and _is_in(finding.problem, commit):
            yield finding
    for path, data in commit.contents.items():
        if purpose != "publish":
            yield from _of_lock(Source(path, data), own_index)


def _has_range(project: Project, found: PathDependency) -> bool:
    if found.syntax != "uv-sources":
        return False
    mine = [r for r in listed(project.document) if r.name == found.name]
    return all(r.url is None and is_bounded(r.range) for r in mine)


def _brought_in(project: Project, found: PathDependency) -> Problem:
    file = found.file.relative_to(project.folder).as_posix()
    return Problem(
        f"{found.shown} is taken from {found.written}",
        found.at,
        f"railrel fix-deps {project.name}, then git add {quote(file)}",
        "staged-path",
    )


def _is_in(problem: Problem, commit: Commit) -> bool:
    return any(problem.at.startswith(f"{path}:") for path in commit.contents)


def _of_lock(lock: Source, own_index: Path | None) -> Iterator[Finding]:
    hint = "railrel fix-deps makes it again"
    for kind in LOCKS:
        if kind.claims(lock):
            away = leading_away(kind, lock, hint, own_index)
            here = made_here(kind, lock, own_index)
            yield from (finding for finding in (away, here) if finding)
