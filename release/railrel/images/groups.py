"""What belongs together: the places that a neighbour is copied to, and the commands that install it there."""

import shlex
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path

from railrel.dependencies.lines import path_line
from railrel.dependencies.paths import Folder
from railrel.images.dockerfiles import Dockerfile, Instruction
from railrel.images.folders import NOWHERE, is_in, reach, working_folders
from railrel.images.installs import Argument, Install, install
from railrel.images.shell import Command, commands
from railrel.images.takes import Take
from railrel.values import dataclass


@dataclass(frozen=True)
class Run:
    """One RUN whose shell text is understood."""

    number: int
    instruction: Instruction
    commands: tuple[Command, ...]
    installs: tuple[Install, ...]


@dataclass(frozen=True)
class Target:
    """A folder that a command installs."""

    run: Run
    install: Install
    argument: Argument
    place: str
    extras: frozenset[str]
    editable: bool
    plain: bool
    """Whether nothing but extras is said beside the folder."""


@dataclass
class Group:
    """One place in an image, all that puts a neighbour there, and all that installs it from there."""

    place: str
    takes: list[Take]
    targets: list[Target] = field(default_factory=list)


def runs(file: Dockerfile) -> Iterator[Run]:
    """Each RUN in shell form. What is kept for later is not run here."""
    for number, instruction in enumerate(file.instructions):
        shell = instruction.array is None and not (instruction.heredocs or instruction.onbuild)
        if instruction.keyword == "RUN" and shell:
            found = commands(instruction.rest.text)
            if found is not None:
                installs = tuple(i for command in found if (i := install(command)))
                yield Run(number, instruction, found, installs)


def all_commands(file: Dockerfile, instruction: Instruction) -> Iterator[Command]:
    """What a RUN, CMD or ENTRYPOINT of any form runs; nothing where that is not understood."""
    if instruction.keyword not in ("RUN", "CMD", "ENTRYPOINT"):
        return
    array = instruction.array
    texts = [instruction.rest.text] if array is None else [shlex.join(array)]
    texts += [file.octets[one.start : one.end] for one in instruction.heredocs]
    for text in texts:
        yield from commands(text) or ()


def groups(file: Dockerfile, takes: tuple[Take, ...]) -> tuple[Group, ...]:
    """All places from which a neighbour is installed."""
    found: list[Group] = []
    for target in _targets(file):
        here = [take for take in takes if is_in(take.target, target.place)]
        seen = [take for take in here if visible(file, take, target.run.number)]
        if not seen:
            continue
        group = next((g for g in found if g.place == target.place and _share(g.takes, seen)), None)
        if group is None:
            group = Group(target.place, [])
            found.append(group)
        group.takes += [take for take in seen if take not in group.takes]
        group.targets.append(target)
    return tuple(found)


def visible(file: Dockerfile, take: Take, number: int) -> bool:
    """Whether an instruction finds what was taken."""
    if take.mount:
        return take.number == number
    stage = file.instructions[number].stage
    return take.number < number and stage in reach(file, file.instructions[take.number].stage)


def _share(one: list[Take], other: list[Take]) -> bool:
    return any(take in other for take in one)


def _targets(file: Dockerfile) -> Iterator[Target]:
    folders = working_folders(file)
    for run in runs(file):
        # Where a command changes the folder first, a relative path leads nobody knows where.
        stays = not any(command.name in ("cd", "pushd") for command in run.commands)
        folder = folders[run.number] if stays else None
        for one in run.installs:
            for argument in one.arguments:
                target = _target(run, one, argument, folder)
                if target:
                    yield target


def _target(run: Run, one: Install, argument: Argument, folder: str | None) -> Target | None:
    editable = argument.option in ("-e", "--editable")
    if argument.value is None or (argument.option and not editable):
        return None
    text = f"-e {argument.value}" if editable else argument.value
    line = path_line(text, Path(folder or NOWHERE))
    if line is None or not isinstance(line.target, Folder):
        return None
    extras = line.head.partition("[")[2].partition("]")[0].split(",")
    return Target(
        run,
        one,
        argument,
        str(line.target.folder),
        frozenset(extra.strip() for extra in extras if extra.strip()),
        editable,
        not text[line.end :].strip() and not (line.start and not editable),
    )
