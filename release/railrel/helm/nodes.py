"""The nodes of YAML as Helm sees them: pairs with what is merged into them, items, texts. Pure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from railrel.helm.scalars import printed
from railrel.values import dataclass

if TYPE_CHECKING:
    import yaml


@dataclass(frozen=True, slots=True)
class Pair:
    """A key of a mapping and its value."""

    key: "yaml.ScalarNode"
    value: "yaml.Node"
    is_merged: bool = False
    """It comes from another mapping, by `<<`."""
    in_brackets: bool = False
    """Its mapping is written in braces."""

    @property
    def name(self) -> str:
        return str(self.key.value)

    @property
    def is_alias(self) -> bool:
        """Whether the value is written elsewhere, and only named here."""
        return bool(self.value.start_mark.index < self.key.end_mark.index)


def is_mapping(node: "yaml.Node") -> bool:
    """Whether it has keys."""
    import yaml

    return isinstance(node, yaml.MappingNode)


def pairs(node: object) -> "Iterator[Pair]":
    """Keys and values of a mapping; those that are merged into it come first, so that others win."""
    yield from _pairs(node, frozenset())


def _pairs(node: object, around: frozenset[int]) -> Iterator[Pair]:
    import yaml

    if not isinstance(node, yaml.MappingNode) or id(node) in around:
        return
    inside = around | {id(node)}
    own: list[Pair] = []
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            continue
        if key.value == "<<" and not key.style:
            merged = value.value if isinstance(value, yaml.SequenceNode) else [value]
            for one in reversed(merged):
                for pair in _pairs(one, inside):
                    yield Pair(pair.key, pair.value, is_merged=True)
        else:
            own.append(Pair(key, value, in_brackets=bool(node.flow_style)))
    yield from own


def last_of(node: object, key: str) -> Pair | None:
    """The pair of a key; of several the one that counts."""
    found = None
    for pair in pairs(node):
        found = pair if pair.name == key else found
    return found


def items(node: object) -> "tuple[yaml.Node, ...]":
    """The items of a sequence; of anything else none."""
    import yaml

    return tuple(node.value) if isinstance(node, yaml.SequenceNode) else ()


def text_of(node: object, key: str) -> str:
    """A scalar in a mapping as Helm prints it; empty where there is none."""
    found = last_of(node, key)
    return (printed(found.value) or "") if found else ""
