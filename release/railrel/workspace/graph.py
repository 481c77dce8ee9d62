"""Who depends on whom by path: order and circles."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from graphlib import CycleError, TopologicalSorter

from packaging.utils import NormalizedName

Edges = Mapping[NormalizedName, AbstractSet[NormalizedName]]
"""For each project the projects that it depends on."""


def cycles(edges: Edges) -> tuple[tuple[NormalizedName, ...], ...]:
    """Circles, each as the names along it with the first one repeated at the end.

    Every circle in the graph runs through an edge of one that is given.
    """
    left = {name: set(needs) for name, needs in edges.items()}
    found: list[tuple[NormalizedName, ...]] = []
    while circle := _one_cycle(left):
        found.append(circle)
        left[circle[0]].discard(circle[1])
    return tuple(found)


def _one_cycle(edges: Edges) -> tuple[NormalizedName, ...]:
    try:
        TopologicalSorter(edges).prepare()
    except CycleError as error:
        # graphlib lists each node before the one that needs it; we read "needs" from left to right.
        names: list[NormalizedName] = list(reversed(error.args[1]))
        start = names.index(min(names))
        return (*names[start:-1], *names[:start], names[start])
    return ()


def needed_first(edges: Edges, wanted: Iterable[NormalizedName]) -> tuple[NormalizedName, ...]:
    """The wanted projects, each after those among them that it needs. There must be no circle."""
    chosen = tuple(dict.fromkeys(wanted))
    order = TopologicalSorter({name: sorted(edges.get(name, ())) for name in sorted(edges)})
    ranked = [name for name in order.static_order() if name in chosen]
    return (*ranked, *(name for name in chosen if name not in ranked))


def as_mermaid(edges: Edges) -> str:
    """A Mermaid flowchart."""
    ids = {name: f"p{number}" for number, name in enumerate(_nodes(edges))}
    lines = [f'  {ids[name]}["{name}"]' for name in ids]
    lines += [f"  {ids[a]} --> {ids[b]}" for a in sorted(edges) for b in sorted(edges[a])]
    return "\n".join(["flowchart LR", *lines])


def as_dot(edges: Edges) -> str:
    """A Graphviz digraph."""
    lines = [f'  "{name}";' for name in _nodes(edges)]
    lines += [f'  "{a}" -> "{b}";' for a in sorted(edges) for b in sorted(edges[a])]
    return "\n".join(["digraph projects {", "  rankdir=LR;", *lines, "}"])


def _nodes(edges: Edges) -> list[NormalizedName]:
    return sorted({*edges, *(need for needs in edges.values() for need in needs)})
