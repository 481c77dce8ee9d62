"""What packages of ours need that are not in the workspace: their published metadata tells."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from packaging.utils import NormalizedName

from railrel.commands.shared.context import Context
from railrel.commands.shared.published import download
from railrel.dependencies.requirements import Written
from railrel.distributions.artefacts import inspect
from railrel.origins.names import Ours, Taken
from railrel.registries import Registry
from railrel.registries.protocol import RemoteFile
from railrel.registries.versions import versions_of

Needs = Mapping[NormalizedName, frozenset[NormalizedName]]


def with_published_needs(
    context: Context, registry: Registry, ours: Ours, taken: Callable[[Needs], Taken]
) -> Taken:
    """What a project takes of ours, with what those packages need by their published metadata.

    `taken` says what it takes as far as some needs are known. Raises what keeps the registry from
    telling.
    """
    known: dict[NormalizedName, frozenset[NormalizedName]] = {}
    while True:
        found = taken(known)
        unknown = [n for n in found.all if n not in known and n not in ours.projects]
        if not unknown:
            return found
        with ThreadPoolExecutor(max_workers=8) as pool:
            answers = pool.map(lambda name: _needs(context, registry, ours, name), unknown)
            known.update(zip(unknown, answers, strict=True))


def _needs(
    context: Context, registry: Registry, ours: Ours, name: NormalizedName
) -> frozenset[NormalizedName]:
    """Of the newest version; none where nothing is published."""
    newest = _newest(registry.held(name))
    if newest is None:
        return frozenset()
    world = context.world
    with world.files.scratch(world.cache / "published", "needs-") as scratch:
        path = download(context, registry, newest, scratch).path
        required = inspect(path).metadata.get("requires_dist", [])
    names = (Written(text).name for text in required)
    return frozenset(n for n in names if n and ours.holds(n))


def _newest(files: tuple[RemoteFile, ...]) -> RemoteFile | None:
    """A wheel of the newest version rather than its sdist."""
    versions = {file: max(versions_of([file])) for file in files if versions_of([file])}
    return max(versions, key=lambda f: (versions[f], f.filename.endswith(".whl")), default=None)
