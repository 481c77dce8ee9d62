"""From named contexts and paths outside the build context to installs from the registry: the plan."""

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from packaging.utils import NormalizedName

from railrel.dependencies.file_names import matches
from railrel.dependencies.references import Finding, Index
from railrel.dependencies.reported.mentions import COMMANDS, COMPOSE, DOCKERFILES
from railrel.edits import Edit, FileRewrite, apply
from railrel.errors import Problem
from railrel.images.contexts.outcome import outcome, uses
from railrel.images.contexts.protocol import folders
from railrel.images.dockerfile_edits import dockerfile_edits
from railrel.images.dockerfiles import Dockerfile
from railrel.images.install_edits import Registry
from railrel.images.own_files import OwnFiles, own_files
from railrel.images.siblings import Sibling
from railrel.images.takes import Outside
from railrel.sources import Source
from railrel.values import dataclass
from railrel.workspace.projects import Project

FILES = (*DOCKERFILES, *COMPOSE, *COMMANDS)
"""Names and globs, below a project's folder, of what can be migrated."""


@dataclass(frozen=True)
class Migration:
    """The plan for one project."""

    files: tuple[FileRewrite, ...]
    """Those that change."""
    findings: tuple[Finding, ...]
    """What is left to a person (these block), and what somebody should know of what is done."""
    siblings: tuple[NormalizedName, ...]
    """Neighbours that the images install from the registry from now on."""

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.files)


def migration(
    project: Project, siblings: Iterable[Sibling], index: Index, files: Iterable[Source]
) -> Migration:
    """Work out all files together. Writes nothing.

    A context is taken out of a command or a compose file only when no Dockerfile needs it.
    """
    url = _without_credentials(index.url)
    if urlsplit(url).scheme not in ("http", "https"):
        return Migration((), (_no_registry(project, url),), ())
    known = {one.key: one for one in siblings if one.key != project.name}
    sources = {_relative(project, source): source for source in files}
    others = {name: s for name, s in sources.items() if matches((*COMPOSE, *COMMANDS), name)}
    dockerfiles = [
        Dockerfile(s.path, s.data) for name, s in sources.items() if matches(DOCKERFILES, name)
    ]
    given = (use for name, source in others.items() for use in uses(source, name))
    outside = Outside(project.folder, known, folders(given, project.folder, known), _names(project))
    own = own_files(project, known.values(), {s.path: s.data for s in sources.values()})
    registry = Registry(url, known, _uv_index(own, url))
    changed: list[FileRewrite] = []
    findings: list[Finding] = []
    needed: set[str] = set()
    moved: set[NormalizedName] = set()
    for file in dockerfiles:
        found = dockerfile_edits(file, outside, registry, own)
        needed |= found.contexts
        moved |= found.moved
        findings += _findings(found.problems, found.notes)
        changed += _rewritten(file, found.edits)
    read = tuple(file.path for file in dockerfiles)
    for name, source in others.items():
        left = outcome(source, name, outside, needed, read)
        findings += _findings(left.problems, left.notes)
        changed += _rewritten(source, left.edits)
    return Migration(tuple(changed), tuple(dict.fromkeys(findings)), tuple(sorted(moved)))


def _relative(project: Project, source: Source) -> str:
    inside = source.path.is_relative_to(project.folder)
    return source.path.relative_to(project.folder).as_posix() if inside else source.path.name


def _names(project: Project) -> frozenset[str] | None:
    try:
        return frozenset(path.name for path in project.folder.iterdir())
    except OSError:
        return None


def _without_credentials(url: str) -> str:
    """A URL that may stand in a file."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _uv_index(own: OwnFiles, url: str) -> str:
    """Where the project tells uv of another index that is asked for every package.

    https://docs.astral.sh/uv/concepts/indexes/
    """
    for document, start in own.uv_settings:
        listed = document.table(*start).get("index")
        for number, entry in enumerate(listed if isinstance(listed, list) else ()):
            other = isinstance(entry, dict) and not str(entry.get("url", "")).startswith(
                url.rstrip("/")
            )
            if other and not (entry.get("explicit") is True or entry.get("default") is True):
                return document.at((*start, "index", number))
        for keys in (start, (*start, "pip")):
            for key in ("extra-index-url", "find-links"):
                if document.table(*keys).get(key):
                    return document.at((*keys, key))
    return ""


def _no_registry(project: Project, url: str) -> Finding:
    problem = Problem(
        f"the registry {url} is a folder of this machine, which no image build has",
        str(project.document.path),
        'name your Gitea: registry = "https://git.example.com/api/packages/acme/pypi"',
        "registry-is-a-folder",
    )
    return Finding(problem, "image")


def _findings(problems: Iterable[Problem], notes: Iterable[Problem]) -> Iterator[Finding]:
    yield from (Finding(problem, "image") for problem in problems)
    yield from (Finding(note, "image", blocks=False) for note in notes)


def _rewritten(source: Source, edits: Iterable[Edit]) -> Iterator[FileRewrite]:
    after = apply(source, edits)
    if after.data != source.data:
        yield FileRewrite(source.path, source.data, after.data)
