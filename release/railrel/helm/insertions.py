"""Where in a values file something new goes, and with which indentation."""

from typing import TYPE_CHECKING

from railrel.edits import Edit
from railrel.helm.nodes import Pair
from railrel.helm.table import SecretSetting
from railrel.helm.tree import Tree, flow_item, flow_of, items_of, lines_of, written_key
from railrel.helm.values_file import ValuesFile
from railrel.sources import Span

if TYPE_CHECKING:
    import yaml


def appended(file: ValuesFile, tree: Tree) -> Edit:
    """Behind all that is there, in a file without any value."""
    end = len(file.data)
    gap = file.newline if file.data and not file.data.endswith(b"\n") else ""
    return Edit(end, end, gap + _block(file, tree, ""))


def into_mapping(file: ValuesFile, node: object, tree: Tree) -> Edit:
    """Behind the last pair of a mapping that has some."""
    import yaml

    if not isinstance(node, yaml.MappingNode):
        raise TypeError("only a mapping has pairs")
    if node.flow_style:
        return _into_brackets(file, node, ", ".join(_flow_pairs(tree)))
    return _below(file, node, _block(file, tree, " " * node.value[0][0].start_mark.column))


def into_sequence(file: ValuesFile, node: "yaml.Node", wanted: tuple[SecretSetting, ...]) -> Edit:
    """Behind the last item of a list that has some."""
    import yaml

    if not isinstance(node, yaml.SequenceNode):
        raise TypeError("only a list has items")
    if node.flow_style:
        return _into_brackets(file, node, ", ".join(map(flow_item, wanted)))
    return _below(file, node, _block(file, wanted, " " * node.start_mark.column))


def instead_of_nothing(
    file: ValuesFile, pair: Pair, wanted: "Tree | tuple[SecretSetting, ...]"
) -> list[Edit]:
    """In the place of `{}`, `[]`, null or nothing."""
    span = file.span(pair.value)
    if b"#" in file.data[span.start : span.end]:
        # A comment within the brackets stays there.
        inner = flow_of(wanted)[1:-1]
        opened = span.start + 1
        return [Edit(opened, opened, inner)]
    start = file.byte(pair.key.start_mark.index)
    line = file.data.rfind(b"\n", 0, start) + 1
    before = file.raw(Span(line, start)).removeprefix("\ufeff")
    if pair.in_brackets or before.strip(" "):
        # Within brackets, or behind a dash: only the same line is safe.
        gap = " " if file.data[span.start - 1 : span.start] == b":" else ""
        return [Edit(span.start, span.end, gap + flow_of(wanted))]
    colon = file.data.find(b":", file.byte(pair.key.end_mark.index)) + 1
    lines = _block(file, wanted, before + _step(file))
    if span.end == span.start:
        return [_next_line(file, max(span.end, colon), lines)]
    if "\n" in file.raw(Span(colon, span.start)):
        return _instead_of_line(file, span, lines)
    return [Edit(colon, span.end, ""), _next_line(file, span.end, lines)]


def _instead_of_line(file: ValuesFile, span: Span, lines: str) -> list[Edit]:
    """Where an empty value has a line of its own, behind comments that stay."""
    start = file.data.rfind(b"\n", 0, span.start) + 1
    end = file.data.find(b"\n", span.end) + 1 or len(file.data)
    if file.data[start : span.start].strip() or file.data[span.end : end].strip():
        return [Edit(span.start, span.end, ""), _next_line(file, span.end, lines)]
    return [Edit(start, end, lines)]


def _below(file: ValuesFile, node: "yaml.CollectionNode", lines: str) -> Edit:
    return _next_line(file, file.byte(_end(node)), lines)


def _next_line(file: ValuesFile, after: int, lines: str) -> Edit:
    """Lines behind the one in which `after` is the end of something."""
    if file.data[after - 1 : after] == b"\n":
        return Edit(after, after, lines)
    end = file.data.find(b"\n", after) + 1
    if end:
        return Edit(end, end, lines)
    return Edit(len(file.data), len(file.data), file.newline + lines)


def _end(node: "yaml.Node") -> int:
    """Where the last thing in a block ends; a block itself ends where the next thing begins."""
    import yaml

    end = node.end_mark.index
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        key, value = last if isinstance(last, tuple) else (None, last)
        after = key.end_mark.index if key is not None else node.start_mark.index
        if value.start_mark.index < after:
            # Only named here, by an alias, and written elsewhere.
            return int(after)
        node, end = value, value.end_mark.index
    return int(end)


def _into_brackets(file: ValuesFile, node: "yaml.CollectionNode", text: str) -> Edit:
    if not node.value:
        start = file.byte(node.start_mark.index)
        opened = start + file.raw(file.span(node)).index("{") + 1
        return Edit(opened, opened, text)
    last = node.value[-1]
    value = last[1] if isinstance(last, tuple) else last
    end = file.byte(value.end_mark.index)
    return Edit(end, end, f", {text}")


def _flow_pairs(tree: Tree) -> list[str]:
    return [f"{written_key(key)}: {flow_of(value)}" for key, value in tree.items()]


def _block(file: ValuesFile, wanted: "Tree | tuple[SecretSetting, ...]", indent: str) -> str:
    step = _step(file)
    lines = (
        items_of(wanted, indent, step)
        if isinstance(wanted, tuple)
        else lines_of(wanted, indent, step)
    )
    return "".join(line + file.newline for line in lines)


def _step(file: ValuesFile) -> str:
    """How far the file indents: as the first mapping in a mapping does."""
    import yaml

    for _, value in file.root.value if file.root is not None else ():
        if isinstance(value, yaml.MappingNode) and not value.flow_style and value.value:
            column = value.value[0][0].start_mark.column
            if 0 < column <= 8:
                return " " * int(column)
    return "  "
