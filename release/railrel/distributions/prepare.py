"""From a project to two files that are fit to be published: stage, rewrite, build, open, judge.

What was built of the very same before is taken instead.
"""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path

from packaging.utils import NormalizedName
from packaging.version import Version

from railrel.dependencies.copies import put_edits
from railrel.dependencies.rewrite import Rewrite
from railrel.distributions.artefacts import Artefact, inspect
from railrel.distributions.build import DEFAULT_EPOCH, Built, build, build_variables
from railrel.distributions.caches import thin_out
from railrel.distributions.gate import Asked, unfit
from railrel.distributions.kept import keep, place_for, take
from railrel.distributions.twine_check import twine_problems
from railrel.distributions.warm import Warm
from railrel.errors import ConfigError, RefusedError, UnfitError
from railrel.values import dataclass
from railrel.workspace.projects import Project
from railrel.workspace.source_files import links_out, source_names, uncommitted_behind
from railrel.world import GitState, World


@dataclass(frozen=True)
class Prepared:
    """What may be published, wheel first: an index with a wheel alone is of use, the other not."""

    wheel: Artefact
    sdist: Artefact
    kept: bool = False
    """Whether an earlier build of the same sources made them."""

    @property
    def files(self) -> tuple[Artefact, Artefact]:
        """In the order in which they are uploaded."""
        return (self.wheel, self.sdist)


@dataclass(frozen=True)
class Order:
    """One project to be prepared."""

    project: Project
    version: Version
    rewrite: Rewrite
    """With the path dependencies turned into ranges; only the copy gets it."""
    git: GitState | None
    siblings: AbstractSet[NormalizedName]
    root: Path
    """The workspace, out of which no link may lead."""
    allow_dev: bool
    allow_dirty: bool
    """Also with what no commit holds."""
    rebuild: bool = False
    """Build also what was built before."""


def prepare(
    world: World,
    order: Order,
    scratch: Path,
    *,
    go_on: Callable[[], None] = lambda: None,
    begun: Callable[[], None] = lambda: None,
    warm: Warm | None = None,
) -> Prepared:
    """Stage in `scratch`, build there what was not built before, and inspect.

    The project's own folder is only read. `begun` is called just before a build, `go_on` again and
    again while the backend works; what it raises ends the build. Raises ConfigError for
    dependencies that cannot be rewritten, RefusedError for links out of the workspace or to
    what no commit holds, UnfitError for a failed build or anything that must not be published.
    """
    source, variables = _source(world, order, scratch)
    epoch, name, version = _epoch(order.git), order.project.name, str(order.version)
    place = place_for(world, name, version, source, variables)
    before = None if order.rebuild else take(world, place, scratch / "kept", epoch)
    if before:
        return replace(_judged(order, before), kept=True)
    begun()
    built = build(
        world,
        source,
        scratch / "dist",
        variables=variables,
        epoch=epoch,
        shown=order.project.document.path,
        go_on=go_on,
        warm=warm,
    )
    prepared = _judged(order, built, new=True)
    if order.rebuild:
        world.files.remove_tree(place)
    if keep(world, place, built):
        thin_out(world)
        return prepared
    first = take(world, place, scratch / "kept", epoch)
    if first:
        # Somebody built the same meanwhile, and may have published it: theirs are the files.
        return replace(_judged(order, first), kept=True)
    # It was damaged.
    world.files.remove_tree(place)
    keep(world, place, built)
    return prepared


def built_again(world: World, order: Order, scratch: Path) -> Prepared:
    """Stage in `scratch` and build there, with no regard to what is kept, which stays as it is.

    Raises as `prepare` does.
    """
    source, variables = _source(world, order, scratch)
    built = build(
        world,
        source,
        scratch / "dist",
        variables=variables,
        epoch=_epoch(order.git),
        shown=order.project.document.path,
    )
    return _judged(order, built)


def _source(world: World, order: Order, scratch: Path) -> tuple[Path, dict[str, str]]:
    """What is built, and the variables that its build gets."""
    if order.rewrite.stops_publishing:
        raise ConfigError.of(order.rewrite.stops_publishing)
    from_tag = order.version if order.project.version_from_tag else None
    variables = build_variables(world, _epoch(order.git), from_tag)
    return _stage(world, order, scratch / "source"), variables


def _judged(order: Order, built: Built, *, new: bool = False) -> Prepared:
    """Opened and held against the rules; what is `new`, against twine's too."""
    sdist, wheel = inspect(built.sdist), inspect(built.wheel)
    asked = Asked(order.project.name, order.version, order.siblings, order.allow_dev)
    problems = unfit(sdist, wheel, asked)
    if new:
        problems += twine_problems((built.wheel, built.sdist))
    if problems:
        raise UnfitError.of(problems)
    return Prepared(wheel, sdist)


def _stage(world: World, order: Order, target: Path) -> Path:
    """Copy what git knows of the project, or all that looks like source, and rewrite the copy."""
    folder = order.project.folder
    names = source_names(world.git, folder)
    links = tuple(name for name in names if (folder / name).is_symlink())
    out = links_out(folder, links, order.root)
    if not out and not order.allow_dirty:
        out = uncommitted_behind(world.git, folder, links)
    if out:
        raise RefusedError.of(out)
    behind = {name: _behind(world, folder, name) for name in links}
    copied = tuple(one for name in names for one in behind.get(name, (name,)))
    world.files.copy_tree(folder, copied, target, _epoch(order.git))
    put_edits(world, folder, target, order.rewrite.files)
    return target


def _behind(world: World, folder: Path, name: str) -> tuple[str, ...]:
    """The files of a link to a folder, without what git ignores there; else the file itself."""
    place = folder / name
    if not place.is_dir():
        return (name,)
    return tuple(f"{name}/{below}" for below in source_names(world.git, place.resolve()))


def _epoch(git: GitState | None) -> int:
    """The commit's time: two builds of one commit then give the same bytes."""
    return git.commit_time if git and git.commit_time is not None else DEFAULT_EPOCH
