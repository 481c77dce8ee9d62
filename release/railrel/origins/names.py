"""Which names are ours, and which of them a project gets: by itself, or by what it needs. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch

from packaging.utils import NormalizedName, canonicalize_name

from railrel.dependencies.listed import listed
from railrel.dependencies.tables import same_name
from railrel.documents import Document, Table
from railrel.errors import ConfigError
from railrel.sources import Source
from railrel.values import dataclass
from railrel.workspace.projects import Project

_POETRY_TABLES = ("dependencies", "dev-dependencies")
_NO_PACKAGES = frozenset({"source", "requires", "scripts", "pipenv", "pipfile"})
_PLACES = frozenset({"path", "git", "directory", "editable", "virtual", "url"})


@dataclass(frozen=True)
class Ours:
    """The projects of the workspace, and the names that a setting adds or takes out."""

    projects: Mapping[NormalizedName, Project]
    patterns: tuple[str, ...] = ()
    """Globs; those with `!` before them are of names that are anybody's."""

    def holds(self, name: str) -> bool:
        """Whether a name is ours."""
        plain = canonicalize_name(name)
        if any(fnmatch(plain, p[1:].lower()) for p in self.patterns if p.startswith("!")):
            return False
        return plain in self.projects or any(fnmatch(plain, p.lower()) for p in self.patterns)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a project takes of ours."""

    direct: tuple[NormalizedName, ...]
    """Those that its own files name."""
    further: tuple[NormalizedName, ...]
    """Those that only the former need, directly or not, as far as neighbours and locks tell."""
    needs: Mapping[NormalizedName, frozenset[NormalizedName]]
    """What each of them needs of ours itself, as far as that is known."""

    @property
    def all(self) -> tuple[NormalizedName, ...]:
        """Both, in order."""
        return tuple(sorted({*self.direct, *self.further}))

    def with_needs(self, names: Iterable[NormalizedName]) -> set[NormalizedName]:
        """These names and all that they need, directly or not."""
        waiting, seen = list(names), set[NormalizedName]()
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += self.needs.get(name, ())
        return seen


def taken(
    project: Project,
    named: Iterable[NormalizedName],
    locked: Iterable[NormalizedName],
    ours: Ours,
    *,
    together: frozenset[NormalizedName] = frozenset(),
    published: Mapping[NormalizedName, frozenset[NormalizedName]] | None = None,
) -> Taken:
    """What the project takes of ours, but for those of `together`, who share its uv workspace.

    `named` are the names in its other files, `locked` those in its locks; `published` tells what
    packages need that are not in the workspace.
    """
    own = {project.name, *together}
    direct = {n for n in (*names_in(project.document), *named) if ours.holds(n)}
    needs = _reached(
        (*direct, *(n for n in locked if ours.holds(n))), project, ours, published or {}
    )
    return Taken(tuple(sorted(direct - own)), tuple(sorted(needs.keys() - direct - own)), needs)


def _reached(
    names: Iterable[NormalizedName],
    project: Project,
    ours: Ours,
    published: Mapping[NormalizedName, frozenset[NormalizedName]],
) -> dict[NormalizedName, frozenset[NormalizedName]]:
    """What these names of ours need of ours themselves, and what those need, and so on."""
    waiting = list(names)
    needs: dict[NormalizedName, frozenset[NormalizedName]] = {}
    while waiting:
        name = waiting.pop()
        if name in needs:
            continue
        neighbour = ours.projects.get(name) if name != project.name else None
        needs[name] = (
            frozenset(n for n in _needed(neighbour.document) if ours.holds(n))
            if neighbour
            else published.get(name, frozenset())
        )
        waiting += needs[name]
    return needs


def names_in(document: Document) -> Iterator[NormalizedName]:
    """Every name that a TOML file requires."""
    for requirement in listed(document):
        if requirement.name:
            yield requirement.name
    if document.path.name == "Pipfile":
        tables = [t for key, t in document.values.items() if key not in _NO_PACKAGES]
    else:
        tables = list(_poetry(document))
    for table in tables:
        for name in table if isinstance(table, dict) else ():
            if not same_name(name, "python"):
                yield canonicalize_name(name)


def _poetry(document: Document) -> Iterator[object]:
    poetry = document.table("tool", "poetry")
    yield from (poetry.get(key) for key in _POETRY_TABLES)
    for group in document.table("tool", "poetry", "group").values():
        if isinstance(group, dict):
            yield group.get("dependencies")


def _needed(document: Document) -> Iterator[NormalizedName]:
    """What its distribution requires; extras as well, for who asks for them is not looked up."""
    for requirement in listed(document):
        if requirement.path[0] == "project" and requirement.name:
            yield requirement.name
    for name in document.table("tool", "poetry", "dependencies"):
        yield canonicalize_name(name)


def packages_of(lock: Source) -> Iterator[tuple[NormalizedName, int, Table]]:
    """The packages of a TOML lock: name, number and table. Nothing where it cannot be read."""
    document = Document(lock.path, lock.data)
    try:
        found = document.values.get("package", document.values.get("packages"))
    except ConfigError:
        # Its own tool says so.
        return
    for number, package in enumerate(found if isinstance(found, list) else []):
        if isinstance(package, dict) and isinstance(package.get("name"), str):
            yield canonicalize_name(str(package["name"])), number, package


def from_index(package: Table) -> bool:
    """Whether a locked package comes from an index, and from no folder, file or repository."""
    source = package.get("source")
    inside = source if isinstance(source, dict) else {}
    kind = inside.get("type")
    elsewhere = isinstance(kind, str) and kind not in ("legacy", "pypi")
    return not (elsewhere or (kind is None and _PLACES & inside.keys()) or _PLACES & package.keys())
