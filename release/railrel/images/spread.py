"""Where in a Dockerfile a neighbour's folder can be used, and what it is called there."""

from collections.abc import Iterator

from railrel.images.dockerfiles import Dockerfile, Instruction
from railrel.images.folders import is_in, reach, taken_from
from railrel.images.groups import Group
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
    aliases: dict[int, set[str]] = {stage: {group.place} for stage in stages}
    for number, instruction in enumerate(file.instructions):
        if number <= first or number in own:
            continue
        sources = [s.number for s in taken_from(file, instruction)]
        for source in sources:
            for place in aliases.get(source, ()):
                yield number, place
                for alias in _carried(instruction, place):
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


def _carried(instruction: Instruction, place: str) -> Iterator[str]:
    """Where a COPY of a folder around a place puts it."""
    if instruction.keyword != "COPY":
        return
    *sources, target = [word.text for word in instruction.words] or [""]
    for source in sources:
        if source.startswith("/") and target.startswith("/") and is_in(place, source):
            yield target.rstrip("/") + "/" + place[len(source.rstrip("/")) :].lstrip("/")
