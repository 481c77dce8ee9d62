"""Folders of an image that are there only because a neighbour's is in them: they go with it."""

import posixpath
import re
from collections.abc import Iterator

from railrel.errors import Problem
from railrel.images.dockerfiles import Dockerfile, Instruction
from railrel.images.doubts import AGAIN, is_harmless
from railrel.images.folders import OF_THE_IMAGE, inside, is_in, taken_from, working_folders
from railrel.images.groups import Group, all_commands
from railrel.images.install_options import HIDDEN
from railrel.images.installs import call
from railrel.images.shell import Command
from railrel.images.spread import reach_of
from railrel.images.takes import Take

# What images have of themselves: https://refspecs.linuxfoundation.org/FHS_3.0/fhs/index.html
_FIRST = frozenset(
    [
        "bin",
        "boot",
        "dev",
        "etc",
        "home",
        "lib",
        "lib64",
        "media",
        "mnt",
        "opt",
        "proc",
        "root",
        "run",
        "sbin",
        "srv",
        "sys",
        "tmp",
        "usr",
        "var",
    ]
)
_SECOND = frozenset(
    [
        "usr/bin",
        "usr/include",
        "usr/lib",
        "usr/libexec",
        "usr/local",
        "usr/sbin",
        "usr/share",
        "usr/src",
        "usr/local/bin",
        "usr/local/etc",
        "usr/local/include",
        "usr/local/lib",
        "usr/local/sbin",
        "usr/local/share",
        "usr/local/src",
        "var/cache",
        "var/lib",
        "var/local",
        "var/log",
        "var/opt",
        "var/run",
        "var/spool",
        "var/tmp",
    ]
)
# They make the folders around what they write, too. The others find them or fail.
_MAKERS = frozenset({"git", "unzip", "virtualenv"})
_WRITERS = frozenset({"cp", "mv", "ln", "rsync", "install", "touch", "mkdir"})
_FOLDERS_OF_PIP = HIDDEN | {"-w", "--wheel-dir", "-d", "--dest", "--src"}


def uses_parent(file: Dockerfile, group: Group, mine: tuple[Take, ...]) -> Problem | None:
    """The first use of a folder that would no longer be there."""
    copied = [take for take in group.takes if take.mount is None]
    parents = set(_parents(group.place))
    if not (copied and parents):
        return None
    stages = frozenset[int]().union(*(reach_of(file, take) for take in copied))
    first = min(take.number for take in copied)
    ours = frozenset(take.number for take in mine)
    folders = working_folders(file)
    for number in range(first + 1, len(file.instructions)):
        instruction = file.instructions[number]
        for stage, path in _used(file, instruction, folders[number]):
            if stage not in stages or path not in parents:
                continue
            before = number if stage == instruction.stage else len(file.instructions)
            made = _made(file, stage, before, ours)
            made += _by_commands(file, instruction, folders[number])
            if not any(is_in(one, path) for one in made):
                return _problem(file, instruction, path, copied[0].sibling.name)
    return None


def _problem(file: Dockerfile, instruction: Instruction, path: str, name: str) -> Problem:
    return Problem(
        f"{instruction.keyword} uses {path}, which is there only because {name} is copied into it",
        file.at(instruction.whole),
        f"take {name} from where it is installed, or write RUN mkdir -p {path} above, {AGAIN}",
        "used-otherwise",
    )


def _parents(place: str) -> Iterator[str]:
    """The folders around a place that no image has of itself."""
    parent = posixpath.dirname(place)
    while parent.strip("/") and not is_in(OF_THE_IMAGE, parent):
        if parent.lstrip("/") not in _FIRST | _SECOND:
            yield parent
        parent = posixpath.dirname(parent)


def _used(
    file: Dockerfile, instruction: Instruction, folder: str | None
) -> Iterator[tuple[int, str]]:
    """The paths that have to be there for an instruction, and in which stage."""
    for command in all_commands(file, instruction):
        if not is_harmless(command):
            yield from ((instruction.stage, p) for p, made in _paths(command, folder) if not made)
    for stage in taken_from(file, instruction):
        *sources, _ = [word.text for word in instruction.words] or [""]
        sources = sources if instruction.keyword == "COPY" else []
        for source in (*sources, *(mount.source for mount in instruction.mounts)):
            yield stage.number, posixpath.normpath(f"/{source.lstrip('/')}")


def _made(file: Dockerfile, stage: int, before: int, ours: frozenset[int]) -> list[str]:
    """The paths that instructions above one make in a stage, but for the neighbours' copies."""
    chain = {stage}
    parent = file.parent(file.stages[stage])
    while parent:
        chain.add(parent.number)
        parent = file.parent(parent)
    folders = working_folders(file)
    return [
        path
        for number, instruction in enumerate(file.instructions[:before])
        if number not in ours and instruction.stage in chain | {-1}
        for path in _by(file, instruction, folders[number])
    ]


def _by(file: Dockerfile, instruction: Instruction, folder: str | None) -> Iterator[str]:
    """The paths that one instruction makes."""
    match instruction.keyword:
        case "VOLUME":
            yield from (word.text for word in instruction.words)
        case "WORKDIR" | "COPY" | "ADD" if instruction.words:
            target = instruction.words[-1].text.strip("\"'")
            path = inside(target, folder)
            # A variable can stand for any value that is given to one.
            yield from [path] if path else _values(file)
        case _:
            yield from _by_commands(file, instruction, folder)


def _values(file: Dockerfile) -> Iterator[str]:
    for instruction in file.instructions:
        if instruction.keyword in ("ENV", "ARG"):
            for word in instruction.words:
                yield word.text.rpartition("=")[2].strip("\"'")


def _by_commands(file: Dockerfile, instruction: Instruction, folder: str | None) -> Iterator[str]:
    for command in all_commands(file, instruction):
        yield from (path for path, made in _paths(command, folder) if made)


def _paths(command: Command, folder: str | None) -> Iterator[tuple[str, bool]]:
    """The paths that a command speaks of, and whether it makes them; those that it needs otherwise."""
    pip = call(command)
    if pip:
        for argument in pip.arguments:
            if argument.option in _FOLDERS_OF_PIP and argument.value:
                yield inside(argument.value, folder) or "", True
        return
    words = [word.text or "$" for word in command.words]
    options = "".join(word for word in words if re.fullmatch(r"-\w+", word))
    makes = command.name in _MAKERS or "venv" in words[:3] or "--parents" in words
    makes = makes or (command.name == "mkdir" and "p" in options)
    for number, word in enumerate(words[1:], 1):
        path = inside(word.rpartition("=")[2], folder)
        if path is None:
            continue
        written = command.name in ("touch", "mkdir") or number == len(words) - 1
        if not makes and command.name in _WRITERS and written:
            path = posixpath.dirname(path)
        yield path, makes
