"""What the runner of a job understands: commands in what we print, and the lines of its files. Pure.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands; the runners of
Gitea and Forgejo read the same.
"""

import re
from pathlib import PurePath
from typing import Final

from railrel.errors import Problem

_DATA: Final = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY: Final = {**_DATA, ":": "%3A", ",": "%2C"}

# A finding is what makes a check fail; a note is nothing that anybody must act on.
_LEVELS: Final = {"error": "error", "finding": "error", "note": "notice"}

_PLACE: Final = re.compile(r"(?P<file>[^\n]+?):(?P<line>\d+)(?::(?P<col>\d+))?")
# GitHub's runner skips white space before a command, and takes a carriage return for the end of a line.
_AT_START: Final = re.compile(r"(^|[\r\n])([\s\ufeff\x00-\x1f]*)::")
# The older form counts wherever it stands.
_OLDER: Final = re.compile(r"##\[")


def command(name: str, value: str = "", **properties: str) -> str:
    """A command, as one line without its end. Properties that are empty are left out."""
    given = ",".join(
        f"{key}={_escaped(text, _PROPERTY)}" for key, text in properties.items() if text
    )
    return f"::{name}{' ' if given else ''}{given}::{_escaped(value, _DATA)}"


def annotation(problem: Problem, kind: str, checkout: str) -> str:
    """What puts a problem beside the line of the file that it is about.

    `checkout` is the folder of the job's repository: runners know files by their place in it.
    """
    place = None if "://" in problem.at else _PLACE.fullmatch(problem.at)
    told = [problem.message]
    if problem.at and place is None:
        told.append(f"at: {problem.at}")
    if problem.hint:
        told.append(f"hint: {problem.hint}")
    found = place.groupdict(default="") if place else {}
    if found:
        found["file"] = _below(found["file"], checkout)
    return command(_LEVELS.get(kind, "warning"), "\n".join(told), **found)


def defused(text: str) -> str:
    """The text without a command in it: what a build prints must not tell the runner anything.

    Gitea's runner lets a command set variables for the steps that follow.
    """
    return _OLDER.sub("## [", _AT_START.sub(r"\1\2: :", text))


def output(name: str, value: str) -> str:
    """The lines that give a step an output."""
    if not re.search(r"[\r\n]", value):
        return f"{name}={value}\n"
    # Every command line loads this module, and hardly any has such a value.
    import secrets

    # Nobody who writes the value can know where it ends.
    end = f"end-{secrets.token_hex(16)}"
    return f"{name}<<{end}\n{value}\n{end}\n"


def cell(text: str) -> str:
    """A text for one cell of a table in Markdown, where it means nothing but itself."""
    return re.sub(r"([\\`*_{}\[\]<>|~])", r"\\\1", " ".join(text.split()))


def _escaped(text: str, forms: dict[str, str]) -> str:
    return "".join(forms.get(character, character) for character in text)


def _below(file: str, checkout: str) -> str:
    path = PurePath(file)
    if checkout and path.is_relative_to(checkout):
        return path.relative_to(checkout).as_posix()
    return file
