"""Which version a project has, read without running any of its code.

A version that the backend works out is found where the common backends are told to look: a module's
`__version__`, a plain file, or the tag (then only git can say).
"""

from typing import TypeAlias

from packaging.version import Version

from railrel.documents import Document, KeyPath
from railrel.errors import Problem
from railrel.values import dataclass
from railrel.workspace.version_files import VersionFile, kept_in, name_of


@dataclass(frozen=True, slots=True)
class FixedVersion:
    """Written in a file."""

    version: Version


@dataclass(frozen=True, slots=True)
class TagVersion:
    """Whatever tag the commit carries."""


ProjectVersion: TypeAlias = FixedVersion | TagVersion | Problem

STATIC: tuple[tuple[str, ...], ...] = (("project", "version"), ("tool", "poetry", "version"))
"""Where `pyproject.toml` itself holds a version."""


def project_version(document: Document) -> ProjectVersion:
    """The version, or that tags decide it, or why there is none."""
    for path in STATIC:
        value = document.table(*path[:-1]).get(path[-1])
        if value is not None and not _from_git(document):
            return _parsed(document, path, value)
    if _from_git(document):
        return TagVersion()
    match kept_in(document):
        case VersionFile() as kept:
            found = kept.find()
            if isinstance(found, Problem):
                return found
            return _parsed(document, kept.told_at, found.value)
        case Problem() as problem:
            return problem
        case None:
            return Problem(
                f"{name_of(document)} has no version",
                at=document.at(("project", "name")),
                hint='add version = "0.1.0" below [project]',
                rule="no-version",
            )


def _parsed(document: Document, path: KeyPath, value: object) -> FixedVersion | Problem:
    try:
        return FixedVersion(Version(str(value)))
    except ValueError:  # InvalidVersion is one; so is a number of five thousand digits
        return Problem(
            f"{name_of(document)} has the version {value!r}, which is not a PEP 440 version",
            at=document.at(path),
            hint="write it like 1.2.3 or 1.2.3rc1",
            rule="invalid-version",
        )


def _from_git(document: Document) -> bool:
    tool = document.table("tool")
    pdm = document.table("tool", "pdm", "version")
    return (
        document.table("tool", "hatch", "version").get("source") == "vcs"
        or "setuptools_scm" in tool
        or pdm.get("source") == "scm"
        or document.table("tool", "poetry-dynamic-versioning").get("enable") is True
    )


def scm_variables(version: Version | str) -> dict[str, str]:
    """What tells backends the version that they would else ask git for."""
    return {
        "SETUPTOOLS_SCM_PRETEND_VERSION": str(version),  # setuptools-scm, hatch-vcs
        "PDM_BUILD_SCM_VERSION": str(version),
        "POETRY_DYNAMIC_VERSIONING_BYPASS": str(version),
    }
