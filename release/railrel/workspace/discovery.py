"""Which folder is the workspace, and which projects are in it."""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from fnmatch import fnmatch
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from packaging.utils import NormalizedName, canonicalize_name

from railrel.documents import Document, Table, read
from railrel.errors import ConfigError, Problem
from railrel.values import dataclass
from railrel.workspace.projects import Project, project_of

SETTINGS_FILE = "railrel.toml"

# Folders that hold copies or products of projects, never projects.
_NOT_SOURCES = frozenset({"node_modules", "venv", "env", "build", "dist", "site-packages"})

# Where tools list the members of a monorepo: the table, its keys for members, its key for exceptions.
_MEMBER_TABLES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("tool", "uv", "workspace"), ("members",)),
    (("tool", "hatch", "workspace"), ("members", "packages")),
    (("tool", "poetry", "workspace"), ("members", "include", "packages")),
    (("tool", "pdm", "workspace"), ("members", "packages")),
    (("tool", "rye", "workspace"), ("members",)),
)


@dataclass(frozen=True)
class Workspace:
    """The folder whose children are sibling projects, or a monorepo, and what was found in it."""

    root: Path
    projects: tuple[Project, ...]
    """In the order of their folders."""
    problems: tuple[Problem, ...]
    """Of the workspace and of all its projects."""
    uv_roots: Mapping[Path, Document] = field(default_factory=dict)
    """For the folder of each member of a uv workspace the `pyproject.toml` that lists it."""

    @cached_property
    def folders(self) -> Mapping[NormalizedName, Path]:
        """Where each project is, by its name."""
        return {project.name: project.folder for project in self.projects}

    @cached_property
    def _by_folder(self) -> Mapping[Path, Project]:
        return {project.folder: project for project in self.projects}

    def at(self, folder: Path) -> Project | None:
        """The project in exactly this folder."""
        return self._by_folder.get(folder)

    def named(self, name: str) -> tuple[Project, ...]:
        """The projects of this name, however it is spelled."""
        wanted = canonicalize_name(name)
        return tuple(p for p in self.projects if p.name == wanted)

    def choose(self, words: Iterable[str], start: Path) -> tuple[Project, ...]:
        """The projects that a user names: by name, folder name or path. None named: all.

        ConfigError for words that name none or several.
        """
        chosen: list[Project] = []
        unknown: list[Problem] = []
        for word in words:
            match self._meant(word, start):
                case [one]:
                    chosen.append(one)
                case several:
                    unknown.append(self._not_one(word, several))
        if unknown:
            raise ConfigError.of(unknown)
        return tuple(dict.fromkeys(chosen)) if chosen else self.projects

    def _meant(self, word: str, start: Path) -> tuple[Project, ...]:
        by_path = self.at((start / word).resolve())
        if by_path:
            return (by_path,)
        return self.named(word) or tuple(p for p in self.projects if p.folder.name == word)

    def _not_one(self, word: str, several: tuple[Project, ...]) -> Problem:
        if several:
            folders = ", ".join(str(p.folder) for p in several)
            return Problem(
                f"{word} could be any of {len(several)} projects",
                at=str(self.root),
                hint=f"name it by its path: {folders}",
            )
        beneath = f"{self.root / word}/"
        unreadable = next((p for p in self.problems if p.at.startswith(beneath)), None)
        if unreadable:
            return unreadable
        known = ", ".join(sorted(p.name for p in self.projects)) or "none"
        return Problem(f"no project is called {word}", at=str(self.root), hint=f"known: {known}")


def workspace_root(start: Path) -> Path:
    """The workspace of a folder: nearest `railrel.toml`, else the folder around the checkout.

    Raises ConfigError where there is nothing to work on.
    """
    around = (start, *start.parents)
    for folder in around:
        if (folder / SETTINGS_FILE).is_file():
            return folder
    inside = next((f for f in around if (f / "pyproject.toml").is_file()), None)
    if inside is not None:
        # A member of a monorepo belongs to the monorepo's root, whose siblings count too.
        listing = [f for f in (inside, *inside.parents) if _lists_members(f)]
        return (listing[-1] if listing else inside).parent
    if any(_sources(start)):
        return start
    raise ConfigError(
        "there is no project here",
        at=str(start),
        hint="go to a folder with a pyproject.toml or above several, or use: railrel -C FOLDER …",
    )


def load(
    root: Path,
    members: Iterable[str] = (),
    exclude: Iterable[str] = (),
    start: Path | None = None,
) -> Workspace:
    """Read every project of a workspace. Files that cannot be read are problems of the result.

    The project around `start` belongs to it however deep it lies: the user stands in it.
    """
    members, exclude = tuple(members), tuple(exclude)
    problems: list[Problem] = []
    projects: dict[Path, Project] = {}
    around = (start, *start.parents) if start else ()
    inside = [f for f in around if f.is_relative_to(root) and (f / "pyproject.toml").is_file()]
    waiting = [root, *_sources(root), *_matching(root, members), *inside[:1]]
    seen: set[Path] = set()
    uv_roots: dict[Path, Document] = {}
    while waiting:
        folder = waiting.pop(0)
        if folder in seen or not (folder / "pyproject.toml").is_file():
            continue
        seen.add(folder)
        if _excluded(folder, root, exclude):
            continue
        try:
            document = read(folder / "pyproject.toml")
            members_here = _members(document)
            waiting += members_here
            if document.table("tool", "uv", "workspace"):
                uv_roots |= dict.fromkeys((folder, *members_here), document)
            project = project_of(document)
        except ConfigError as error:
            problems += error.problems
            continue
        if project:
            projects[folder] = project
    ordered = tuple(projects[folder] for folder in sorted(projects))
    problems += [problem for project in ordered for problem in project.problems]
    return Workspace(root, ordered, (*problems, *_same_names(ordered)), uv_roots)


def _sources(folder: Path) -> Iterator[Path]:
    """Children that may be projects. Links that lead out of the folder are not followed."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        raise ConfigError(f"{folder} cannot be listed: {error.strerror}", at=str(folder)) from error
    for entry in entries:
        if entry.name.startswith(".") or entry.name in _NOT_SOURCES:
            continue
        child = folder / entry.name
        if entry.is_symlink():
            child = child.resolve()
            if not child.is_relative_to(folder):
                continue
        if os.path.isfile(child / "pyproject.toml"):  # noqa: PTH113 -- half the time, a thousand times
            yield child


def _matching(root: Path, patterns: Iterable[str]) -> list[Path]:
    found: list[Path] = []
    for pattern in patterns:
        try:
            matches = sorted(root.glob(pattern.removeprefix("./").rstrip("/")))
        except (ValueError, NotImplementedError, IndexError):
            # Nothing, an absolute pattern, or one that no file can have names nothing in it.
            continue
        inside = (m.resolve() for m in matches if m.is_dir() and not _hidden(m, root))
        found += [m for m in inside if m.is_relative_to(root)]
    return found


def _hidden(folder: Path, root: Path) -> bool:
    parts = folder.relative_to(root).parts
    return any(part.startswith(".") or part in _NOT_SOURCES for part in parts)


def _excluded(folder: Path, root: Path, patterns: Iterable[str]) -> bool:
    relative = folder.relative_to(root).as_posix()
    return any(fnmatch(relative, pattern.removeprefix("./").rstrip("/")) for pattern in patterns)


def _members(document: Document) -> list[Path]:
    """The folders that this file lists as members of its monorepo."""
    root = document.path.parent
    found: list[Path] = []
    for table, keys in _member_lists(document):
        listed = [pattern for key in keys for pattern in _patterns(table.get(key))]
        without = set(_matching(root, _patterns(table.get("exclude"))))
        found += [folder for folder in _matching(root, listed) if folder not in without]
    return found


def _member_lists(document: Document) -> Iterator[tuple[Table, tuple[str, ...]]]:
    if not document.table("tool"):
        return
    for path, keys in _MEMBER_TABLES:
        table = document.table(*path)
        if any(key in table for key in keys):
            yield table, keys
    for name in document.table("tool", "hatch", "envs"):
        table = document.table("tool", "hatch", "envs", name, "workspace")
        if "members" in table:
            yield table, ("members",)


def _patterns(value: object) -> list[str]:
    """The globs in a list of strings and of Hatch's `{ path = … }` tables."""
    found: list[str] = []
    for item in value if isinstance(value, list) else []:
        path = item.get("path") if isinstance(item, dict) else item
        if isinstance(path, str):
            found.append(path)
    return found


def _lists_members(folder: Path) -> bool:
    file = folder / "pyproject.toml"
    try:
        return file.is_file() and any(_member_lists(read(file)))
    except ConfigError:
        # Its trouble is reported when the workspace is loaded.
        return False


def _same_names(projects: tuple[Project, ...]) -> list[Problem]:
    by_name = sorted(projects, key=lambda p: (p.name, p.folder))
    return [
        Problem(
            f"{second.written_name} is the name of two projects",
            at=second.document.at(("project", "name")),
            hint=f"the other is {first.folder}; rename one, or exclude one in {SETTINGS_FILE}",
            rule="same-name",
        )
        for first, second in pairwise(by_name)
        if first.name == second.name
    ]
