"""`--build-context NAME=PATH` in Makefiles, scripts and CI."""

import re
from collections.abc import Iterator

from railrel.dependencies.reported import mentions
from railrel.errors import Problem
from railrel.images.comments import BUILD_SECRET, WORD
from railrel.images.contexts.protocol import Build, Removal, Use, outer
from railrel.images.layout import line_start, without_words
from railrel.sources import Source, Span

FILES = mentions.COMMANDS
SECRET = BUILD_SECRET

_ANY = re.compile(r"--build-context(?![\w-])")
_OPTION = re.compile(
    rf"--build-context(?:=|[ \t]+)(?P<pair>(?P<name>[\w./-]+)={WORD})(?=[\s;|&)]|\Z)", re.ASCII
)
# The name in quotes too: "issue-core=../issue-core".
_QUOTED = re.compile(
    r"--build-context(?:=|[ \t]+)(?P<quote>[\"'])(?P<name>[\w./-]+)=(?P<value>[^\"'\n]*)(?P=quote)(?=[\s;|&)]|\Z)",
    re.ASCII,
)
_END = re.compile(r"&&|\|\||[;|)]|(?<!\\)\r?\n|(?<!\\)\Z")
_BUILD = re.compile(
    r"\b(?:docker|podman|nerdctl|buildah)(?:[ \t]+(?:buildx|image))?[ \t]+(?:build|bud)\b"
)
_FILE = re.compile(rf"\s(?:-f|--file)(?:=|\s+)(?P<value>{WORD})")


def find(source: Source) -> Iterator[Use | Problem]:
    """Every option, and every build of a folder around the project."""
    text = source.octets
    for command in _BUILD.finditer(text):
        end = _END.search(text, command.end())
        words = list(re.finditer(WORD, text[command.end() : end.start() if end else len(text)]))
        if words and not _is_comment(source, command.start()):
            last = Span(command.end() + words[-1].start(), command.end() + words[-1].end())
            around = outer(source, last, words[-1][0])
            yield from [around] if around else []
    for mark in _ANY.finditer(text):
        if _is_comment(source, mark.start()):
            continue
        found = _QUOTED.match(text, mark.start()) or _OPTION.match(text, mark.start())
        before = text[line_start(source, mark.start()) : mark.start()]
        if found is None or re.search(r"[\"'\[,]\Z|^\s*-\s\Z", before):
            yield _odd(source, Span(*mark.span()))
            continue
        value = found.groupdict().get("value") or found[0].partition("=")[2]
        if found.re is _OPTION:
            value = found["pair"].partition("=")[2]
        yield Use(found["name"], value.strip("\"'"), Span(*found.span()), _build(text, found))


def without(source: Source, uses: tuple[Use, ...]) -> Removal:
    """The commands without these options."""
    results = list(without_words(source, [use.span for use in uses], "\\"))
    odd = [_odd(source, result) for result in results if isinstance(result, Span)]
    return Removal(() if odd else tuple(r for r in results if not isinstance(r, Span)), tuple(odd))


def _is_comment(source: Source, offset: int) -> bool:
    return source.octets[line_start(source, offset) : offset].lstrip("\t @-").startswith("#")


def _build(text: str, found: re.Match[str]) -> Build:
    """The folder and the file that stand behind the option, or before it."""
    end = _END.search(text, found.end())
    line = text.rfind("\n", 0, found.start()) + 1
    commands = list(_BUILD.finditer(text, 0, found.start()))
    # One of the same command, not of a line above.
    mine = commands and not _END.search(text, commands[-1].end(), found.start())
    start = commands[-1].start() if mine else line
    command = re.sub(r"\\\r?\n", " ", text[start : end.start() if end else len(text)])
    file = _FILE.search(command)
    words = re.findall(WORD, command)
    context = words[-1].strip("\"'") if words else "."
    context = "." if context.startswith("$") and "/" not in context else context
    plain = context if context.startswith((".", "/")) else "."
    named = file["value"].strip("\"'").removeprefix("./") if file else ""
    return Build(plain, named, start)


def _odd(source: Source, span: Span) -> Problem:
    return Problem(
        "this --build-context is written in a way that railrel cannot take out",
        source.at(span),
        "take it out yourself if it gives a neighbour's folder",
        "odd-build-context",
    )
