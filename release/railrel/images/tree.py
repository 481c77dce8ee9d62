"""A project's files, as its image gets them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from packaging.utils import NormalizedName, canonicalize_name

from railrel.dependencies.listed import listed
from railrel.documents import Document, read
from railrel.sources import read_source
from railrel.workspace.projects import Project

_LARGEST = 1_000_000
_LEFT_OUT = re.compile(r"(^|/)(tests?|docs|examples|migrations|\.[^/]+)/")


@dataclass(frozen=True)
class Tree:
    """The files of a project that git knows, or that look like source."""

    project: Project
    names: tuple[str, ...]
    """Relative to the project's folder, with `/`."""

    def has(self, name: str) -> bool:
        """Whether there is a file of this name."""
        return name in self._names

    def document(self, name: str) -> Document:
        """A TOML file. ConfigError if it cannot be read."""
        return read(self.project.folder / name)

    def text(self, name: str) -> str:
        """A file's text; nothing of one that is too large to be source."""
        source = read_source(self.project.folder / name)
        return source.data.decode("utf-8", "replace") if len(source.data) <= _LARGEST else ""

    @cached_property
    def modules(self) -> tuple[str, ...]:
        """The Python files that are no tests, docs or examples."""
        return tuple(n for n in self.names if n.endswith(".py") and not _LEFT_OUT.search(n))

    @cached_property
    def requirements(self) -> frozenset[NormalizedName]:
        """Names that the project itself asks for when it is installed."""
        document = self.project.document
        asked = {
            r.name for r in listed(document) if r.path[:2] == ("project", "dependencies") and r.name
        }
        poetry = document.table("tool", "poetry", "dependencies")
        return frozenset({*asked, *(canonicalize_name(name) for name in poetry)})

    @property
    def packaged(self) -> bool:
        """Whether it is built and installed, or runs from its folder."""
        document = self.project.document
        if document.table("tool", "poetry").get("package-mode") is False:
            return False
        return document.table("tool", "uv").get("package") is not False and bool(
            document.table("build-system")
        )

    def module_name(self, name: str) -> str:
        """What Python calls a file: counted from the folder above its outermost package."""
        path = PurePosixPath(name)
        parts = [path.stem] if path.stem != "__init__" else []
        for folder in path.parents:
            if folder.name in ("", "src") or not self._is_package(folder):
                break
            parts.insert(0, folder.name)
        return ".".join(parts)

    def files_named(self, *names: str) -> Iterator[str]:
        """Modules with one of these file names, the outermost first."""
        found = (m for m in self.modules if PurePosixPath(m).name in names)
        yield from sorted(found, key=lambda m: (m.count("/"), m))

    def _is_package(self, folder: PurePosixPath) -> bool:
        return self.has(f"{folder}/__init__.py") or folder.parent.name == "src"

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self.names)


def tree_of(project: Project, names: Iterable[str]) -> Tree:
    """The tree, without what lies in folders that no image wants."""
    return Tree(project, tuple(sorted(names)))
