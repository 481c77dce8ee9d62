"""What the project's own files say of neighbours' folders: a copy in an image may be there for them."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from railrel.dependencies.lines import path_line
from railrel.dependencies.paths import BuiltFile, Folder
from railrel.dependencies.references import Around, PathDependency, Target
from railrel.dependencies.scan import scan
from railrel.dependencies.syntaxes import (
    conda_pip,
    pdm_groups,
    pep508_url,
    pipfile,
    pixi,
    poetry_path,
    requirement_files,
    setup_cfg,
    setup_py,
    uv_sources,
)
from railrel.documents import Document
from railrel.images.folders import inside, is_in
from railrel.images.siblings import Sibling
from railrel.sources import Source
from railrel.values import dataclass
from railrel.workspace.projects import Project

# Which ways to name a neighbour each program heeds; all of them heed the published metadata.
_HEEDED: Mapping[str, frozenset[str]] = {
    "pip": frozenset({pep508_url.ID}),
    "uv": frozenset({pep508_url.ID, uv_sources.ID}),
    "rye": frozenset({pep508_url.ID, uv_sources.ID}),
    "poetry": frozenset({pep508_url.ID, poetry_path.ID}),
    "pdm": frozenset({pep508_url.ID, pdm_groups.ID}),
    "hatch": frozenset({pep508_url.ID}),
    "pipenv": frozenset({pipfile.ID}),
    "pixi": frozenset({pixi.ID}),
    "conda": frozenset({conda_pip.ID}),
}
_METADATA = frozenset(
    {pep508_url.ID, poetry_path.ID, requirement_files.ID, setup_cfg.ID, setup_py.ID}
)


@dataclass(frozen=True, slots=True)
class Named:
    """One place where a file names a neighbour's folder, or a file in it."""

    file: Path
    at: str
    targets: tuple[Path, ...]
    """On the machine that holds the project."""


@dataclass(frozen=True)
class OwnFiles:
    """The files of one project, as far as they name neighbours."""

    project: str
    folder: Path
    found: tuple[PathDependency, ...]
    documents: tuple[Document, ...]
    """Those of TOML, `pyproject.toml` first."""
    texts: Mapping[Path, Source]

    @property
    def uv_settings(self) -> Iterator[tuple[Document, tuple[str, ...]]]:
        """Where uv's settings can stand: the file, and the table in it."""
        for document in self.documents:
            if document.path == self.folder / "pyproject.toml":
                yield document, ("tool", "uv")
            if document.path == self.folder / "uv.toml":
                yield document, ()

    def for_project(self, program: str, *, sources: bool = True) -> Iterator[Named]:
        """What a program heeds that installs the project with its tools' tables."""
        heeded = _HEEDED.get(program, frozenset())
        for one in self.found:
            published = one.breaks == "publish" and one.syntax in _METADATA
            if (one.syntax in heeded or published) and (sources or one.syntax != uv_sources.ID):
                yield Named(one.file, one.at, _places(one.target))

    def for_metadata(self, *, sources: bool) -> Iterator[Named]:
        """What is heeded by who installs the project as a distribution; `sources` are uv's."""
        for one in self.found:
            heeded = _METADATA | {uv_sources.ID} if sources else _METADATA
            if one.breaks == "publish" and one.syntax in heeded:
                yield Named(one.file, one.at, _places(one.target))

    def in_list(self, written: str) -> Iterator[Named]:
        """What a requirements file names, and those that it includes."""
        name = PurePosixPath(written).name
        waiting = [path for path in self.texts if path.name == name]
        known: set[Path] = set()
        while waiting:
            path = waiting.pop()
            source = self.texts.get(path)
            if path in known or source is None:
                continue
            known.add(path)
            waiting += [target for _, target in requirement_files.includes(source)]
            for line in requirement_files.logical_lines(source):
                found = path_line(line.text, self.folder, path.parent)
                if found:
                    at = source.at(line.span(found.start, found.end))
                    yield Named(path, at, _places(found.target))

    def leads(
        self, named: Named, folders: Iterable[str | None], place: str, sibling: Sibling
    ) -> bool:
        """Whether a path leads to a place in an image, from one of these folders in it."""
        for target in named.targets:
            if is_in(str(target), place):
                return True
            for folder in folders:
                if folder is None and target.is_relative_to(sibling.folder):
                    # Nobody can tell where the path begins.
                    return True
                if folder is not None:
                    relative = os.path.relpath(target, self.folder)
                    if is_in(inside(relative, folder) or "", place):
                        return True
        return False


def own_files(
    project: Project, siblings: Iterable[Sibling], read: Mapping[Path, bytes]
) -> OwnFiles:
    """Look through a project's files, some of which have been read already."""
    members = {one.key: one.folder for one in siblings}
    around = Around(project.folder, members, {place: name for name, place in members.items()})
    result = scan(project.document, around, read)
    texts = {text.path: text for text in result.files.texts}
    return OwnFiles(project.name, project.folder, result.found, result.files.documents, texts)


def _places(target: Target) -> tuple[Path, ...]:
    match target:
        case Folder():
            return (target.folder, target.otherwise) if target.otherwise else (target.folder,)
        case BuiltFile():
            return (target.file,)
        case _:
            return ()
