"""`additional_contexts` in compose files.

https://docs.docker.com/reference/compose-file/build/#additional_contexts
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from railrel.dependencies.reported import mentions
from railrel.edits import Edit, apply
from railrel.errors import Problem
from railrel.images.contexts.protocol import Build, Removal, Use, outer
from railrel.images.contexts.yaml_nodes import pairs, root, same_but, span, text_of, value_of
from railrel.images.contexts.yaml_nodes import without as out
from railrel.sources import Source, Span
from railrel.values import dataclass

if TYPE_CHECKING:
    import yaml

FILES = tuple(glob for glob in mentions.COMPOSE if not glob.startswith("docker-bake"))
SECRET = "secrets: [netrc] below build, and secrets: {netrc: {file: ~/.netrc}} at the top"  # noqa: S105 -- a hint

_KEY = "additional_contexts"


@dataclass(frozen=True)
class _Entry:
    name: str
    value: str
    node: "yaml.Node"
    """The key of a mapping, the item of a list."""
    last: "yaml.Node"


@dataclass(frozen=True)
class _Block:
    build: "yaml.Node"
    key: "yaml.Node"
    node: "yaml.CollectionNode"
    entries: tuple[_Entry, ...]


def find(source: Source) -> Iterator[Use | Problem]:
    """Every context of every service."""
    if root(source) is None:
        if _KEY.encode() in source.data:
            yield _odd(source, Span(source.data.find(_KEY.encode()), len(source.data)))
        return
    yield from _outer(source)
    for block in _blocks(source):
        context = text_of(block.build, "context") or "."
        named = text_of(block.build, "dockerfile").removeprefix("./")
        builds = Build(context, named, span(source, block.key).start)
        for entry in block.entries:
            yield Use(entry.name, entry.value, span(source, entry.node), builds)


def without(source: Source, uses: tuple[Use, ...]) -> Removal:
    """The file without these contexts, and without lists of them that have become empty."""
    spans = {use.span for use in uses}
    edits: list[Edit] = []
    gone: list[yaml.Node] = []
    for block in _blocks(source):
        mine = [entry for entry in block.entries if span(source, entry.node) in spans]
        if not mine:
            continue
        if len(mine) < len(block.entries):
            edits += [out(source, _whole(source, entry)) for entry in mine]
            gone += [entry.node for entry in mine]
            continue
        gone.append(block.key)
        if block.node.flow_style:
            end = span(source, block.node).end
            edits.append(out(source, Span(span(source, block.key).start, end)))
            continue
        # Lines between them may hold comments, which stay.
        head = span(source, block.key)
        colon = source.data.index(b":", head.end) + 1
        edits.append(out(source, Span(head.start, colon)))
        edits += [out(source, _whole(source, entry)) for entry in mine]
    try:
        proven = same_but(source, apply(source, edits), gone)
    except RuntimeError:
        proven = False
    if not proven:
        return Removal((), tuple(_odd(source, use.span) for use in uses))
    return Removal(tuple(edits))


def _blocks(source: Source) -> Iterator[_Block]:
    import yaml

    services = value_of(root(source), "services")
    known: set[int] = set()
    for _, service in pairs(services[1]) if services else ():
        build = value_of(service, "build")
        found = value_of(build[1], _KEY) if build else None
        if build is None or found is None or id(found[1]) in known:
            continue
        key, node = found
        known.add(id(node))
        if isinstance(node, yaml.MappingNode):
            entries = tuple(
                _Entry(k.value, v.value, k, v)
                for k, v in node.value
                if isinstance(k, yaml.ScalarNode) and isinstance(v, yaml.ScalarNode)
            )
            yield _Block(build[1], key, node, entries)
        elif isinstance(node, yaml.SequenceNode):
            items = (i for i in node.value if isinstance(i, yaml.ScalarNode) and "=" in i.value)
            split = ((item, item.value.partition("=")) for item in items)
            entries = tuple(_Entry(name, value, i, i) for i, (name, _, value) in split)
            yield _Block(build[1], key, node, entries)


def _outer(source: Source) -> Iterator[Problem]:
    """Services that are built from a folder around the project."""
    import yaml

    services = value_of(root(source), "services")
    for _, service in pairs(services[1]) if services else ():
        build = value_of(service, "build")
        found = value_of(build[1], "context") if build else None
        context = (found or build or (None, None))[1]
        if isinstance(context, yaml.ScalarNode):
            around = outer(source, span(source, context), str(context.value))
            yield from [around] if around else []


def _whole(source: Source, entry: _Entry) -> Span:
    return Span(span(source, entry.node).start, span(source, entry.last).end)


def _odd(source: Source, place: Span) -> Problem:
    return Problem(
        "additional_contexts is written in a way that railrel cannot change",
        source.at(place),
        "take the neighbours' folders out of it yourself",
        "odd-build-context",
    )
