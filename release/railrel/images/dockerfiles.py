"""A Dockerfile: its instructions, and where in its bytes each of their parts stands.

Read as BuildKit reads it: https://github.com/moby/buildkit/blob/master/frontend/dockerfile/parser/parser.go.
The grammar for tree-sitter knows no `# escape=`, and takes CRLF and some comments for errors.
"""

import csv
from collections.abc import Iterator, Mapping
from functools import cached_property

from railrel.images.logical_lines import LogicalLine, logical_lines
from railrel.images.parts import json_array, split
from railrel.images.pieces import Piece, Word
from railrel.sources import Source, Span
from railrel.values import dataclass


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction."""

    keyword: str
    """In capitals; behind ONBUILD the one that it keeps for later."""
    whole: Span
    """From its keyword to the end of its last line, without the line ending."""
    flags: tuple[Word, ...]
    rest: Piece
    """What stands behind the flags; of the first heredoc only the mark."""
    heredocs: tuple[Span, ...]
    """Their lines, without the one that ends them."""
    stage: int
    """Number of the stage; -1 before the first."""
    onbuild: bool

    @property
    def words(self) -> tuple[Word, ...]:
        """The arguments, as a list in brackets or with blanks between them."""
        array = self.array
        if array is not None:
            return tuple(Word(text, self.rest.span) for text in array)
        return tuple(Word(piece.text, piece.span) for piece in self.rest.words())

    @property
    def array(self) -> tuple[str, ...] | None:
        """The strings of the JSON form; None in any other form."""
        return json_array(self.keyword, self.rest.text)

    def flag(self, name: str) -> Word | None:
        """The value of a flag such as `from`, with the place of the whole flag."""
        for flag in self.flags:
            key, equals, value = flag.text.removeprefix("--").partition("=")
            if key.lower() == name and equals:
                return Word(value, flag.span)
        return None

    @property
    def mounts(self) -> "tuple[Mount, ...]":
        """What `--mount` puts into the file system of a RUN."""
        found = (f for f in self.flags if f.text.lower().startswith("--mount="))
        return tuple(Mount(flag, _options(flag.text.partition("=")[2])) for flag in found)


@dataclass(frozen=True, slots=True)
class Mount:
    """One `--mount=type=bind,from=NAME,target=/x`."""

    flag: Word
    options: Mapping[str, str]

    @property
    def kind(self) -> str:
        """`bind` if nothing else is said."""
        return self.options.get("type", "bind").lower()

    @property
    def source(self) -> str:
        """The path in what it is taken from; empty for all of it."""
        return self.options.get("source") or self.options.get("src") or ""

    @property
    def target(self) -> str:
        """Where it is to be seen."""
        names = ("target", "dst", "destination")
        return next((self.options[name] for name in names if self.options.get(name)), "")


@dataclass(frozen=True, slots=True)
class Stage:
    """What begins with a FROM."""

    number: int
    name: str
    """In small letters; empty if it has none."""
    image: str
    """What it starts from, as it is written."""
    instruction: Instruction


@dataclass(frozen=True)
class Dockerfile(Source):
    """One Dockerfile as it was read."""

    @cached_property
    def instructions(self) -> tuple[Instruction, ...]:
        """All of them, in their order."""
        return tuple(_numbered(logical_lines(self).lines))

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stages, in their order."""
        return tuple(_stage(i) for i in self.instructions if i.keyword == "FROM" and not i.onbuild)

    @property
    def escape(self) -> str:
        """What continues a line."""
        return logical_lines(self).escape

    @property
    def comments(self) -> tuple[Span, ...]:
        """Lines that are a comment, from their `#` on; those inside an instruction too."""
        return logical_lines(self).comments

    def stage(self, reference: str) -> Stage | None:
        """The stage of a name or a number."""
        if reference.isascii() and reference.isdigit() and int(reference) < len(self.stages):
            return self.stages[int(reference)]
        named = (s for s in self.stages if s.name and s.name == reference.lower())
        return next(named, None)

    def parent(self, stage: Stage) -> Stage | None:
        """The stage that another one starts from; None if that is an image."""
        earlier = (s for s in self.stages[: stage.number] if s.name)
        return next((s for s in earlier if s.name == stage.image.lower()), None)


def _numbered(lines: tuple[LogicalLine, ...]) -> Iterator[Instruction]:
    stage = -1
    for line in lines:
        instruction = _instruction(line, stage)
        if instruction.keyword == "FROM" and not instruction.onbuild:
            stage += 1
            instruction = _instruction(line, stage)
        yield instruction


def _instruction(line: LogicalLine, stage: int) -> Instruction:
    keyword, flags, rest = split(line.text)
    onbuild = keyword == "ONBUILD"
    if onbuild:
        keyword, inner, rest = split(rest)
        flags = (*flags, *inner)
    return Instruction(keyword, line.whole, flags, rest, line.heredocs, stage, onbuild)


def _stage(instruction: Instruction) -> Stage:
    words = [word.text for word in instruction.words]
    named = len(words) == 3 and words[1].lower() == "as"
    return Stage(
        instruction.stage,
        words[2].lower() if named else "",
        words[0] if words else "",
        instruction,
    )


def _options(written: str) -> dict[str, str]:
    try:
        fields = next(csv.reader([written], strict=True), [])
    except csv.Error:
        return {}
    pairs = (field.partition("=") for field in fields)
    return {key.strip().lower(): value for key, _, value in pairs}
