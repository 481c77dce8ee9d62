"""Every neighbour that a project's files name, by any of the ways that are listed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from railrel.dependencies.file_names import matches, may_be_script
from railrel.dependencies.paths import Folder
from railrel.dependencies.project_files import ProjectFiles, project_files
from railrel.dependencies.references import (
    Around,
    Finding,
    PathDependency,
    Reporter,
    Syntax,
)
from railrel.dependencies.reported import TEXT as REPORTED_TEXT
from railrel.dependencies.reported import TOML as REPORTED_TOML
from railrel.dependencies.syntaxes import TEXT, TOML, requirement_files, scripts, uv_sources
from railrel.documents import Document
from railrel.sources import Source
from railrel.values import dataclass

_ESCAPE = re.compile(rb"\\[uUxN0-7]")


@dataclass(frozen=True)
class Scan:
    """What was found in one project."""

    files: ProjectFiles
    around: Around
    found: tuple[PathDependency, ...]
    findings: tuple[Finding, ...]


def scan(pyproject: Document, around: Around, instead: Mapping[Path, bytes] | None = None) -> Scan:
    """Look through a project's files. Nothing is changed, nothing is asked.

    `instead` are contents to be looked at in place of those on the disk.
    """
    files = project_files(pyproject, instead, all_scripts=around.scripts)
    around = replace(around, published=files.published)
    results = [r for d in files.documents for r in in_document(d, around)]
    results += [r for t in files.texts for r in in_text(t, around, files)]
    return Scan(
        files,
        around,
        tuple(r for r in results if isinstance(r, PathDependency)),
        (*files.findings, *(r for r in results if isinstance(r, Finding))),
    )


def in_document(document: Document, around: Around) -> Iterator[PathDependency | Finding]:
    """What one TOML file names."""
    for reporter in _of_toml(_relative(document, around)):
        if _may_hold(document, reporter.MARKS) or (around.uv_root and reporter is uv_sources):
            yield from _of_others(reporter.find(document, around), around)


def in_text(
    source: Source, around: Around, files: ProjectFiles
) -> Iterator[PathDependency | Finding]:
    """What one other file names."""
    reporters = _of_text(_relative(source, around))
    if source.path in files.requirements and requirement_files not in reporters:
        reporters = (*reporters, requirement_files)
    if around.scripts and scripts not in reporters and may_be_script(source.path.name):
        reporters = (*reporters, scripts)
    for reporter in reporters:
        if _may_hold(source, reporter.MARKS):
            yield from _of_others(reporter.find(source, around), around)


def _of_others(
    results: Iterator[PathDependency | Finding], around: Around
) -> Iterator[PathDependency | Finding]:
    """Without paths that lead to the project itself, as `-e .` does: no neighbour is missed there."""
    for result in results:
        target = result.target if isinstance(result, PathDependency) else None
        if not (isinstance(target, Folder) and _is_itself(target, around)):
            yield result


def _is_itself(target: Folder, around: Around) -> bool:
    """Whether a path leads to the project, be it from the folder of the file that names it."""
    place = target.folder if target.folder in around.siblings else target.otherwise
    return around.folder in (target.folder, place)


def _may_hold(source: Source, marks: re.Pattern[bytes]) -> bool:
    """Whether a file has one of these. In TOML and Python an escape can stand for any character."""
    return bool(marks.search(source.data) or _ESCAPE.search(source.data))


@lru_cache(maxsize=64)
def _of_toml(relative: str) -> tuple[Reporter[Document], ...]:
    return tuple(s for s in (*TOML, *REPORTED_TOML) if matches(s.FILES, relative))


@lru_cache(maxsize=512)
def _of_text(relative: str) -> tuple[Reporter[Source], ...]:
    return tuple(s for s in (*TEXT, *REPORTED_TEXT) if matches(s.FILES, relative))


def _relative(source: Source, around: Around) -> str:
    if source.path.is_relative_to(around.folder):
        return source.path.relative_to(around.folder).as_posix()
    return source.path.name


def toml_syntax(found: PathDependency) -> Syntax[Document] | None:
    """The syntax of a find in a TOML file."""
    return next((syntax for syntax in TOML if found.syntax == syntax.ID), None)


def text_syntax(found: PathDependency) -> Syntax[Source] | None:
    """The syntax of a find in any other file."""
    return next((syntax for syntax in TEXT if found.syntax == syntax.ID), None)
