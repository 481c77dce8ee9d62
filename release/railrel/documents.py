"""A TOML file: its values, and where in its bytes each one stands.

Values come from `tomli`, which is `tomllib` compiled, and positions from the tree-sitter grammar, so
nothing here knows how TOML is spelled beyond keys. Positions are byte offsets; people are told lines
and columns, from 1.
"""

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import tomli

from railrel.errors import ConfigError
from railrel.sources import BOM, Source, Span, read_bytes
from railrel.values import dataclass

if TYPE_CHECKING:
    import tree_sitter

KeyPath: TypeAlias = tuple[str | int, ...]
"""Keys and array indices from the top of the file, such as `("project", "dependencies", 0)`."""

Table: TypeAlias = dict[str, object]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one key or array element is written."""

    path: KeyPath
    kind: Literal["line", "inline", "element", "header"]
    """`line`: `key = value` of a table; `inline`: of an inline table; `header`: `[table]`."""
    whole: Span
    """Key and value; for an element the value; for a header the brackets."""
    value: Span
    """The value; for a header the same as `whole`."""


@dataclass(frozen=True)
class Document(Source):
    """One TOML file as it was read."""

    @cached_property
    def text(self) -> str:
        """The text without its byte order mark, line endings as they are."""
        try:
            return self.data.removeprefix(BOM).decode("utf-8")
        except UnicodeDecodeError as error:
            line = self.data.count(b"\n", 0, error.start) + 1
            column = error.start - (self.data.rfind(b"\n", 0, error.start) + 1) + 1
            raise ConfigError(
                f"{self.path.name} is not UTF-8",
                at=f"{self.path}:{line}:{column}",
                hint="save it as UTF-8; TOML allows nothing else",
                rule="unreadable-toml",
            ) from error

    @cached_property
    def values(self) -> Table:
        """The parsed file. ConfigError with line and column if it is not TOML."""
        try:
            return tomli.loads(self.text.replace("\r\n", "\n"))
        except tomli.TOMLDecodeError as error:
            raise _unreadable(self.path, self.text, str(error)) from error
        except RecursionError as error:
            raise ConfigError(
                f"{self.path.name} is nested too deeply to be read", at=str(self.path)
            ) from error

    def table(self, *keys: str) -> Table:
        """The table at these keys; an empty one where there is none."""
        found: object = self.values
        for key in keys:
            found = found.get(key) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def places(self) -> Iterator[Place]:
        """Every key, element and table header, in the order of the file."""
        return self.below(())

    @cached_property
    def _sections(self) -> "tuple[_Section, ...]":
        offset = len(self.data) - len(self.data.removeprefix(BOM))
        import tree_sitter

        # One of its own: a parser serves one thread at a time.
        root = tree_sitter.Parser(_language()).parse(self.data[offset:]).root_node
        if root.has_error:
            raise ConfigError(
                f"{self.path.name} uses TOML that railrel cannot locate values in",
                at=str(self.path),
                hint="write it in TOML 1.0",
            )
        return tuple(_sections_of(root, offset))

    def place(self, path: KeyPath) -> Place | None:
        """Where this value is written; None when it is nowhere by itself, as with dotted keys."""
        # A table can have a header and be mentioned again; the first mention is where it begins.
        return next((place for place in self.below(path) if place.path == path), None)

    def below(self, path: KeyPath) -> Iterator[Place]:
        """Places of this path and of all that is in it."""
        # Most files are large beside what is asked of them, so only what can matter is walked.
        for section in self._sections:
            length = min(len(path), len(section.path))
            if path[:length] == section.path[:length]:
                for place in self._walked(section):
                    if place.path[: len(path)] == path:
                        yield place

    def _walked(self, section: "_Section") -> "tuple[Place, ...]":
        try:
            return section.places
        except RecursionError as error:
            raise ConfigError(
                f"{self.path.name} is nested too deeply to be read",
                at=str(self.path),
                hint="no package needs keys of a thousand parts",
            ) from error

    def at(self, where: Span | KeyPath) -> str:
        """`file:line:column` of a span or a path; of the nearest enclosing place if need be."""
        if isinstance(where, Span):
            return super().at(where)
        for length in range(len(where), 0, -1):
            inside = next(self.below(where[:length]), None)
            if inside:
                return self.at(inside.whole)
        return str(self.path)


def read(path: Path) -> Document:
    """Read a TOML file. ConfigError if it cannot be read."""
    return Document(path, read_bytes(path))


def _unreadable(path: Path, text: str, message: str) -> ConfigError:
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    end = text.count("\n") + 1
    where = f"{found[1]}:{found[2]}" if found else f"{end}:1"
    sentence = re.sub(r" \(at .*\)$", "", message)
    return ConfigError(
        f"{path.name} is not valid TOML: {sentence[:1].lower()}{sentence[1:]}",
        at=f"{path}:{where}",
        hint="mend that line; everything else is left as it is",
        rule="unreadable-toml",
    )


@lru_cache(maxsize=1)
def _language() -> "tree_sitter.Language":
    import tree_sitter
    import tree_sitter_toml

    return tree_sitter.Language(tree_sitter_toml.language())


@dataclass(frozen=True)
class _Section:
    """A table with its header, or the pairs before the first header."""

    path: KeyPath
    node: "tree_sitter.Node"
    header: Span | None
    offset: int
    """Of the text in the file: a byte order mark comes before it."""

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """All that is in it, in order. RecursionError when it is nested too deeply."""
        return tuple(self._places())

    def _places(self) -> Iterator[Place]:
        if self.header:
            yield Place(self.path, "header", self.header, self.header)
        for child in self.node.children:
            if child.type == "pair":
                yield from self._pair(self.path, child, "line")

    def _pair(
        self, base: KeyPath, node: "tree_sitter.Node", kind: Literal["line", "inline"]
    ) -> Iterator[Place]:
        # A comment on the line is a child of the pair, behind the value: it is not part of it.
        parts = [child for child in node.children if child.type != "comment"]
        path = (*base, *_keys(parts[0]))
        value = self._span(parts[-1].start_byte, parts[-1].end_byte)
        yield Place(path, kind, self._span(node.start_byte, parts[-1].end_byte), value)
        yield from self._inside(path, parts[-1])

    def _inside(self, path: KeyPath, node: "tree_sitter.Node") -> Iterator[Place]:
        if node.type == "inline_table":
            for child in node.children:
                if child.type == "pair":
                    yield from self._pair(path, child, "inline")
        elif node.type == "array":
            elements = (c for c in node.children if c.is_named and c.type != "comment")
            for index, child in enumerate(elements):
                span = self._span(child.start_byte, child.end_byte)
                yield Place((*path, index), "element", span, span)
                yield from self._inside((*path, index), child)

    def _span(self, start: int, end: int) -> Span:
        return Span(start + self.offset, end + self.offset)


def _sections_of(root: "tree_sitter.Node", offset: int) -> Iterator[_Section]:
    """The tables of a file. Headers of array tables repeat, and are counted."""
    yield _Section((), root, None, offset)
    counted: dict[KeyPath, int] = {}
    for node in root.children:
        if node.type in ("table", "table_array_element"):
            keys = _keys(node.children[1])
            path = _resolved(keys, counted, repeats=node.type == "table_array_element")
            header = Span(node.start_byte + offset, node.children[2].end_byte + offset)
            yield _Section(path, node, header, offset)


def _resolved(keys: tuple[str, ...], counted: dict[KeyPath, int], *, repeats: bool) -> KeyPath:
    path: KeyPath = ()
    for key in keys:
        path = (*path, key)
        if path in counted and not (repeats and key is keys[-1]):
            path = (*path, counted[path])
    if repeats:
        index = counted[path] = counted.get(path, -1) + 1
        path = (*path, index)
    return path


def _keys(node: "tree_sitter.Node") -> tuple[str, ...]:
    if node.type == "dotted_key":
        return tuple(key for child in node.children if child.is_named for key in _keys(child))
    raw = (node.text or b"").decode("utf-8")
    if node.type == "quoted_key":
        return (str(tomli.loads(f"key = {raw}")["key"]),)
    return (raw,)
