"""Images of a project whose paths stay for development: they must install from the lock alone.

https://docs.astral.sh/uv/reference/cli/#uv-sync
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from railrel.dependencies.references import Around, Finding
from railrel.dependencies.reported.mentions import DOCKERFILES
from railrel.dependencies.shell_lines import Word, commands, whole_lines
from railrel.errors import Problem
from railrel.sources import Source

ID = "kept-source-in-image"
TITLE = (
    "with `--keep-source`: commands of uv in a Dockerfile that would look at the path: `uv sync`, `run`, "
    "`export` and `lock` without `--frozen`, `uv pip install` of a folder without `--no-sources`"
)
FILES = DOCKERFILES
MARKS = re.compile(rb"\buv\b")

_ASSIGNED = re.compile(
    r"\b(?P<name>UV_(?:FROZEN|NO_SOURCES|NO_SYNC))(?:=|\s+)[\"']?(?P<value>[^\s\"';&|]*)"
)
_OFF = frozenset({"", "0", "false", "f", "no", "n", "off"})
_FROM = re.compile(r"(?i)\s*FROM\s+(?:--\S+\s+)*(?P<base>\S+)(?:\s+AS\s+(?P<name>\S+))?")
_SETS = re.compile(r"(?i)\s*(?P<what>ENV|ARG)\s")
_NONE: frozenset[str] = frozenset()
# By what each command leaves the sources alone: options, which are variables too.
_PASSES_OVER = {
    "sync": ("frozen", "no-sources"),
    "run": ("frozen", "no-sources", "no-sync", "no-project"),
    "export": ("frozen", "no-sources"),
    "lock": ("frozen", "no-sources"),
    "pip": ("no-sources",),
}
_OTHERS = frozenset(
    [
        "add",
        "auth",
        "build",
        "cache",
        "format",
        "help",
        "init",
        "publish",
        "python",
        "remove",
        "self",
        "tool",
        "tree",
        "venv",
        "version",
    ]
)
_A_FOLDER = re.compile(
    r"(?:\.{0,2}/|\.{1,2}(?:\[|$)|file:|--editable=[./]|--group)|(?:.*/|--requirements?=)?pyproject\.toml$"
)
_NO_FOLDER = re.compile(r"\.(?:whl|zip|tar\.gz|txt|in)(?:\[[^\]]*\])?$|^/dev/")
# Options of `uv pip` whose value is a path and no project.
_WITH_VALUE = frozenset(
    [
        "-r",
        "--requirement",
        "--requirements",
        "-c",
        "--constraint",
        "-f",
        "--find-links",
        "--prefix",
        "--target",
        "--python",
        "-p",
        "--cache-dir",
        "--directory",
        "--project",
        "-o",
        "--output-file",
        "--override",
    ]
)


def find(source: Source, around: Around) -> Iterator[Finding]:
    """Each command of uv that reads the sources."""
    if not around.keep_source:
        return
    stages: dict[str, frozenset[str]] = {}
    stage, lasting, given = "", _NONE, _NONE
    for line in whole_lines(source):
        begin = _FROM.match(line.text)
        if begin:
            stage, lasting = begin["name"] or "", stages.get(begin["base"].lower(), _NONE)
            given = lasting
        here = _set(line.text, given)
        sets = _SETS.match(line.text)
        if sets:
            given = here
            # Stages that begin from this one have its ENV, and not its ARG.
            lasting = _set(line.text, lasting) if sets["what"].upper() == "ENV" else lasting
        stages[stage.lower()] = lasting
        for words in commands(line.text):
            reading = _reading(words, here)
            if reading:
                span = line.span(reading[0].start, reading[-1].end)
                shown = " ".join(word.text for word in reading)
                problem = Problem(
                    f"{source.path.name} runs {shown}, which follows the path that is kept",
                    source.at(span),
                    _hint(reading),
                    ID,
                )
                yield Finding(problem, "image")


def _set(text: str, given: frozenset[str]) -> frozenset[str]:
    """The variables that are on after a line."""
    for found in _ASSIGNED.finditer(text):
        off = found["value"].lower() in _OFF
        given = given - {found["name"]} if off else given | {found["name"]}
    return given


def _reading(words: tuple[Word, ...], on: frozenset[str]) -> tuple[Word, ...]:
    """The command of uv in these words, if it reads the sources."""
    begin = next((i for i, w in enumerate(words) if w.text.rpartition("/")[2] == "uv"), None)
    own = words[begin:] if begin is not None else ()
    verb = next((w.text for w in own[1:] if w.text in _PASSES_OVER or w.text in _OTHERS), "")
    options = {word.text.partition("=")[0] for word in own}
    ways = _PASSES_OVER.get(verb, ())
    if not ways or any(f"--{w}" in options or _variable(w) in on for w in ways):
        return ()
    return own if verb != "pip" or _takes_a_folder(own) else ()


def _variable(way: str) -> str:
    return f"UV_{way.upper().replace('-', '_')}"


def _takes_a_folder(words: tuple[Word, ...]) -> bool:
    """`uv pip install .`; a list of requirements has no sources."""
    if not any(word.text in ("install", "sync", "compile") for word in words):
        return False
    values = {
        value.start
        for option, value in pairwise(words)
        if option.text in _WITH_VALUE and not value.text.endswith("pyproject.toml")
    }
    return any(
        _A_FOLDER.match(word.text) and not _NO_FOLDER.search(word.text)
        for word in words[1:]
        if word.start not in values
    )


def _hint(words: tuple[Word, ...]) -> str:
    if any(word.text == "pip" for word in words):
        return "uv pip install --no-sources looks at no path"
    return "uv sync --frozen installs from the lock and looks at no path"
