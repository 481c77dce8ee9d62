"""The command that the setting `image-command` says."""

import re
import shlex
from collections.abc import Sequence
from itertools import pairwise

from railrel.errors import Problem
from railrel.images.shell import commands
from railrel.images.starts.protocol import Start
from railrel.images.tree import Tree

ID = "own"

_SERVERS = frozenset(
    {"gunicorn", "uvicorn", "hypercorn", "daphne", "waitress-serve", "waitress", "granian"}
)
_SHELLS = frozenset({"sh", "bash", "dash", "ash"})
_PYTHON = re.compile(r"python[\d.]*")
# Options of Python with a word of their own.
_WITH_WORD = frozenset({"-X", "-W"})

_QUOTED = re.compile(r"""\\.|'[^']*'|(?P<double>"(?:\\.|[^"\\])*")""", re.DOTALL)
_EXPANDED = r"\$(?:\(|\{?\w+)"
_SHELL_ALONE = re.compile(rf"^\w+=\S*|&&|\|\||[|&;<>`]|{_EXPANDED}")


def told(tree: Tree, line: str, django_settings: str) -> Start | Problem:
    """What starts as a line says: a command of an image is words, and no shell reads them."""
    try:
        argv = tuple(shlex.split(line))
    except ValueError as error:
        return _refused(tree, f"image-command cannot be read: {error}", "close its quotes")
    if not argv or not argv[0].strip():
        return _refused(
            tree,
            "image-command names no program",
            'image-command = "python -m PACKAGE", or take it out',
        )
    mark = _for_a_shell(line.strip(), is_shell=_program(argv) in _SHELLS)
    if mark:
        whole = f"sh -c '{line.strip()}'" if "'" not in line and '"' not in line else "sh -c '…'"
        return _refused(
            tree,
            f"image-command has {mark}, which only a shell understands",
            f'image-command = "{whole}"',
        )
    return Start(ID, argv, serves(argv), django_settings)


def serves(argv: Sequence[str]) -> bool:
    """Whether its program is a known server, also one that a shell or Python starts."""
    program = _program(argv)
    if program in _SHELLS:
        script = next((w for o, w in pairwise(argv) if _is_c(o)), "")
        found = commands(script.encode().decode("latin-1")) or ()
        inner = ([word.text or "" for word in command.words] for command in found)
        return any(serves(words[1:] if words[:1] == ["exec"] else words) for words in inner)
    return (_module(argv) if _PYTHON.fullmatch(program) else program) in _SERVERS


def _program(argv: Sequence[str]) -> str:
    return argv[0].rpartition("/")[2] if argv else ""


def _is_c(option: str) -> bool:
    return re.fullmatch(r"-\w*c", option) is not None


def _module(argv: Sequence[str]) -> str:
    """What `python -m` runs."""
    words = iter(argv[1:])
    for word in words:
        if word == "-m":
            return next(words, "")
        if not word.startswith("-"):
            break
        if word in _WITH_WORD:
            next(words, "")
    return ""


def _for_a_shell(line: str, *, is_shell: bool) -> str:
    """The first of what would be taken for plain text; empty for none."""
    # In double quotes a shell still puts in its variables.
    expanded = [
        found[0]
        for quoted in _QUOTED.finditer(line)
        if quoted["double"] and not is_shell
        for found in re.finditer(_EXPANDED, re.sub(r"\\.", "", quoted["double"]))
    ]
    bare = _SHELL_ALONE.search(_QUOTED.sub("_", line))
    return bare[0] if bare else next(iter(expanded), "")


def _refused(tree: Tree, message: str, hint: str) -> Problem:
    document = tree.project.document
    here = "image-command" in document.table("tool", "railrel")
    at = document.at(("tool", "railrel", "image-command")) if here else str(tree.project.folder)
    return Problem(message, at, hint, "image-command")
