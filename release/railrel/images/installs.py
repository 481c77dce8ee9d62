"""A `pip install` or `uv pip install`: its options and what it installs."""

import re
from collections.abc import Iterator
from typing import Literal, TypeAlias

from railrel.images.install_options import FLAGS, VALUED
from railrel.images.shell import Command, ShellWord
from railrel.values import dataclass

Tool: TypeAlias = Literal["pip", "uv"]

_PIP = re.compile(r"pip(?:3(?:\.\d+)?)?")
_PYTHON = re.compile(r"python(?:3(?:\.\d+)?)?")


@dataclass(frozen=True, slots=True)
class Argument:
    """An option with its value, or a thing to install. Positions are characters of the text."""

    option: str
    """Its name; empty if it is a thing to install."""
    value: str | None
    """What is given to it, or the thing; None where only the running shell knows, or is none."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Install:
    """One command that installs."""

    command: Command
    tool: Tool
    arguments: tuple[Argument, ...]
    """All of them, those before `install` too."""
    head: int
    """The character behind the word `install`."""
    unknown: Argument | None
    """An option that is not known, so that what follows it cannot be told."""

    def has(self, options: frozenset[str]) -> str:
        """The first of these options that is given; empty if none is."""
        return next((a.option for a in self.arguments if a.option in options), "")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of pip or of uv pip, whatever it is to do."""

    tool: Tool
    verb: Argument
    arguments: tuple[Argument, ...]
    """All but the verb."""


def call(command: Command) -> Call | None:
    """Read a command; None if it is another."""
    tool, begin = _tool(command.words)
    if tool is None:
        return None
    arguments = tuple(_arguments(command.words[begin:]))
    verb = next((a for a in arguments if not a.option), None)
    if verb is None:
        return None
    return Call(tool, verb, tuple(a for a in arguments if a is not verb))


def install(command: Command) -> Install | None:
    """Read a command; None if it is no install."""
    found = call(command)
    if found is None or found.verb.value != "install":
        return None
    known = FLAGS | VALUED | {"", "--"}
    unknown = next((a for a in found.arguments if a.option not in known), None)
    return Install(command, found.tool, found.arguments, found.verb.end, unknown)


def _tool(words: tuple[ShellWord, ...]) -> tuple[Tool | None, int]:
    """What installs, and the number of the word behind its name."""
    said = [word.text or "" for word in words]
    name = said[0].rpartition("/")[2] if said else ""
    if _PIP.fullmatch(name):
        return "pip", 1
    if _PYTHON.fullmatch(name) and "-m" in said:
        at = said.index("-m")
        options = all(re.fullmatch(r"-[A-Za-z]+", option) for option in said[1:at])
        return ("pip", at + 2) if options and said[at + 1 : at + 2] == ["pip"] else (None, 0)
    if name == "uv" and "pip" in said:
        at = said.index("pip")
        return ("uv", at + 1) if all(o in FLAGS for o in said[1:at]) else (None, 0)
    return None, 0


def _arguments(words: tuple[ShellWord, ...]) -> Iterator[Argument]:
    waiting = list(words)
    only_things = False
    while waiting:
        word = waiting.pop(0)
        text = word.text
        if text == "--" and not only_things:
            only_things = True
            yield Argument("--", None, word.start, word.end)
        elif only_things or text is None or not text.startswith("-") or text == "-":
            yield Argument("", text, word.start, word.end)
        elif text in VALUED and waiting:
            value = waiting.pop(0)
            yield Argument(text, value.text, word.start, value.end)
        else:
            yield _joined(text, word)


def _joined(text: str, word: ShellWord) -> Argument:
    """`--option=value`, `-rvalue` or a flag."""
    name, equals, value = text.partition("=")
    if not text.startswith("--") and text[:2] in VALUED:
        name, equals, value = text[:2], "=", text[2:].removeprefix("=")
    return Argument(name, value if equals else None, word.start, word.end)
