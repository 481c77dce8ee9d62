"""A project: a folder with a `pyproject.toml` that names a distribution."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from packaging.utils import NormalizedName, canonicalize_name
from packaging.version import Version

from railrel.documents import Document
from railrel.errors import Problem
from railrel.values import dataclass
from railrel.workspace.versions import FixedVersion, TagVersion, project_version

# PEP 508, "Names".
_NAME = re.compile(r"[A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9]", re.IGNORECASE)
# How tags customarily name versions: of the one project of a repository, of one of several.
BARE_TAGS = ("v{version}", "{version}")
NAMED_TAGS = ("{name}-v{version}", "{name}-{version}", "{name}/v{version}", "{name}@{version}")


@dataclass(frozen=True)
class Project:
    """One distribution's source."""

    folder: Path
    document: Document
    written_name: str
    """As the file spells it; compare `name`."""
    name: NormalizedName
    version: Version | None
    """None when only git can say, or nobody can (then there is a problem)."""
    version_from_tag: bool
    problems: tuple[Problem, ...]

    def tagged(self, tags: tuple[str, ...]) -> "Project":
        """With the version that the tags at HEAD give, where tags decide it."""
        if not self.version_from_tag:
            return self
        versions = [version for tag in tags if (version := version_of_tag(tag, self.name))]
        return replace(self, version=max(versions)) if versions else self


def project_of(document: Document) -> Project | None:
    """The project that a file describes; None when it only configures tools.

    Raises ConfigError when it is not TOML.
    """
    name = document.table("project").get("name") or document.table("tool", "poetry").get("name")
    if name is None and not document.table("project"):
        return None
    problems: list[Problem] = []
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        problems.append(
            Problem(
                f"{document.path.parent.name} has no usable name: {name!r}",
                at=document.at(("project", "name")),
                hint='write name = "…" below [project]: letters, digits, ., _ and -',
                rule="no-name",
            )
        )
        name = document.path.parent.name
    found = project_version(document)
    if isinstance(found, Problem):
        problems.append(found)
    return Project(
        folder=document.path.parent,
        document=document,
        written_name=name,
        name=canonicalize_name(name),
        version=found.version if isinstance(found, FixedVersion) else None,
        version_from_tag=isinstance(found, TagVersion),
        problems=tuple(problems),
    )


def is_shared(project: Project, projects: Iterable[Project], root: Path) -> bool:
    """Whether the repository at `root` holds others of these projects too."""
    return any(p.folder != project.folder and p.folder.is_relative_to(root) for p in projects)


def tag_names(pattern: str, name: str, version: Version | str) -> tuple[str, ...]:
    """The tags that mark a version: what the setting `tag` says, or else the customary ones."""
    patterns = (pattern,) if pattern else (*BARE_TAGS, *NAMED_TAGS)
    return tuple(p.replace("{version}", str(version)).replace("{name}", name) for p in patterns)


def version_of_tag(tag: str, name: str) -> Version | None:
    """The version that a tag names, None when it names none or another project's."""
    for prefix in (f"{name}-v", f"{name}-", f"{name}/v", f"{name}@", "v", ""):
        if tag.startswith(prefix):
            try:
                return Version(tag.removeprefix(prefix))
            except ValueError:  # InvalidVersion is one; so is a number of five thousand digits
                continue
    return None
