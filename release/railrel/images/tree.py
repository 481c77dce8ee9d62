"""A project's files, as its image gets them."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import PurePosixPath

from packaging.utils import NormalizedName, canonicalize_name

from railrel.dependencies.listed import listed
from railrel.documents import Document, read
from railrel.errors import ConfigError
from railrel.images.copied_files import import_folder
from railrel.images.wheel_files import Packed, packed
from railrel.sources import read_source
from railrel.values import dataclass
from railrel.workspace.projects import Project, project_of

_LARGEST = 1_000_000
_NOT_STARTED = re.compile(r"tests?|examples?|migrations|\..+")
_OF_TESTS = re.compile(r"conftest\.py|test_.*\.py|.*_test\.py")


@dataclass(frozen=True, slots=True)
class Module:
    """A file as Python can import it in the image."""

    name: str
    folder: str = ""
    """The folder of the project that has to be on Python's path for that, if its own does not do."""

    @property
    def package(self) -> str:
        """The package that it is in; empty for none."""
        return self.name.rpartition(".")[0]


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
        """A file's text; nothing of one that is too large to be source, or of a link to nowhere."""
        if not (self.project.folder / name).is_file():
            return ""
        source = read_source(self.project.folder / name)
        return source.data.decode("utf-8", "replace") if len(source.data) <= _LARGEST else ""

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The Python files that are no tests, docs or examples, nor another project's."""
        return tuple(n for n in self.names if n.endswith(".py") and not self._left_out(n))

    @cached_property
    def requirements(self) -> frozenset[NormalizedName]:
        """Names that the project itself asks for when it is installed."""
        document = self.project.document
        asked = {
            r.name for r in listed(document) if r.path[:2] == ("project", "dependencies") and r.name
        }
        poetry = {
            canonicalize_name(name)
            for name, value in document.table("tool", "poetry", "dependencies").items()
            if not (isinstance(value, dict) and value.get("optional") is True)
        }
        return frozenset({*asked, *poetry})

    @property
    def packaged(self) -> bool:
        """Whether it is built and installed, or runs from its folder."""
        document = self.project.document
        if document.table("tool", "poetry").get("package-mode") is False:
            return False
        return document.table("tool", "uv").get("package") is not False and bool(
            document.table("build-system")
        )

    def module(self, name: str) -> Module | None:
        """What Python calls a file in the image; None for one that cannot be imported there.

        The image has a wheel's files, or else a copy of the folder, on Python's path.
        """
        if not self.packaged:
            others = frozenset(other.replace("-", "_") for other in self.requirements)
            folder = import_folder(name, self.sources, self.text, others)
            called = _called(str(PurePosixPath(name).relative_to(folder or ".")))
            return Module(called, folder) if called else None
        paths = (one.path_in_wheel(name) for one in self._packed)
        called = next((c for path in paths if path and (c := _called(path))), "")
        return Module(called) if called else None

    def files_named(self, *names: str) -> Iterator[str]:
        """Sources with one of these file names, the outermost first."""
        found = (m for m in self.sources if PurePosixPath(m).name in names)
        yield from sorted(found, key=lambda m: (m.count("/"), m))

    def is_own(self, name: str) -> bool:
        """Whether a package or a folder is called as the project is."""
        return canonicalize_name(name) == self.project.name

    def _left_out(self, name: str) -> bool:
        *folders, file = name.split("/")
        others = [folder for folder in folders if not self.is_own(folder)]
        return (
            _OF_TESTS.fullmatch(file) is not None
            or any(_NOT_STARTED.fullmatch(folder) for folder in others)
            or others[:1] == folders[:1] == ["docs"]
            or any(name.startswith(f"{folder}/") for folder in self._not_ours)
        )

    @cached_property
    def _not_ours(self) -> frozenset[str]:
        """Folders of other projects, such as a workspace's members, and virtual environments."""
        found: set[str] = set()
        for name in self.names:
            folder, _, file = name.rpartition("/")
            if folder and (
                file == "pyvenv.cfg" or (file == "pyproject.toml" and self._names_project(name))
            ):
                found.add(folder)
        return frozenset(found)

    def _names_project(self, name: str) -> bool:
        try:
            return project_of(self.document(name)) is not None
        except ConfigError:
            # A template, or a test's: nothing of this project.
            return True

    @cached_property
    def _packed(self) -> tuple[Packed, ...]:
        return packed(self.project.document, self.project.name, self.sources)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self.names)


def _called(path: str) -> str:
    """A file as Python imports it from the folder that its path begins in."""
    parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
    return ".".join(parts) if all(part.isidentifier() for part in parts) else ""


def tree_of(project: Project, names: Iterable[str]) -> Tree:
    """The tree, without what lies in folders that no image wants."""
    return Tree(project, tuple(sorted(names)))
