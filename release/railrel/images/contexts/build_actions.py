"""`build-contexts` of docker/build-push-action in workflows.

https://github.com/docker/build-push-action#inputs
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from railrel.dependencies.reported import mentions
from railrel.edits import Edit, apply
from railrel.errors import Problem
from railrel.images.contexts.protocol import Build, Removal, Use
from railrel.images.contexts.yaml_nodes import all_mappings, root, span, text_of, value_of
from railrel.images.contexts.yaml_nodes import without as out
from railrel.sources import Source, Span
from railrel.values import dataclass

if TYPE_CHECKING:
    import yaml

FILES = mentions.WORKFLOWS
SECRET = "secret-files: netrc=PATH"  # noqa: S105 -- a hint

_KEY = "build-contexts"
_PAIR = re.compile(rb"(?P<name>[\w./-]+)=(?P<value>[^\s,\"']+)")


@dataclass(frozen=True)
class _Input:
    inputs: "yaml.Node"
    whole: Span
    """Key and value."""
    pairs: tuple[re.Match[bytes], ...]
    lines: bool
    """Whether each stands on a line of its own."""


def find(source: Source) -> Iterator[Use | Problem]:
    """Every context of every step."""
    for one in _inputs(source):
        context = text_of(one.inputs, "context") or "."
        file = text_of(one.inputs, "file").removeprefix("./")
        for pair in one.pairs:
            yield Use(
                pair["name"].decode(),
                pair["value"].decode("utf-8", "replace"),
                Span(*pair.span()),
                Build("." if context.startswith("{{") else context, file, one.whole.start),
            )


def without(source: Source, uses: tuple[Use, ...]) -> Removal:
    """The steps without these contexts, and without the input if none is left."""
    spans = {use.span for use in uses}
    edits: list[Edit] = []
    odd: list[Problem] = []
    for one in _inputs(source):
        mine = [Span(*p.span()) for p in one.pairs if Span(*p.span()) in spans]
        if mine and len(mine) == len(one.pairs):
            edits.append(out(source, one.whole))
        elif mine and one.lines:
            edits += [out(source, place) for place in mine]
        else:
            odd += [_odd(source, place) for place in mine]
    if edits and root(apply(source, edits)) is None:
        return Removal((), tuple(_odd(source, use.span) for use in uses))
    return Removal(tuple(edits), tuple(odd))


def _inputs(source: Source) -> Iterator[_Input]:
    import yaml

    for step in all_mappings(root(source)):
        if not re.search(r"(?:^|/)docker/build-push-action(?:@|$)", text_of(step, "uses")):
            continue
        inputs = value_of(step, "with")
        found = value_of(inputs[1], _KEY) if inputs else None
        if inputs is None or found is None or not isinstance(found[1], yaml.ScalarNode):
            continue
        key, value = found
        place = span(source, value)
        text = source.data[place.start : place.end]
        end = place.start + len(text.rstrip())
        matches = tuple(_PAIR.finditer(source.data, place.start, end))
        yield _Input(
            inputs[1],
            Span(span(source, key).start, end),
            matches,
            text.startswith(b"|") and text.count(b"\n") >= len(matches),
        )


def _odd(source: Source, place: Span) -> Problem:
    return Problem(
        f"{_KEY} is written in a way that railrel cannot change",
        source.at(place),
        "take the neighbour's folder out of it yourself",
        "odd-build-context",
    )
