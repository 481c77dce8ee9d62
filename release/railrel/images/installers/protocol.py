"""How a project's dependencies get into an image."""

from collections.abc import Mapping
from dataclasses import field
from typing import Protocol

from packaging.utils import NormalizedName

from railrel.dependencies.references import Index
from railrel.errors import Problem
from railrel.images.tree import Tree
from railrel.values import dataclass

VENV, OWN = "/app/venv", "/app/own"
# Not where the result goes: some backends take all folders beside them for packages.
SOURCE = "/src"
# The rule of a lock that is as it should be for development: fix-deps, or a command in a fixed copy,
# makes of it what an image needs.
FIX_DEPS_FIRST = "fix-deps-first"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the installers are asked with."""

    tree: Tree
    siblings: frozenset[NormalizedName]
    """Projects of the same team: they may come from its registry alone."""
    index: Index | None
    uv_from: str
    """An image that holds `/uv`, or what pip shall install."""
    is_member: bool = False
    """Whether it is a member of a uv workspace, whose lock lies in the workspace's root."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Shell commands, one of which may ask the registry and gets to know who we are to it."""

    command: str = ""
    """Empty where nobody is asked."""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Steps:
    """The parts of a Dockerfile that depend on the installer."""

    tools: tuple[str, ...]
    """Instructions that bring the tool, and what the lock takes from the project's folder."""
    environment: tuple[str, ...]
    files: tuple[str, ...]
    """What it reads, before the project itself is there."""
    install: Asking
    """What puts the dependencies into `/app/venv`."""
    build: Asking
    """What puts the project itself into `/app/own`."""
    internal: tuple[NormalizedName, ...]
    """Packages that are installed from the team's registry."""
    pins: tuple[tuple[NormalizedName, str], ...]
    """All that the lock holds of the team's, with each version."""
    unfit: tuple[Problem, ...] = ()
    """Why no Dockerfile can be made of this, whatever one by hand may do."""

    @property
    def forbidden(self) -> tuple[Problem, ...]:
        """Those that stand whatever is done before the build."""
        return tuple(problem for problem in self.unfit if problem.rule != FIX_DEPS_FIRST)

    @property
    def before(self) -> tuple[Problem, ...]:
        """Those that fix-deps settles: the tree may keep its paths, for `with-fixed-deps`."""
        return tuple(problem for problem in self.unfit if problem.rule == FIX_DEPS_FIRST)


class Installer(Protocol):
    """A tool with a lock. Each is a module of this folder, listed in its table."""

    @property
    def ID(self) -> str:  # noqa: N802 -- a constant of each module
        """A stable name."""
        ...

    @property
    def TITLE(self) -> str:  # noqa: N802
        """Which lock is installed by what, for the reference."""
        ...

    @property
    def LOCKS(self) -> tuple[str, ...]:  # noqa: N802
        """What its lock may be called."""
        ...

    def find(self, asked: Asked) -> Steps | list[Problem] | None:
        """Its steps; None where the project has no lock of this tool."""
        ...


@dataclass(frozen=True, slots=True)
class Need:
    """A package that is wanted, with some of its extras."""

    name: NormalizedName
    extras: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Locked:
    """One package of a lock."""

    name: NormalizedName
    version: str = ""
    """Empty where the lock names none."""
    index: str | None = None
    """The URL of the index that the lock names; None when it names none."""
    elsewhere: str | None = None
    """The repository or the file on a server that it is taken from, whatever an index holds."""
    place: str | None = None
    """The folder or file that it is taken from, as the lock has it."""
    editable: bool = False
    """Whether that folder has to stay where it is."""
    hashed: bool = False
    needs: Mapping[str, tuple[Need, ...]] = field(default_factory=dict)
    """What it brings along: always with the key "", else with the extra of that name."""
