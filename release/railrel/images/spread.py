"""Where in a Dockerfile a neighbour's folder can be used, and what it is called there."""

import posixpath
from collections.abc import Iterable, Iterator

from railrel.images.dockerfiles import Dockerfile, Instruction
from railrel.images.folders import inside, is_in, reach, taken_from, working_folders
from railrel.images.groups import Group, all_commands
from railrel.images.takes import Take


def places(file: Dockerfile, group: Group) -> Iterator[tuple[int, str]]:
    """Each instruction that could use the place, and what the place is called there."""
    yield from _named(file, group.place)
    mounted = {take.number for take in group.takes if take.mount}
    yield from ((number, group.place) for number in sorted(mounted))
    copied = [take for take in group.takes if not take.mount]
    if not copied:
        return
    stages = frozenset[int]().union(*(reach_of(file, take) for take in copied))
    first = min(take.number for take in copied)
    own = {take.number for take in copied} | mounted
    folders = working_folders(file)
    aliases: dict[int, set[str]] = {stage: {group.place} for stage in stages}
    for number, instruction in enumerate(file.instructions):
        if number <= first or number in own:
            continue
        sources = [s.number for s in taken_from(file, instruction)]
        if instruction.keyword == "RUN":
            sources.append(instruction.stage)
        for source in sources:
            for place in sorted(aliases.get(source, ())):
                yield number, place
                for alias in _carried(file, instruction, place, folders[number]):
                    for stage in reach(file, instruction.stage):
                        aliases.setdefault(stage, set()).add(alias)
        for place in sorted(aliases.get(instruction.stage, ())):
            yield number, place


def _named(file: Dockerfile, place: str) -> Iterator[tuple[int, str]]:
    """Variables: what is said before can be used behind, under another name."""
    for number, instruction in enumerate(file.instructions):
        if instruction.keyword in ("ARG", "ENV"):
            yield number, place


def reach_of(file: Dockerfile, take: Take) -> frozenset[int]:
    """The stages that find what was taken."""
    return reach(file, file.instructions[take.number].stage)


def _carried(
    file: Dockerfile, instruction: Instruction, place: str, folder: str | None
) -> Iterator[str]:
    """Where a COPY, or a command as `cp`, of a folder around a place puts it."""
    if instruction.keyword == "COPY":
        *sources, target = [word.text for word in instruction.words] or [""]
        yield from _below(place, [f"/{s.lstrip('/')}" for s in sources], inside(target, folder))
    if instruction.keyword == "RUN":
        for command in all_commands(file, instruction):
            if command.name not in ("cp", "mv", "ln", "rsync"):
                continue
            words = [inside(word.text or "$", folder) for word in command.words[1:]]
            *sources, target = [w for w in words if w is not None] or [""]
            for found in sources:
                # Where the target is there already, the folder comes to lie in it.
                yield from _below(place, [found], target)
                yield from _below(place, [found], f"{target}/{posixpath.basename(found)}")


def _below(place: str, sources: Iterable[str], target: str | None) -> Iterator[str]:
    for source in sources:
        if target is not None and is_in(place, source):
            rest = place[len(source.rstrip("/")) :].lstrip("/")
            yield posixpath.normpath(posixpath.join(target, rest))
