"""The neighbours of a project as an image is to install them: their ranges, and what they need."""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

from railrel.dependencies.listed import listed
from railrel.dependencies.ranges import Style, range_for
from railrel.dependencies.requirements import Written
from railrel.documents import Table
from railrel.values import dataclass
from railrel.workspace.projects import Project


@dataclass(frozen=True)
class Sibling:
    """One neighbour."""

    name: str
    """As it writes it."""
    folder: Path
    range: str
    """The versions that the project takes, such as `>=0.2,<0.3`."""
    requires: tuple[str, ...] | None = ()
    """Its own requirements; None where its file does not tell them."""
    extras: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def key(self) -> NormalizedName:
        """For comparing."""
        return canonicalize_name(self.name)


def sibling(project: Project, versions: str) -> Sibling:
    """A project of the workspace as its neighbours see it."""
    table = project.document.table("project")
    dynamic = table.get("dynamic")
    by_poetry = project.document.table("tool", "poetry", "dependencies")
    untold = (
        not table
        or (isinstance(dynamic, list) and "dependencies" in dynamic)
        # Poetry takes its own table where [project] has no list.
        or (bool(by_poetry) and "dependencies" not in table)
    )
    extras = project.document.table("project", "optional-dependencies")
    return Sibling(
        project.written_name,
        project.folder,
        versions,
        None if untold else _strings(table, "dependencies"),
        {canonicalize_name(name): _strings(extras, name) for name in extras},
    )


def siblings_of(project: Project, others: Iterable[Project], style: Style) -> tuple[Sibling, ...]:
    """The neighbours in the range that the project asks for, else in the one that it would get.

    Those without a version that a range could start from are none.
    """
    asked = {r.name: r.range for r in listed(project.document) if r.range and not r.url}
    found: list[Sibling] = []
    for other in others:
        would = range_for(other.version, style) if other.version else None
        versions = asked.get(other.name) or would
        if isinstance(versions, str) and other.name != project.name:
            found.append(sibling(other, versions))
    return tuple(found)


def _strings(table: Table, key: str) -> tuple[str, ...]:
    value = table.get(key)
    return tuple(i for i in value if isinstance(i, str)) if isinstance(value, list) else ()


@dataclass(frozen=True, slots=True)
class Needed:
    """What is installed in the place of some neighbours."""

    internal: tuple[str, ...]
    """Requirements on neighbours, theirs too, as words of a shell."""
    public: tuple[str, ...]
    """Requirements of theirs on anybody else."""
    untold: tuple[Sibling, ...]
    """Those whose own requirements are not known."""


def needed(
    wanted: Iterable[tuple[NormalizedName, frozenset[str]]],
    siblings: Mapping[NormalizedName, Sibling],
) -> Needed:
    """The neighbours with these extras, and all that they need."""
    internal: dict[NormalizedName, list[tuple[str, str, str]]] = {}
    public: dict[str, None] = {}
    known: set[tuple[NormalizedName, str]] = set()
    waiting = [(key, extras, "", "") for key, extras in wanted]
    while waiting:
        key, extras, versions, marker = waiting.pop(0)
        one = siblings[key]
        internal.setdefault(key, []).append((",".join(sorted(extras)), versions, marker))
        for text in _own(one, extras, known):
            requirement = Written(text).parsed
            if requirement and (name := canonicalize_name(requirement.name)) in siblings:
                waiting.append((name, *_asked(requirement)))
            else:
                public[_quoted(text)] = None
    return Needed(
        tuple(w for key, asked in internal.items() for w in _words(siblings[key], asked)),
        tuple(public),
        tuple(siblings[key] for key in internal if siblings[key].requires is None),
    )


def _own(
    one: Sibling, extras: frozenset[str], known: set[tuple[NormalizedName, str]]
) -> Iterator[str]:
    """What one needs, each of its lists once."""
    lists = {
        "": one.requires or (),
        **{e: one.extras.get(canonicalize_name(e), ()) for e in extras},
    }
    for extra, texts in lists.items():
        if (one.key, extra) not in known:
            known.add((one.key, extra))
            yield from texts


def _asked(requirement: Requirement) -> tuple[frozenset[str], str, str]:
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    versions = "" if requirement.url else str(requirement.specifier)
    return frozenset(requirement.extras), versions, marker


def _words(one: Sibling, asked: list[tuple[str, str, str]]) -> Iterator[str]:
    """One word for a neighbour, unless it is asked for under different conditions."""
    markers = dict.fromkeys(marker for _, _, marker in asked)
    for marker in [""] if "" in markers else markers:
        extras = {e for given, _, _ in asked for e in given.split(",") if e}
        clauses = dict.fromkeys(
            clause.strip()
            for versions in (one.range, *(versions for _, versions, _ in asked))
            for clause in versions.split(",")
            if clause.strip()
        )
        shown = f"[{','.join(sorted(extras))}]" if extras else ""
        yield _quoted(f"{one.name}{shown}{','.join(clauses)}{marker}")


def _quoted(text: str) -> str:
    """In the quotes of a shell, whatever is in it."""
    if '"' not in text:
        # Markers may have their strings in either quotes.
        text = text.replace("'", '"')
    return f"'{text}'" if "'" not in text else shlex.quote(text)
