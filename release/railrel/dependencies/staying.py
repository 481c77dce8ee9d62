"""Where a lock may lead: by paths that stay in what it is made from, and to railrel's own index."""

import os
from collections.abc import Iterator
from pathlib import Path

from railrel.dependencies.locks import is_within, place_of
from railrel.dependencies.locks.beside import Lying
from railrel.dependencies.locks.protocol import Local
from railrel.dependencies.look import Neighbourhood, look
from railrel.dependencies.paths import Folder
from railrel.dependencies.references import PathDependency
from railrel.dependencies.rewrite import Rewrite
from railrel.values import dataclass


@dataclass(frozen=True)
class Staying:
    """What surrounds the locks of the projects that are worked on."""

    plans: tuple[Rewrite, ...]
    neighbourhood: Neighbourhood
    own_index: Path | None = None
    """The folder that is the registry, where one is."""

    def away(self, one: Lying) -> Local | None:
        """The first place of a lock that leads out and has no reason to; None where there is none."""
        local = list(one.kind.local(one.lock))
        if not local:
            return None
        allowed = {os.path.realpath(folder) for folder in self._folders(one)}
        for found in local:
            place = place_of(found, one.root)
            if place is None or not (
                os.path.realpath(place) in allowed or is_within(place, self.own_index)
            ):
                return found
        return None

    def _folders(self, one: Lying) -> Iterator[Path]:
        """Of the paths that stay, and of those that the projects there have: tools follow them."""
        waiting = [found for found in self._paths(one) if one.reads(found)]
        seen: set[Path] = set()
        while waiting:
            target = waiting.pop().target
            if not isinstance(target, Folder):
                continue
            for folder in filter(None, (target.folder, target.otherwise)):
                yield folder
                project = self.neighbourhood.project_at(folder) if folder not in seen else None
                seen.add(folder)
                waiting += look(project, self.neighbourhood).found if project else ()

    def _paths(self, one: Lying) -> Iterator[PathDependency]:
        planned = {plan.project.folder: plan for plan in self.plans}
        for folder in {one.root, one.lock.path.parent, *self._members(one.root)}:
            project = self.neighbourhood.project_at(folder)
            if folder in planned:
                yield from planned[folder].stays
            elif project:
                yield from look(project, self.neighbourhood).found

    def _members(self, root: Path) -> Iterator[Path]:
        """Those who share the lock of a uv workspace."""
        for folder in self.neighbourhood.members.values():
            shared = self.neighbourhood.uv_root(folder)
            if shared and shared.path.parent == root:
                yield folder
