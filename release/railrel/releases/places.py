"""Where a project writes its version down, and the files with another one there."""

from collections.abc import Iterator

from railrel.edits import Change, Edit, apply
from railrel.errors import Problem
from railrel.sources import Source, Span, read_source
from railrel.toml_edits import within_string
from railrel.values import dataclass
from railrel.workspace.projects import Project
from railrel.workspace.version_files import VersionFile, assigned, kept_in, module_files
from railrel.workspace.versions import STATIC
from railrel.world import FileChange


@dataclass(frozen=True, slots=True)
class Written:
    """One place that holds the version."""

    source: Source
    span: Span


def places_of(project: Project) -> tuple[Written, ...] | Problem:
    """Every place that has to change with the version; none for a project whose tags are it.

    Beside the one that the backend reads: a `__version__` of the package that says the same.
    """
    if project.version_from_tag:
        return ()
    own = [*_static(project)]
    if not own:
        kept = kept_in(project.document)
        match kept:
            case Problem():
                return kept
            case VersionFile():
                found = kept.find()
                if isinstance(found, Problem):
                    return found
                if found.span is None:
                    return _pieced_together(project, kept)
                own.append(Written(read_source(kept.path), found.span))
            case None:
                pass
    taken = {written.source.path for written in own}
    return (*own, *(echo for echo in _echoes(project) if echo.source.path not in taken))


def with_version(places: tuple[Written, ...], version: str) -> tuple[FileChange, ...]:
    """The files with this version in all these places."""
    return tuple(
        FileChange(
            source.path,
            source.data,
            apply(
                source,
                [Edit(p.span.start, p.span.end, version) for p in places if p.source == source],
            ).data,
        )
        for source in dict.fromkeys(place.source for place in places)
    )


def _static(project: Project) -> Iterator[Written]:
    document = project.document
    for path in STATIC:
        place, value = document.place(path), document.table(*path[:-1]).get(path[-1])
        if place and isinstance(value, str):
            whole = within_string(document, place, Change(0, len(value), ""))
            yield Written(Source(document.path, document.data), Span(whole.start, whole.end))


def _echoes(project: Project) -> Iterator[Written]:
    module = project.name.replace("-", "_")
    for name in module_files(module):
        path = project.folder / name
        if path.is_file():
            source = read_source(path)
            found = assigned(source.data.decode("utf-8", "replace"), "__version__")
            if found and found.span and found.value == str(project.version):
                yield Written(source, found.span)


def _pieced_together(project: Project, kept: VersionFile) -> Problem:
    return Problem(
        f"{project.name} puts its version together in {kept.path.name}, so nobody can write another",
        at=str(kept.path),
        hint='write it as one text: __version__ = "1.2.3"',
        rule="version-in-pieces",
    )
