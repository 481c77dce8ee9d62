"""From path dependencies to version ranges: the plan that changes a project's files."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from packaging.utils import NormalizedName, canonicalize_name

from railrel.dependencies.following import (
    ProjectAt,
    followed,
    misnamed,
    narrower,
    other_base,
    version_of,
)
from railrel.dependencies.indexes import Comer, told
from railrel.dependencies.listed import listed
from railrel.dependencies.look import Neighbourhood, Request, look
from railrel.dependencies.paths import Folder
from railrel.dependencies.ranges import range_for
from railrel.dependencies.references import (
    Around,
    Breaks,
    Finding,
    Index,
    PathDependency,
    Wanted,
    concerns,
)
from railrel.dependencies.rewritten import prove
from railrel.dependencies.scan import Scan, text_syntax, toml_syntax
from railrel.documents import Document
from railrel.edits import Edit, FileRewrite, apply, clashing
from railrel.errors import Problem
from railrel.sources import Source
from railrel.toml_edits import drop_empty_section
from railrel.values import dataclass
from railrel.workspace.projects import Project

# Why a path cannot stay for development: what each tool says of a path beside a range.
CANNOT_KEEP: Mapping[str, str] = {
    "pep508-url": "a requirement has either a URL or a range (PEP 508)",
    "poetry-path": "Poetry locks the path whatever project.dependencies says, and can pass over none",
    "pdm-groups": "PDM's lock takes the path for all groups; for images: pdm lock -L image.lock --prod",
    "pipfile": "a Pipfile's entry has either a path or a version",
    "pixi": "an entry has either a path or a version",
    "requirements-file": "a line has either a path or a range",
    "setup-cfg": "a requirement has either a URL or a range (PEP 508)",
    "setup-py": "a requirement has either a URL or a range (PEP 508)",
    "conda-pip": "a line has either a path or a range",
}


@dataclass(frozen=True, slots=True)
class Replacement:
    """One path dependency and the range that takes its place."""

    name: NormalizedName
    was: str
    now: str
    file: str
    at: str
    published: bool
    """Whether it would reach the published metadata."""
    breaks: Breaks
    """What the path stands in the way of."""
    syntax: str
    kept: bool
    """Whether the path stays beside the range, as a workspace member's does."""


@dataclass(frozen=True)
class Rewrite:
    """The plan for one project."""

    project: Project
    files: tuple[FileRewrite, ...]
    """Those that change."""
    replacements: tuple[Replacement, ...]
    findings: tuple[Finding, ...]
    """What is left to a person, for the purpose that was asked for."""
    problems: tuple[Problem, ...]
    """If there are any, nothing may be changed."""
    folders: tuple[Path, ...] = ()
    """Where the replaced paths led."""
    kept: tuple[NormalizedName, ...] = ()
    """Projects whose path stays for development; locks have to pass over it."""
    stays: tuple[PathDependency, ...] = ()
    """Paths that are left as they are, and that locks follow."""

    @property
    def stops_publishing(self) -> tuple[Problem, ...]:
        """What keeps the project from being published."""
        return (*self.problems, *(f.problem for f in self.findings if f.breaks == "publish"))

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.files)


@dataclass(frozen=True, slots=True)
class _Written:
    """One file with its ranges, and what they took the place of."""

    file: FileRewrite
    wanted: Mapping[PathDependency, Wanted]
    after: Source

    @property
    def comers(self) -> Iterator[Comer]:
        """Whom the registry's index must be told of now."""
        return (
            Comer(found.name or canonicalize_name(wanted.name), found)
            for found, wanted in self.wanted.items()
            if not found.kept
        )


def plan(project: Project, neighbourhood: Neighbourhood, request: Request) -> Rewrite:
    """Work out the files with every path dependency turned into a range. Writes nothing."""
    found = look(project, neighbourhood, request)
    concerned = [d for d in found.found if concerns(request.purpose, d.breaks)]
    unkeepable = [d for d in concerned if request.keep_source and d.syntax in CANNOT_KEEP]
    # Where the path is the requirement itself there is nothing to put the range beside.
    chosen = [d for d in concerned if d not in unkeepable or d.syntax == "poetry-path"]
    findings = (
        *(f for f in found.findings if concerns(request.purpose, f.breaks)),
        *map(_unkeepable, unkeepable),
        *_notes(project, concerned, chosen, neighbourhood.project_at),
    )
    work = {d: _wanted(d, neighbourhood.project_at, request) for d in chosen}
    problems = [
        *found.files.problems_for(request.purpose),
        *(w for w in work.values() if isinstance(w, Problem)),
    ]
    if problems:
        return Rewrite(project, (), (), findings, _distinct(problems))
    wanted = {d: w for d, w in work.items() if isinstance(w, Wanted)}
    done: list[_Written] = []
    for source in (*found.files.documents, *found.files.texts):
        mine = {d: w for d, w in wanted.items() if d.file == source.path}
        match _written(source, found, mine, request):
            case _Written() as written:
                done.append(written)
            case wrong:
                problems += wrong
    files = [written.file for written in done]
    if request.index and not request.keep_source:
        comers = [comer for written in done for comer in written.comers]
        problems += _tell(files, comers, found, request.index)
    if problems:
        return Rewrite(project, (), (), findings, _distinct(problems))
    kept = {d.name for d in chosen if request.keep_source and d.syntax == "uv-sources" and d.name}
    folders = {d.target.folder for d in chosen if isinstance(d.target, Folder) and not d.kept}
    return Rewrite(
        project=project,
        files=tuple(files),
        replacements=tuple(
            _replacement(each.after, d, w) for each in done for d, w in each.wanted.items()
        ),
        findings=findings,
        problems=(),
        folders=tuple(sorted(folders)),
        kept=tuple(sorted(kept)),
        stays=tuple(d for d in found.found if d.kept or d in unkeepable or d not in chosen),
    )


def _notes(
    project: Project,
    concerned: Iterable[PathDependency],
    chosen: Iterable[PathDependency],
    project_at: ProjectAt,
) -> Iterator[Finding]:
    """What people should know of the neighbours, and what stops nothing."""
    for one in concerned:
        note = other_base(one, project_at)
        if note:
            yield Finding(note, one.breaks, blocks=False)
    for one in chosen:
        finding = narrower(one, project, followed(one, project_at))
        if finding:
            yield finding


def _written(
    source: Source, found: Scan, mine: Mapping[PathDependency, Wanted], request: Request
) -> _Written | list[Problem]:
    """The file with its ranges, or what is wrong with it: nothing, where no edit was needed."""
    results = {d: list(_edits(source, found.around, d, w)) for d, w in mine.items()}
    wrong = [r for given in results.values() for r in given if isinstance(r, Problem)]
    edits = {d: [r for r in given if isinstance(r, Edit)] for d, given in results.items()}
    wrong += _two_versions(edits, mine)
    edited = {d: mine[d] for d, given in edits.items() if given}
    if wrong or not edited:
        return wrong
    after = apply(source, [edit for given in edits.values() for edit in given])
    if isinstance(after, Document) and any(one.syntax == "uv-sources" for one in edited):
        after = apply(after, drop_empty_section(after, ("tool", "uv", "sources")))
    prove(source, after, found, request)
    return _Written(FileRewrite(source.path, source.data, after.data), edited, after)


def _unkeepable(found: PathDependency) -> Finding:
    problem = Problem(
        f"{found.written} cannot stay beside a range here: {CANNOT_KEEP[found.syntax]}",
        found.at,
        f"fix-deps without --keep-source, or take {found.shown} by [tool.uv.sources]",
        "cannot-keep-source",
    )
    return Finding(problem, found.breaks)


def _wanted(found: PathDependency, project_at: ProjectAt, request: Request) -> Wanted | Problem:
    target = followed(found, project_at)
    trouble = misnamed(found, target)
    if trouble:
        return trouble
    version, name = version_of(found, target)
    if version is None:
        file = target.document.path if target else found.file
        return Problem(
            f"{name} has no version that a range could start from",
            found.at,
            f"tag it, or give it a version in {file}",
            "no-version",
        )
    wanted = range_for(version, request.style)
    if isinstance(wanted, Problem):
        return Problem(f"{found.shown}: {wanted.message}", found.at, wanted.hint, wanted.rule)
    return Wanted(name, wanted, version, request.index, request.keep_source)


def _edits(
    source: Source, around: Around, found: PathDependency, wanted: Wanted
) -> Iterator[Edit | Problem]:
    if isinstance(source, Document):
        in_toml = toml_syntax(found)
        yield from in_toml.edits(source, around, found, wanted) if in_toml else ()
    else:
        other = text_syntax(found)
        yield from other.edits(source, around, found, wanted) if other else ()


def _two_versions(
    done: Mapping[PathDependency, list[Edit]], wanted: Mapping[PathDependency, Wanted]
) -> list[Problem]:
    """Requirements that would have to get two ranges, for the name is taken from two folders."""
    if not clashing({edit for edits in done.values() for edit in edits}):
        return []
    by_name: dict[str, list[PathDependency]] = {}
    for found in done:
        by_name.setdefault(found.shown, []).append(found)
    return [
        Problem(
            f"{name} is taken from {first.written} and from {second.written}, whose versions give "
            f"{wanted[first].range} and {wanted[second].range}",
            second.at,
            "give each its own requirement, with the markers that tell them apart",
            "two-versions",
        )
        for name, founds in by_name.items()
        for first, second in pairwise(founds)
        if wanted[first].range != wanted[second].range
    ]


def _tell(
    changed: list[FileRewrite], comers: list[Comer], found: Scan, index: Index
) -> list[Problem]:
    """Put the registry's index into the files where tools look for it; gives what forbids that."""
    # A publish names no index, and looks at no lock.
    from railrel.dependencies.locks.beside import lockers

    problems: list[Problem] = []
    tools = frozenset(lockers(found.around.folder, found.around.uv_root) if comers else ())
    after = {file.path: file.after for file in changed}
    for before in found.files.documents:
        document = Document(before.path, after.get(before.path, before.data))
        mine = tools if before.path.name == "pyproject.toml" else frozenset[str]()
        indexed = told(document, comers, mine, index)
        if isinstance(indexed, list):
            problems += indexed
        elif indexed.data != document.data:
            after[before.path] = indexed.data
            rewrite = FileRewrite(before.path, before.data, indexed.data)
            changed[:] = [*(file for file in changed if file.path != before.path), rewrite]
    return problems


def _replacement(after: Source, found: PathDependency, wanted: Wanted) -> Replacement:
    """With the range as it now stands: the user's own clauses may be in it."""
    name = found.name or canonicalize_name(wanted.name)
    now = wanted.range
    if isinstance(after, Document) and found.syntax in ("uv-sources", "poetry-path"):
        now = _standing(after, found) or next(
            (r.range for r in listed(after) if r.name == name and r.range), now
        )
    return Replacement(
        name=name,
        was=found.written,
        now=now,
        file=str(found.file),
        at=found.at,
        published=found.breaks == "publish",
        breaks=found.breaks,
        syntax=found.syntax,
        kept=found.kept,
    )


def _standing(after: Document, found: PathDependency) -> str:
    """The version that stands in the entry itself, as Poetry has it."""
    entry: object = after.values
    for key in found.path:
        if isinstance(entry, dict):
            entry = entry.get(key)
        elif isinstance(entry, list) and isinstance(key, int) and key < len(entry):
            entry = entry[key]
        else:
            return ""
    return str(entry.get("version", "")) if isinstance(entry, dict) else ""


def _distinct(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(problems))
