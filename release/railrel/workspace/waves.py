"""What of several projects may begin when, and what a failure stops. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from packaging.utils import NormalizedName

from railrel.values import dataclass
from railrel.workspace.graph import Edges, needed_first


@dataclass(frozen=True, slots=True)
class Waves:
    """How far a run over some projects is; each begins when all that it needs is done."""

    needs: Edges
    """For each project of the run those of the run that it needs, directly or through others."""
    waiting: tuple[NormalizedName, ...]
    """Not begun, in the order in which they shall be. At the end: what a failure stopped."""
    running: frozenset[NormalizedName] = frozenset()
    done: frozenset[NormalizedName] = frozenset()
    failed: frozenset[NormalizedName] = frozenset()

    @property
    def ready(self) -> tuple[NormalizedName, ...]:
        """What may begin now."""
        return tuple(name for name in self.waiting if self.needs[name] <= self.done)

    def began(self, name: NormalizedName) -> "Waves":
        """After a project has begun."""
        waiting = tuple(other for other in self.waiting if other != name)
        return replace(self, waiting=waiting, running=self.running | {name})

    def ended(self, name: NormalizedName, *, well: bool) -> "Waves":
        """After a project has come to its end."""
        running = self.running - {name}
        if well:
            return replace(self, running=running, done=self.done | {name})
        return replace(self, running=running, failed=self.failed | {name})

    def stopped_by(self, name: NormalizedName) -> tuple[NormalizedName, ...]:
        """The failures by which a project cannot begin."""
        return tuple(sorted(self.needs[name] & self.failed))


def waves(edges: Edges, wanted: Iterable[NormalizedName]) -> Waves:
    """A run over the wanted projects that has not begun. There must be no circle among them."""
    chosen = tuple(dict.fromkeys(wanted))
    needs = {name: beneath(edges, name) & set(chosen) for name in chosen}
    return Waves(needs, needed_first(edges, chosen))


def beneath(edges: Edges, name: NormalizedName) -> frozenset[NormalizedName]:
    """All that a project needs, directly or through others."""
    found: set[NormalizedName] = set()
    waiting = [*edges.get(name, ())]
    while waiting:
        need = waiting.pop()
        if need not in found:
            found.add(need)
            waiting += edges.get(need, ())
    return frozenset(found)


def part(
    edges: Edges, wanted: Iterable[NormalizedName]
) -> Mapping[NormalizedName, frozenset[NormalizedName]]:
    """The graph of these and of all that they need."""
    chosen = tuple(wanted)
    names = {*chosen, *(need for name in chosen for need in beneath(edges, name))}
    return {name: frozenset(edges.get(name, ())) for name in sorted(names)}
