"""Whether two values files say the same but for what was wanted: the proof of a patch."""

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, TypeAlias

from railrel.helm.nodes import Pair, is_mapping, items, pairs
from railrel.helm.scalars import kind_of, printed
from railrel.helm.tree import Tree
from railrel.helm.values_file import ValuesFile
from railrel.values import dataclass

if TYPE_CHECKING:
    import yaml

_Meaning: TypeAlias = "tuple[object, ...]"


def differs_elsewhere(before: ValuesFile, after: ValuesFile, tree: Tree) -> bool:
    """Whether anything but the tree's keys is another, gone or new. RecursionError if too deep."""
    return not _Comparison().is_same(before.root, after.root, tree)


@dataclass
class _Comparison:
    """Meanings are numbered, so that what aliases multiply is looked at once."""

    numbers: dict[_Meaning, int] = field(default_factory=dict)
    known: dict[int, int] = field(default_factory=dict)

    def is_same(self, before: "yaml.Node | None", after: "yaml.Node | None", tree: Tree) -> bool:
        old, new = _by_name(before), _by_name(after)
        wanted = {key.lower() for key in tree}
        if [key for key in new if key in old] != list(old):
            return False
        for key, pair in new.items():
            if key not in old:
                if key.lower() not in wanted:
                    return False
                continue
            below = next((one for name, one in tree.items() if name.lower() == key.lower()), None)
            if not self._fits(old[key], pair, below):
                return False
        return True

    def _fits(self, old: Pair, new: Pair, below: object) -> bool:
        if self._number(old.value) == self._number(new.value):
            return True
        match below:
            case None:
                return False
            case dict():
                nothing = is_mapping(old.value) or kind_of(old.value) == "null"
                return nothing and self.is_same(old.value, new.value, below)
            case tuple():
                many = [self._number(item) for item in items(old.value)]
                return many == [self._number(item) for item in items(new.value)][: len(many)]
            case leaf:
                value = getattr(leaf, "value", None)
                return isinstance(value, str) and printed(new.value) == value

    def _number(self, node: "yaml.Node") -> int:
        """The same for all that mean the same."""
        if id(node) in self.known:
            return self.known[id(node)]
        # One that is within itself means no more than that.
        self.known[id(node)] = -1
        if is_mapping(node):
            meaning: _Meaning = (
                "mapping",
                *((self._number(key), self._number(value)) for key, value in node.value),
            )
        elif kind_of(node) is None:
            meaning = ("list", *(self._number(item) for item in items(node)))
        else:
            meaning = ("scalar", str(node.tag), str(node.value), kind_of(node))
        number = self.numbers.setdefault(meaning, len(self.numbers))
        self.known[id(node)] = number
        return number


def _by_name(node: "yaml.Node | None") -> Mapping[str, Pair]:
    return {pair.name: pair for pair in pairs(node)} if node is not None else {}
