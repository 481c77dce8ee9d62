"""The commands in the shell text of a RUN, and what each of their words says."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from railrel.values import dataclass

if TYPE_CHECKING:
    import tree_sitter

_EXPANDS = re.compile(r"(?<!\\)[*?~]|(?<!\\)\{.*,")


@dataclass(frozen=True, slots=True)
class ShellWord:
    """One word; positions are characters of the text."""

    text: str | None
    """What it says; None where only the running shell knows."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command."""

    start: int
    """Of the assignments before it, if there are any."""
    end: int
    words: tuple[ShellWord, ...]
    """Its name and arguments."""
    assigned: tuple[str, ...]
    """The variables that it alone is given."""
    in_a_row: bool
    """Whether another command could stand before it, with `&&` between them, and mean the same."""

    @property
    def name(self) -> str:
        """Without its folder."""
        return (self.words[0].text or "").rpartition("/")[2] if self.words else ""


@lru_cache(maxsize=64)
def commands(text: str) -> tuple[Command, ...] | None:
    """All commands of a text that has one character a byte; None if it is not understood."""
    root = _parser().parse(text.encode("latin-1")).root_node
    if root.has_error:
        return None
    return tuple(_commands(root))


@lru_cache(maxsize=1)
def _parser() -> "tree_sitter.Parser":
    import tree_sitter
    import tree_sitter_bash

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


def _commands(root: "tree_sitter.Node") -> Iterator[Command]:
    # With a list of what is to be done, for shell text can be nested more deeply than Python calls.
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type == "command":
            yield _command(node)
        waiting += reversed(node.children)


def _command(node: "tree_sitter.Node") -> Command:
    words: list[ShellWord] = []
    assigned: list[str] = []
    for child in node.children:
        if child.type == "variable_assignment":
            assigned.append(_octets(child.children[0]))
        elif child.type == "command_name":
            words.append(_word(child.children[0] if child.children else child))
        elif child.type.endswith("redirect"):
            continue
        else:
            words.append(_word(child))
    return Command(node.start_byte, node.end_byte, tuple(words), tuple(assigned), _in_a_row(node))


def _in_a_row(node: "tree_sitter.Node") -> bool:
    """Not behind `||`, in a pipe, behind `!` or in a substitution."""
    while node.parent is not None:
        parent = node.parent
        if parent.type in ("pipeline", "negated_command", "command_substitution"):
            return False
        if parent.type == "list":
            operators = [c.type for c in parent.children if c.end_byte <= node.start_byte]
            if "||" in operators:
                return False
        if parent.type in ("subshell", "compound_statement", "program"):
            return True
        node = parent
    return True


def _word(node: "tree_sitter.Node") -> ShellWord:
    return ShellWord(_said(node), node.start_byte, node.end_byte)


def _said(node: "tree_sitter.Node") -> str | None:
    raw = _octets(node)
    match node.type:
        case "word" | "number" | "[" | "]":
            return None if _EXPANDS.search(raw) else re.sub(r"\\(.)", r"\1", raw, flags=re.DOTALL)
        case "raw_string":
            return raw[1:-1]
        case "string":
            plain = all(c.type in ('"', "string_content") for c in node.children)
            return re.sub(r'\\(["$`\\])', r"\1", raw[1:-1]) if plain else None
        case "concatenation":
            parts = [_said(child) for child in node.children]
            known = [part for part in parts if part is not None]
            return "".join(known) if len(known) == len(parts) else None
        case _:
            return None


def _octets(node: "tree_sitter.Node") -> str:
    return (node.text or b"").decode("latin-1")
