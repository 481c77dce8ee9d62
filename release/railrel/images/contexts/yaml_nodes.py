"""YAML by its nodes: where they stand in the bytes, and files with some of them taken out."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from railrel.edits import Edit, without_comma
from railrel.images.layout import line_start
from railrel.sources import BOM, Source, Span

if TYPE_CHECKING:
    import yaml

Plain: TypeAlias = "str | tuple[Plain, ...] | tuple[tuple[Plain, Plain], ...]"


@lru_cache(maxsize=8)
def root(source: Source) -> "yaml.Node | None":
    """The file's one document; None if it is none, or not one."""
    import yaml

    try:
        text = source.data.removeprefix(BOM).decode("utf-8")
        return yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        return None


def span(source: Source, node: "yaml.Node") -> Span:
    """The bytes of a scalar or of something in brackets."""
    return Span(_byte(source, node.start_mark.index), _byte(source, node.end_mark.index))


def _byte(source: Source, character: int) -> int:
    text = source.data.removeprefix(BOM).decode("utf-8")
    return len(source.data) - len(source.data.removeprefix(BOM)) + len(text[:character].encode())


def pairs(node: object) -> "Iterator[tuple[yaml.ScalarNode, yaml.Node]]":
    """Keys and values of a mapping, those that are merged into it too."""
    import yaml

    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            continue
        if key.value == "<<":
            merged = value.value if isinstance(value, yaml.SequenceNode) else [value]
            for one in merged:
                yield from pairs(one)
        else:
            yield key, value


def value_of(node: object, key: str) -> "tuple[yaml.ScalarNode, yaml.Node] | None":
    """A key and its value."""
    return next((pair for pair in pairs(node) if pair[0].value == key), None)


def text_of(node: object, key: str) -> str:
    """A value that is a scalar; empty if there is none."""
    import yaml

    found = value_of(node, key)
    return str(found[1].value) if found and isinstance(found[1], yaml.ScalarNode) else ""


def all_mappings(node: object) -> "Iterator[yaml.MappingNode]":
    """Every mapping of a document, each once."""
    import yaml

    waiting = [node]
    known: set[int] = set()
    while waiting:
        one = waiting.pop()
        if id(one) in known or not isinstance(one, yaml.CollectionNode):
            continue
        known.add(id(one))
        if isinstance(one, yaml.MappingNode):
            yield one
            waiting += [value for _, value in reversed(one.value)]
        else:
            waiting += reversed(one.value)


def without(source: Source, place: Span) -> Edit:
    """Take out a pair or an item; with its line if nothing but a comment is on it.

    A comment behind it stays, on a line of its own: it is the user's.
    """
    data = source.data
    start = line_start(source, place.start)
    start += len(BOM) if start == 0 and data.startswith(BOM) else 0
    before = data[start : place.start]
    behind = re.compile(rb"[ \t]*(?P<comment>#[^\r\n]*)?(?P<end>\r?\n|\Z)").match(data, place.end)
    if before.strip() not in (b"", b"-") or behind is None:
        return without_comma(data, place)
    if behind["comment"] is not None:
        indent = start + len(before) - len(before.lstrip())
        return Edit(indent, behind.start("comment"), "")
    return Edit(start, behind.end(), "")


def same_but(source: Source, after: Source, gone: "list[yaml.Node]") -> bool:
    """Whether a file says what another says, but for these nodes."""
    before, now = root(source), root(after)
    if before is None or now is None:
        return False
    try:
        return _plain(before, {id(node) for node in gone}) == _plain(now, set())
    except RecursionError:
        return False


def _plain(node: "yaml.Node", gone: set[int]) -> object:
    import yaml

    if isinstance(node, yaml.MappingNode):
        return [
            (_plain(key, gone), _plain(value, gone))
            for key, value in node.value
            if id(value) not in gone and id(key) not in gone
        ]
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, gone) for item in node.value if id(item) not in gone]
    return (node.tag, node.value)
