"""What the next commit would bring in: paths in the files that it changes. For a pre-commit hook.

Siblings need not be there, as they are not where the hook may run.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from railrel.dependencies.listed import listed
from railrel.dependencies.locks import LOCKS, leading_away, made_here
from railrel.dependencies.project_files import can_name_a_neighbour
from railrel.dependencies.ranges import is_bounded
from railrel.dependencies.references import Finding, PathDependency, Purpose, concerns
from railrel.dependencies.rewrite import Neighbourhood, Request, look
from railrel.documents import Document
from railrel.errors import Problem
from railrel.sources import Source
from railrel.workspace.projects import Project, project_of
from railrel.world import Git

_LOCKS = frozenset({"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml"})


@dataclass(frozen=True)
class Commit:
    """A project's files as the next commit will hold them."""

    project: Project
    contents: Mapping[Path, bytes]
    """Of the files that it adds or changes and that matter here."""


def next_commit(git: Git, project: Project) -> Commit | None:
    """None when the commit touches nothing that can name a neighbour."""
    names = git.staged(project.folder) or ()
    wanted = [n for n in names if can_name_a_neighbour(n) or n.rpartition("/")[2] in _LOCKS]
    if not wanted:
        return None
    contents = {project.folder / name: git.staged_content(project.folder, name) for name in wanted}
    path = project.document.path
    if path in contents:
        staged = project_of(Document(path, contents[path]))
        project = staged or project
    return Commit(project, contents)


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
        if path.name in _LOCKS and purpose != "publish":
            yield from _of_lock(Source(path, data), own_index)


def _has_range(project: Project, found: PathDependency) -> bool:
    if found.syntax != "uv-sources":
        return False
    mine = [r for r in listed(project.document) if r.name == found.name]
    return all(r.url is None and is_bounded(r.range) for r in mine)


def _brought_in(project: Project, found: PathDependency) -> Problem:
    return Problem(
        f"{found.shown} is taken from {found.written}",
        found.at,
        f"railrel fix-deps {project.name}, then git add {found.file.name}",
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
