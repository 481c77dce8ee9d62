"""From path dependencies to version ranges: what is found, and the plan that changes it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName

from railrel.dependencies.edits import Edit, append_to_array, apply, drop_empty_section
from railrel.dependencies.ranges import range_for
from railrel.dependencies.references import Index, Members, PathDependency, Syntax, Wanted
from railrel.dependencies.requirements import listed
from railrel.dependencies.syntaxes import SYNTAXES
from railrel.documents import Document
from railrel.errors import Problem
from railrel.workspace.projects import Project

ProjectAt = Callable[[Path], Project | None]
"""Reads the project in a folder; None where there is none."""

# A file without any of these bytes names no neighbour, and need not be looked at closer.
_TRACES = re.compile(rb"@|path|workspace|\\[uUx]")


@dataclass(frozen=True, slots=True)
class Replacement:
    """One path dependency and the range that takes its place."""

    name: NormalizedName
    was: str
    now: str
    at: str
    published: bool


@dataclass(frozen=True)
class Rewrite:
    """The plan for one project's file."""

    project: Project
    after: bytes
    replacements: tuple[Replacement, ...]
    problems: tuple[Problem, ...]
    """If there are any, the file must be left alone."""

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return self.after != self.project.document.data


def path_dependencies(document: Document, members: Members) -> tuple[PathDependency, ...]:
    """Every neighbour that the file names by its folder, in the order of the syntaxes."""
    if not _TRACES.search(document.data):
        return ()
    return tuple(found for syntax in SYNTAXES for found in syntax.find(document, members))


def misnamed(found: PathDependency, target: Project | None) -> Problem | None:
    """What is wrong with where a path dependency leads, if anything."""
    if found.target is None:
        return Problem(
            f"{found.name} is taken from {found.written}: {found.trouble}",
            found.at,
            "write the range by hand, for example >=1.2,<2",
            "path-not-followed",
        )
    if target is None:
        return Problem(
            f"{found.name} is taken from {found.written}, where no project is",
            found.at,
            f"check out {found.name} at {found.target}, or write the range by hand",
            "path-to-nothing",
        )
    if target.name != found.name:
        return Problem(
            f"{found.name} is taken from {found.written}, but {target.written_name} is there",
            found.at,
            f"write {target.written_name}, or mend the path",
            "path-to-another",
        )
    return None


def plan(project: Project, members: Members, project_at: ProjectAt, index: Index | None) -> Rewrite:
    """Work out the file with every path dependency turned into a range. Writes nothing."""
    document = project.document
    edits: list[Edit] = []
    problems: list[Problem] = []
    replacements: list[Replacement] = []
    used: list[Syntax] = []
    for syntax, found in _found(document, members):
        wanted = _wanted(found, project_at, index)
        if isinstance(wanted, Problem):
            problems.append(wanted)
            continue
        used.append(syntax)
        results = list(syntax.edits(document, found, wanted))
        problems += [result for result in results if isinstance(result, Problem)]
        edits += [result for result in results if isinstance(result, Edit)]
        replacements.append(
            Replacement(found.name, found.written, wanted.range, found.at, found.published)
        )
    if problems or not edits:
        return Rewrite(project, document.data, tuple(replacements), _distinct(problems))
    after = apply(document, edits)
    after = apply(after, drop_empty_section(after, ("tool", "uv", "sources")))
    problems += _with_index(after, used, index)
    if problems:
        return Rewrite(project, document.data, tuple(replacements), _distinct(problems))
    for syntax in dict.fromkeys(used):
        after = _indexed(after, syntax, index)
    _prove(document, after, members)
    return Rewrite(
        project, after.data, _written(document, after, replacements), _distinct(problems)
    )


def _found(document: Document, members: Members) -> list[tuple[Syntax, PathDependency]]:
    if not _TRACES.search(document.data):
        return []
    return [(syntax, found) for syntax in SYNTAXES for found in syntax.find(document, members)]


def _wanted(found: PathDependency, project_at: ProjectAt, index: Index | None) -> Wanted | Problem:
    target = project_at(found.target) if found.target else None
    trouble = misnamed(found, target)
    if trouble or target is None:
        return trouble or Problem(f"{found.name} leads nowhere", found.at)
    if target.version is None:
        return Problem(
            f"{target.written_name} has no version that a range could start from",
            found.at,
            f"tag it, or give it a version in {target.document.path}",
            "no-version",
        )
    wanted = range_for(target.version)
    if isinstance(wanted, Problem):
        return Problem(f"{found.name}: {wanted.message}", found.at, wanted.hint, wanted.rule)
    return Wanted(wanted, target.version, index)


def _with_index(after: Document, used: Iterable[Syntax], index: Index | None) -> list[Problem]:
    """Indexes of our name that lead elsewhere: two registries cannot share a name."""
    problems: list[Problem] = []
    for syntax in dict.fromkeys(used):
        where = syntax.index_entry(index) if index else None
        if index is None or where is None:
            continue
        if not isinstance(after.table(*where[0][:-1]).get(where[0][-1], []), list):
            problems.append(
                Problem(
                    f"{'.'.join(where[0])} is not a list of tables, so no index can be added to it",
                    after.at(where[0]),
                    f"write it as [[{'.'.join(where[0])}]]",
                    "index-not-a-list",
                )
            )
            continue
        for number, entry in enumerate(_entries(after, where[0])):
            url = str(entry.get("url", "")).rstrip("/")
            if entry.get("name") == index.name and url != index.url.rstrip("/"):
                problems.append(
                    Problem(
                        f"the index {index.name} is already another: {entry.get('url')}",
                        after.at((*where[0], number)),
                        'choose another name: index-name = "…" below [tool.railrel]',
                        "index-name-taken",
                    )
                )
    return problems


def _indexed(after: Document, syntax: Syntax, index: Index | None) -> Document:
    where = syntax.index_entry(index) if index else None
    if index is None or where is None:
        return after
    if any(entry.get("name") == index.name for entry in _entries(after, where[0])):
        return after
    return append_to_array(after, where[0], where[1])


def _entries(document: Document, path: tuple[str, ...]) -> list[dict[str, object]]:
    value = document.table(*path[:-1]).get(path[-1])
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _prove(before: Document, after: Document, members: Members) -> None:
    """A rewritten file must be TOML without a path, and name the same projects in the same way.

    Anything else is our bug, not news.
    """
    left = path_dependencies(after, members)
    if left:
        raise RuntimeError(f"still there after the rewrite: {left}")
    for one, other in zip(listed(before), listed(after), strict=True):
        if one.text == other.text:
            continue
        was, now = one.parsed, other.parsed
        if was is None or now is None or now.url or _identity(was) != _identity(now):
            raise RuntimeError(f"{one.text!r} became {other.text!r}")


def _identity(requirement: Requirement) -> tuple[str, frozenset[str], str]:
    return requirement.name, frozenset(requirement.extras), str(requirement.marker)


def _written(
    before: Document, after: Document, replacements: list[Replacement]
) -> tuple[Replacement, ...]:
    """With the ranges as they now stand: the user's own clauses may be among them."""
    direct = {requirement.path for requirement in listed(before) if requirement.url}
    now = {r.name: r.range.strip() for r in listed(after) if r.path not in direct and r.range}
    return tuple(
        r
        if r.at in {before.at(path) for path in direct}
        else replace(r, now=now.get(r.name, r.now))
        for r in replacements
    )


def _distinct(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(problems))
