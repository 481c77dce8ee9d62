"""What somebody should know of a Dockerfile whose neighbours now come from the registry."""

import re
from collections.abc import Iterator

from railrel.errors import Problem
from railrel.images.dockerfiles import Dockerfile
from railrel.images.groups import Group, runs
from railrel.images.shell import Command

_EDITORS = frozenset({"sed", "perl", "awk", "grep", "python", "python3", "uv", "tomlq"})
_LISTS = frozenset(["-r", "-c", "--requirement", "--requirements", "--constraint", "--constraints"])


def notes(file: Dockerfile, done: list[Group]) -> Iterator[Problem]:
    """Notes on what was changed, and on what has lost its use by that."""
    for group in done:
        for target in group.targets:
            if target.editable:
                rest = target.run.instruction.rest
                yield Problem(
                    f"{group.takes[0].sibling.name} was installed editable, and now is not",
                    file.at(rest.place(target.argument.start, target.argument.end)),
                    "for development mount the neighbour's folder and install it there",
                    "editable-install",
                )
    for run in runs(file):
        for argument in (a for one in run.installs for a in one.arguments):
            if argument.option in _LISTS and (argument.value or "").startswith("../"):
                yield Problem(
                    f"what {argument.value} lists is not looked at",
                    file.at(run.instruction.rest.place(argument.start, argument.end)),
                    "if it names a neighbour's folder, list the neighbour by name and range",
                    "outside-requirements",
                )
    names = {group.takes[0].sibling.name for group in done}
    for run in runs(file):
        for command in run.commands:
            name = next((n for n in sorted(names) if _edits_source(command, n)), None)
            if name:
                yield Problem(
                    f"{command.name} changes what pyproject.toml says of {name}, and is no longer needed",
                    file.at(run.instruction.rest.place(command.start, command.end)),
                    "take it out once railrel fix-deps has changed pyproject.toml",
                    "no-longer-needed",
                )


def _edits_source(command: Command, name: str) -> bool:
    return any(edits_file(command, file, name) for file in ("pyproject.toml", "uv.toml"))


def edits_file(command: Command, file: str, name: str) -> bool:
    """Whether a command changes what a file says of a neighbour."""
    said = [word.text or "" for word in command.words]
    about = re.compile(re.escape(name).replace("\\-", "[-_.]"), re.IGNORECASE)
    return (
        command.name in _EDITORS
        and any(word.endswith(file) for word in said)
        and any(about.search(word) for word in said)
    )
