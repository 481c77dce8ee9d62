"""What may begin when, and what a failure stops."""

from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import NormalizedName, canonicalize_name

from railrel.workspace.graph import cycles
from railrel.workspace.waves import beneath, part, waves


def graph(**edges: str) -> dict[NormalizedName, set[NormalizedName]]:
    return {
        canonicalize_name(name): {canonicalize_name(n) for n in needs.split()}
        for name, needs in edges.items()
    }


def name(text: str) -> NormalizedName:
    return canonicalize_name(text)


def test_each_begins_when_all_that_it_needs_is_done() -> None:
    run = waves(graph(a="", b="a", c="b", d=""), graph(c="", b="", a="", d=""))
    assert run.ready == ("a", "d")

    run = run.began(name("a")).began(name("d"))
    assert run.ready == ()

    # d still runs: nobody waits for a wave to end.
    run = run.ended(name("a"), well=True)
    assert run.ready == ("b",)
    run = run.began(name("b")).ended(name("b"), well=True)
    assert run.ready == ("c",)


def test_a_failure_stops_what_needs_it_through_others_and_nothing_else() -> None:
    run = waves(graph(a="", b="a", c="b", d=""), graph(a="", b="", c="", d=""))

    run = run.began(name("a")).ended(name("a"), well=False)

    assert run.ready == ("d",)
    run = run.began(name("d")).ended(name("d"), well=True)
    assert (run.ready, run.waiting) == ((), ("b", "c"))
    assert run.stopped_by(name("c")) == ("a",)


def test_who_is_no_part_of_the_run_is_not_waited_for_but_leads_to_those_who_are() -> None:
    run = waves(graph(a="", b="a", c="b"), graph(c="", a=""))

    assert run.ready == ("a",)
    assert run.needs[name("c")] == {"a"}


def test_a_part_of_a_graph_holds_all_that_is_needed_in_it() -> None:
    edges = graph(app="web core", web="core", core="", other="app")

    assert part(edges, [name("web")]) == {"core": frozenset(), "web": {"core"}}
    assert beneath(edges, name("other")) == {"app", "web", "core"}


node = st.sampled_from([name(c) for c in "abcdefgh"])
graphs = st.dictionaries(node, st.sets(node, max_size=3), max_size=8).filter(
    lambda g: not cycles(g)
)


@given(graphs, st.sets(node))
def test_whatever_comes_first_to_its_end_all_are_reached_or_stopped(
    edges: dict[NormalizedName, set[NormalizedName]],
    failing: set[NormalizedName],
) -> None:
    run = waves(edges, edges)
    while run.ready or run.running:
        for ready in run.ready:
            assert run.needs[ready] <= run.done
            run = run.began(ready)
        one = max(run.running)
        run = run.ended(one, well=one not in failing)

    assert set(run.waiting) == {n for n in edges if beneath(edges, n) & set(edges) & run.failed}
    assert run.done | run.failed | set(run.waiting) == set(edges)
