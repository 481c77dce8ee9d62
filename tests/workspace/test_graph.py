from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import NormalizedName, canonicalize_name

from railrel.workspace.graph import as_dot, as_mermaid, cycles, needed_first


def graph(**edges: str) -> dict[NormalizedName, set[NormalizedName]]:
    return {
        canonicalize_name(name): {canonicalize_name(n) for n in needs.split()}
        for name, needs in edges.items()
    }


def test_circles_are_named_in_full() -> None:
    found = cycles(graph(a="b x", b="c", c="a", x="", d="e", e="d", f="f"))

    assert sorted(found) == [("a", "b", "c", "a"), ("d", "e", "d"), ("f", "f")]


def test_what_is_needed_comes_first_and_only_what_is_wanted() -> None:
    edges = graph(app="web core", web="core", core="", other="app")

    assert needed_first(edges, graph(app="", core="", lone="")) == ("core", "app", "lone")


def test_the_graph_is_drawn_for_mermaid_and_graphviz() -> None:
    edges = graph(app="issue-core")

    assert as_mermaid(edges) == 'flowchart LR\n  p0["app"]\n  p1["issue-core"]\n  p0 --> p1'
    assert as_dot(edges) == (
        'digraph projects {\n  rankdir=LR;\n  "app";\n  "issue-core";\n  "app" -> "issue-core";\n}'
    )


node = st.sampled_from([canonicalize_name(c) for c in "abcdef"])
graphs = st.dictionaries(node, st.sets(node, max_size=4), max_size=6)


@given(graphs)
def test_a_circle_follows_edges_and_without_its_edges_none_is_left(
    edges: dict[NormalizedName, set[NormalizedName]],
) -> None:
    found = cycles(edges)

    left = {name: set(needs) for name, needs in edges.items()}
    for circle in found:
        assert circle[0] == circle[-1]
        for one, other in pairwise(circle):
            assert other in edges[one]
        left[circle[0]].discard(circle[1])
    assert cycles(left) == ()
