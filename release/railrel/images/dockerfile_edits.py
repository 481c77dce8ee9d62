"""One Dockerfile without the neighbours' folders: the edits, and what is left to a person."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import field

from packaging.utils import NormalizedName

from railrel.edits import Edit
from railrel.errors import Problem
from railrel.images.build_secret import netrc_of, secret_edit
from railrel.images.comments import comment_edits
from railrel.images.dockerfiles import Dockerfile
from railrel.images.doubts import AGAIN, not_installed, used_otherwise
from railrel.images.followers import by_own_files
from railrel.images.groups import Group, Run, Target, groups
from railrel.images.install_edits import Change, Registry, doubt, edits
from railrel.images.layout import without_lines, without_words
from railrel.images.notes import notes
from railrel.images.other_index import other_index
from railrel.images.own_files import OwnFiles
from railrel.images.parents import uses_parent
from railrel.images.takes import Outside, Take, takes
from railrel.sources import Span
from railrel.values import dataclass

_POSIX = re.compile(r"(?:^|/)(?:sh|bash|dash|ash|zsh|ksh)$")


@dataclass
class DockerfileEdits:
    """What is to be done with one Dockerfile."""

    edits: list[Edit] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    """What is left to a person."""
    notes: list[Problem] = field(default_factory=list)
    """What somebody should know of what is done."""
    contexts: set[str] = field(default_factory=set)
    """Named contexts that it still needs."""
    moved: set[NormalizedName] = field(default_factory=set)
    """Neighbours that come from the registry afterwards."""


def dockerfile_edits(
    file: Dockerfile, outside: Outside, registry: Registry, own: OwnFiles
) -> DockerfileEdits:
    """Work out one file."""
    result = DockerfileEdits()
    found = tuple(takes(file, outside))
    mine = tuple(take for take in found if isinstance(take, Take))
    result.problems += [problem for problem in found if isinstance(problem, Problem)]
    all_groups = groups(file, mine)
    stopped = {
        id(g): _doubt(file, g, registry)
        or by_own_files(file, g, mine, own)
        or uses_parent(file, g, mine)
        for g in all_groups
    }
    for group in all_groups:
        for change in _changes(file, all_groups, registry):
            trouble = doubt(change)
            if trouble and stopped[id(group)] is None and _concerns(group, change):
                stopped[id(group)] = trouble
    done = _without_partners(all_groups, [g for g in all_groups if stopped[id(g)] is None])
    made = _edits(file, done, registry)
    odd = [edit for edit in made if isinstance(edit, Problem)]
    if odd:
        result.problems += odd
        done, made = [], []
    result.problems += dict.fromkeys(p for p in stopped.values() if p)
    grouped = [take for group in all_groups for take in group.takes]
    result.problems += [_left(file, take, mine, own) for take in mine if take not in grouped]
    taken = [take for group in done for take in group.takes]
    result.contexts = {take.context for take in mine if take not in taken and take.context}
    result.contexts |= _needed_elsewhere(file, outside)
    result.moved = {take.sibling.key for take in taken} - {
        take.sibling.key for take in mine if take not in taken
    }
    result.edits += [edit for edit in made if isinstance(edit, Edit)]
    result.notes += notes(file, done)
    written, noted = comment_edits(file, outside, result.contexts)
    result.edits += written
    result.notes += noted
    return result


def _doubt(file: Dockerfile, group: Group, registry: Registry) -> Problem | None:
    """Why a place cannot be taken out."""
    owners = {take.sibling.key: take for take in group.takes}
    if len(owners) > 1:
        names = " and ".join(take.sibling.name for take in owners.values())
        *_, last = owners.values()
        hint = f"copy each to a folder of its own, {AGAIN}"
        return Problem(f"{names} are copied to one place", file.at(last.span), hint, "two-siblings")
    take = group.takes[0]
    if not any(take.project_file for take in group.takes):
        return Problem(
            f"only a part of {take.sibling.name} is copied and installed",
            file.at(take.span),
            f"install {take.sibling.name} from the registry where it is needed",
            "part-of-sibling",
        )
    return (
        used_otherwise(file, group)
        or _other_shell(file, group)
        or other_index(file, group, registry.url)
    )


def _left(file: Dockerfile, take: Take, mine: tuple[Take, ...], own: OwnFiles) -> Problem:
    """What becomes of a copy that no command installs which could be changed."""
    project = take.whole or take.project_file
    followed = by_own_files(file, Group(take.target, [take]), mine, own) if project else None
    return followed or not_installed(file, take)


def _other_shell(file: Dockerfile, group: Group) -> Problem | None:
    last = max(target.run.number for target in group.targets)
    for instruction in file.instructions[:last]:
        if instruction.keyword == "SHELL" and instruction.words:
            shell = instruction.words[0].text
            if not _POSIX.search(shell):
                hint = "install the neighbours from the registry by hand"
                return Problem(
                    f"{shell} is no shell that railrel can read",
                    file.at(instruction.whole),
                    hint,
                    "other-shell",
                )
    return None


def _needed_elsewhere(file: Dockerfile, outside: Outside) -> set[str]:
    """Contexts that stand where no COPY or mount of ours is: as a stage, or behind ONBUILD."""
    named = {stage.image for stage in file.stages if file.parent(stage) is None}
    for instruction in file.instructions:
        words = [flag.text for flag in [instruction.flag("from")] if flag]
        words += [m.options.get("from", "") for m in instruction.mounts]
        known = instruction.keyword == "COPY" or instruction.mounts
        named |= set(words) if instruction.onbuild and known else set()
    return {name for name in named if outside.named(name)}


def _changes(file: Dockerfile, chosen: Iterable[Group], registry: Registry) -> Iterator[Change]:
    """The commands that install from these places."""
    by_command: dict[tuple[int, int], list[tuple[Target, NormalizedName]]] = {}
    for group in chosen:
        for target in group.targets:
            place = (target.run.number, target.install.command.start)
            by_command.setdefault(place, []).append((target, group.takes[0].sibling.key))
    for targets in by_command.values():
        targets.sort(key=lambda pair: pair[0].argument.start)
        first = targets[0][0]
        yield Change(file, first.run, first.install, tuple(targets), registry)


def _concerns(group: Group, change: Change) -> bool:
    return any(target in group.targets for target, _ in change.targets)


def _without_partners(all_groups: tuple[Group, ...], good: list[Group]) -> list[Group]:
    """Without those that share a command with one that cannot be changed."""
    while True:
        bad = [g for g in all_groups if g not in good]
        stopped = {(t.run.number, t.install.command.start) for g in bad for t in g.targets}
        left = [
            g
            for g in good
            if not any((t.run.number, t.install.command.start) in stopped for t in g.targets)
        ]
        if len(left) == len(good):
            return good
        good = left


def _edits(file: Dockerfile, done: list[Group], registry: Registry) -> list[Edit | Problem]:
    changes = list(_changes(file, done, registry))
    taken = [take for group in done for take in group.takes]
    made: list[Edit | Problem] = [
        without_lines(file, file.instructions[take.number].whole)
        for take in taken
        if take.mount is None
    ]
    by_run: dict[int, Run] = {change.run.number: change.run for change in changes}
    for number, run in by_run.items():
        mounts = [t.mount.flag.span for t in taken if t.mount and t.number == number]
        secret, replaced = secret_edit(file, run.instruction, mounts)
        made += [secret] if secret else []
        left = [span for span in mounts if span != replaced]
        for edit in without_words(file, left, file.escape):
            made.append(edit if isinstance(edit, Edit) else _odd_layout(file, edit))
    for change in changes:
        made += edits(change, netrc_of(change.run.instruction))
    return made


def _odd_layout(file: Dockerfile, span: Span) -> Problem:
    return Problem(
        "a comment stands before the last flag of this RUN",
        file.at(span),
        f"move the comment, {AGAIN}",
        "odd-layout",
    )
