"""Named contexts in the files that start image builds: who gives a folder for which name."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Protocol

from packaging.utils import NormalizedName, canonicalize_name

from railrel.dependencies.paths import Folder, from_path
from railrel.edits import Edit
from railrel.errors import Problem
from railrel.images.siblings import Sibling
from railrel.sources import Source, Span
from railrel.values import dataclass

# In compose files and in the shell: ${CORE:-../issue-core}, ${CORE:?say where}.
_VARIABLE = re.compile(r"\$\{\w+(?:(?P<sign>:?[-?+])(?P<text>[^{}]*))?\}")


@dataclass(frozen=True, slots=True)
class Use:
    """One place where a build is given a context."""

    name: str
    value: str
    """As it is written, without quotes."""
    span: Span
    builds: "Build"
    """What is built with it."""

    @property
    def place(self) -> str | None:
        """The folder, with a variable's default in its place; None if it is none."""
        place = _VARIABLE.sub(
            lambda v: v["text"] if (v["sign"] or "")[-1:] == "-" else "$", self.value
        )
        # docker-image://, https://, target:, service: are no folders.
        return None if ":" in place else place


@dataclass(frozen=True, slots=True)
class Build:
    """What a build is made of, as far as the file tells; paths begin at the file's folder."""

    context: str = "."
    dockerfile: str = ""
    """Beginning at the context; empty for the customary one."""
    start: int = 0
    """Where in the file it begins."""

    def trouble(self, project: Path, dockerfiles: tuple[Path, ...]) -> str:
        """Why this is no build of the project that was looked at; empty if it is."""
        if "$" in self.context or "$" in self.dockerfile:
            return "what it builds is in a variable"
        target = from_path(self.context, project)
        if not isinstance(target, Folder) or target.folder != project:
            return f"it builds {self.context}, not this project's folder"
        named = from_path(self.dockerfile or "Dockerfile", project)
        if self.dockerfile and (not isinstance(named, Folder) or named.folder not in dockerfiles):
            return f"it builds {self.dockerfile}, which was not looked at"
        return "" if dockerfiles else "no Dockerfile was found"


@dataclass(frozen=True, slots=True)
class Removal:
    """How contexts are taken out of a file."""

    edits: tuple[Edit, ...] = ()
    problems: tuple[Problem, ...] = field(default=())


class Form(Protocol):
    """One way to give contexts. Each is a module, listed in `contexts/__init__.py`."""

    @property
    def FILES(self) -> tuple[str, ...]:  # noqa: N802 -- a constant of each module
        """Names and globs, below the project's folder."""
        ...

    @property
    def SECRET(self) -> str:  # noqa: N802
        """What to write there for the registry's credentials."""
        ...

    def find(self, source: Source) -> Iterator[Use | Problem]:
        """Every context that is given, and what looks like one but cannot be told."""
        ...

    def without(self, source: Source, uses: tuple[Use, ...]) -> Removal:
        """The file without these."""
        ...


def folders(
    uses: Iterator[Use], project: Path, siblings: Mapping[NormalizedName, Sibling]
) -> dict[str, Sibling | None]:
    """The neighbours that contexts stand for; None for other folders."""
    found: dict[str, Sibling | None] = {}
    for use in uses:
        if not use.place:
            continue
        target = None if "$" in use.place else from_path(use.place, project)
        folder = target.folder if isinstance(target, Folder) else None
        one = next((s for s in siblings.values() if s.folder == folder), None)
        if one or canonicalize_name(use.name) not in siblings:
            found.setdefault(use.name, one)
    return found


def outer(source: Source, span: Span, context: str) -> Problem | None:
    """What to say of a build whose context is a folder around the project."""
    if not re.fullmatch(r"(?:\./)?\.\.(?:/\.\.)*/?", context):
        return None
    return Problem(
        f"the image is built from {context}, a folder around this project",
        source.at(span),
        "build it from the project's own folder, and write what COPY takes from there",
        "outer-context",
    )
