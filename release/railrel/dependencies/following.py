"""Where a path dependency leads on this machine, and what is wrong with that."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from packaging.version import Version

from railrel.dependencies.paths import BuiltFile, Folder, Unresolvable
from railrel.dependencies.references import Finding, PathDependency
from railrel.errors import Problem
from railrel.workspace.projects import Project
from railrel.workspace.pythons import minors, requires_python

ProjectAt = Callable[[Path], Project | None]
"""Reads the project in a folder; None where there is none."""


def followed(found: PathDependency, project_at: ProjectAt) -> Project | None:
    """The project that a path leads to."""
    if not isinstance(found.target, Folder):
        return None
    target = project_at(found.target.folder)
    if target is None and found.target.otherwise:
        return project_at(found.target.otherwise)
    return target


def other_base(found: PathDependency, project_at: ProjectAt) -> Problem | None:
    """What is to say of a path that leads to a project from the folder of its file.

    pip reads it from where it is called, which is seldom there.
    """
    if not isinstance(found.target, Folder) or found.target.otherwise is None:
        return None
    folder, beside = found.target.folder, found.target.otherwise
    if project_at(beside) is None:
        return None
    if project_at(folder) is None:
        message = (
            f"{found.written} is read from the folder of {found.file.name}: it leads to {beside}"
        )
    else:
        message = f"{found.written} is taken for {folder}; from the folder of {found.file.name} it is {beside}"
    hint = "pip reads it from where it is called, usually the project's folder"
    return Problem(message, found.at, hint, "path-of-two-bases")


def misnamed(found: PathDependency, target: Project | None) -> Problem | None:
    """What is wrong with where a path dependency leads, if anything."""
    match found.target:
        case Unresolvable(reason):
            return Problem(
                f"{found.shown} is taken from {found.written}: {reason}",
                found.at,
                "write the range by hand, for example >=1.2,<2",
                "path-not-followed",
            )
        case BuiltFile(file, name) if found.name not in (None, name):
            return Problem(
                f"{found.shown} is taken from {found.written}, but {file.name} holds {name}",
                found.at,
                f"write {name}, or mend the path",
                "path-to-another",
            )
        case BuiltFile():
            return None
        case Folder(folder):
            return _misplaced(found, folder, target)


def _misplaced(found: PathDependency, folder: Path, target: Project | None) -> Problem | None:
    if target is None:
        return Problem(
            f"{found.shown} is taken from {found.written}, where no project is",
            found.at,
            # Jobs have one repository alone: there nobody can do the first.
            f"check out {found.name or folder.name} at {folder}; or run railrel fix-deps where it is, "
            "or write the range by hand",
            "path-to-nothing",
        )
    if found.name not in (None, target.name):
        return Problem(
            f"{found.shown} is taken from {found.written}, but {target.written_name} is there",
            found.at,
            f"write {target.written_name}, or mend the path",
            "path-to-another",
        )
    return None


def version_of(found: PathDependency, target: Project | None) -> tuple[Version | None, str]:
    """The version that a range can start from, and the name as its owner writes it."""
    if isinstance(found.target, BuiltFile):
        return found.target.version, found.target.name
    return (target.version, target.written_name) if target else (None, found.shown)


def named(found: PathDependency, target: Project | None) -> PathDependency:
    """With the name that the place gives where the file gives none."""
    if found.name is None and isinstance(found.target, BuiltFile):
        return replace(found, name=found.target.name)
    return replace(found, name=target.name) if found.name is None and target else found


def narrower(found: PathDependency, project: Project, target: Project | None) -> Finding | None:
    """That the other needs a Python which the project does not ask for."""
    if target is None or found.breaks == "development":
        return None
    mine, others = requires_python(project.document), requires_python(target.document)
    wide, narrow = minors(mine), minors(others)
    if not mine or not others or wide is None or narrow is None or set(wide) <= set(narrow):
        return None
    problem = Problem(
        f"{target.name} needs Python {others}, and {project.name} admits {mine}",
        found.at,
        f'with its range {project.name} works where both do: requires-python = "{others}"',
        "narrower-python",
    )
    return Finding(problem, found.breaks, blocks=False)
