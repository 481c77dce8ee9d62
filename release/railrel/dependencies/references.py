"""The nouns of this room: a neighbour named by its place, and what is to stand there instead."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Literal, Protocol, TypeAlias, TypeVar

from packaging.utils import NormalizedName
from packaging.version import Version

from railrel.dependencies.paths import BuiltFile, Folder, Unresolvable
from railrel.documents import Document, KeyPath
from railrel.edits import Edit
from railrel.errors import Problem
from railrel.sources import Source
from railrel.values import dataclass

Members: TypeAlias = Mapping[NormalizedName, Path]
"""Where the workspace's projects are, for syntaxes that name a member rather than a path."""

Breaks: TypeAlias = Literal["publish", "image", "development"]
"""What a path stands in the way of: the published metadata (and with it any image); only an image
of the project (groups, environments, requirements files, locks); or neither."""

Purpose: TypeAlias = Literal["publish", "image", "all"]
"""What shall work afterwards. An image installs the project, so `image` takes in `publish`."""

Target: TypeAlias = Folder | BuiltFile | Unresolvable


def concerns(purpose: Purpose, breaks: Breaks) -> bool:
    """Whether something that breaks this must be changed for that purpose."""
    match purpose:
        case "publish":
            return breaks == "publish"
        case "image":
            return breaks != "development"
        case "all":
            return True


@dataclass(frozen=True, slots=True)
class PathDependency:
    """One place where a project names a neighbour by its folder, or by a file built from it."""

    name: NormalizedName | None
    """None where the place alone is written, as in `-e ../issue-core`."""
    syntax: str
    """The id of the syntax, such as `uv-sources`."""
    file: Path
    path: KeyPath
    """Where in the file, in the syntax's own terms."""
    at: str
    """`file:line:column`."""
    written: str
    """What the user wrote for the place, such as `../issue-core`."""
    target: Target
    breaks: Breaks
    kept: bool = False
    """Whether the path itself is to stay, as that of a uv workspace's member must."""

    @property
    def shown(self) -> str:
        """How to speak of it."""
        return self.name or self.written


@dataclass(frozen=True, slots=True)
class Finding:
    """A place that only a person can change, and what it stands in the way of."""

    problem: Problem
    breaks: Breaks
    blocks: bool = True
    """False where another verb looks closer, as at Dockerfiles."""

    @property
    def stops(self) -> bool:
        """Whether what follows, a publish or an image build, should not begin."""
        return self.blocks and self.breaks != "development"


@dataclass(frozen=True, slots=True)
class Index:
    """A package index that a project should take its siblings from."""

    name: str
    url: str
    """Of the simple pages."""
    publish_url: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall stand where the path stands."""

    name: str
    """The sibling's, as it writes it."""
    range: str
    version: Version
    """The sibling's, which the user's own clauses must admit."""
    index: Index | None
    keep_source: bool = False
    """Leave the path for development where the tool knows to pass over it."""


@dataclass(frozen=True, slots=True)
class Around:
    """What surrounds the file that is looked at."""

    folder: Path
    """The project's."""
    members: Members
    siblings: Mapping[Path, NormalizedName] = field(default_factory=dict)
    """The same the other way round."""
    uv_root: Document | None = None
    """The `pyproject.toml` of the uv workspace that the project is a member of."""
    published: frozenset[Path] = field(default_factory=frozenset)
    """Files whose lines become metadata of the distribution (`dynamic`)."""
    scripts: bool = False
    """Whether scripts with their own requirements (PEP 723) are to be changed."""
    keep_source: bool = False
    """Whether paths are to stay for development."""
    alone: bool = False
    """Whether the project is a copy that has to do without its workspace."""
    together: frozenset[Path] | None = None
    """The folders of all projects that are changed in this run; None when that does not matter."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """The environment, which paths may name variables of."""


S_contra = TypeVar("S_contra", bound=Source, contravariant=True)

IndexEntry: TypeAlias = tuple[tuple[str, ...], tuple[tuple[str, str], ...]]
"""Where in a TOML file an index is listed, and its keys with their TOML."""


class Reporter(Protocol[S_contra]):
    """One way to name a neighbour. Each is a module, listed in `syntaxes/__init__.py`."""

    @property
    def ID(self) -> str:  # noqa: N802 -- a constant of each module
        """A stable name."""
        ...

    @property
    def TITLE(self) -> str:  # noqa: N802
        """What it is, for the reference."""
        ...

    @property
    def FILES(self) -> tuple[str, ...]:  # noqa: N802
        """Names and globs, below the project's folder, of the files that it can stand in."""
        ...

    @property
    def MARKS(self) -> re.Pattern[bytes]:  # noqa: N802
        """A file without a match names no neighbour in this way, and need not be looked at closer."""
        ...

    def find(self, source: S_contra, around: Around) -> Iterator[PathDependency | Finding]:
        """Every neighbour named in this way."""
        ...


class Syntax(Reporter[S_contra], Protocol[S_contra]):
    """A way that can be changed without guessing."""

    def edits(
        self, source: S_contra, around: Around, found: PathDependency, wanted: Wanted
    ) -> Iterator[Edit | Problem]:
        """What to change so that the range stands there and the path is gone."""
        ...

    def index_entry(self, index: Index) -> IndexEntry | None:
        """How this tool is told of an index; None if it need not or cannot be."""
        ...
