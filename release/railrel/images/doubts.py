"""Why a neighbour cannot be taken out of a Dockerfile: what would miss its folder afterwards."""

import re

from railrel.errors import Problem
from railrel.images.dockerfiles import Dockerfile, Instruction
from railrel.images.folders import is_in, mentions, taken_from, working_folders
from railrel.images.groups import Group, Run, runs
from railrel.images.shell import Command, commands
from railrel.images.spread import places, reach_of
from railrel.images.takes import Take
from railrel.sources import Span

AGAIN = "and run railrel dockerfile --migrate again"
_INSTALLERS = re.compile(
    r"\b(?:poetry|pdm|pipenv|hatch|rye|conda|mamba|pixi|easy_install|uv\s+(?:sync|add|run|build|tool)|pip3?\s+wheel|setup\.py)\b"
)
_RUNS = frozenset({"RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"})


def used_otherwise(file: Dockerfile, group: Group) -> Problem | None:
    """The first use of a place that is no install which could be changed."""
    one = group.takes[0].sibling
    done = {run.number: _settled(run, group) for run in runs(file)}
    folders = working_folders(file)
    for number, place in places(file, group):
        instruction = file.instructions[number]
        text = _text(file, instruction, done.get(number, []))
        folder = folders[number]
        how = mentions(text, place, folder)
        if how:
            return use(file, instruction, one.name, place, in_variable=how == "variable")
        works_in = folder is not None and is_in(folder, place) and instruction.keyword in _RUNS
        if works_in and not _all_settled(instruction, done.get(number, [])):
            return use(file, instruction, one.name, place)
    return None


def not_installed(file: Dockerfile, take: Take) -> Problem:
    """What becomes of a copy that is installed by no command that could be changed."""
    name = take.sibling.name
    if not (take.whole or take.project_file):
        return Problem(
            f"a part of {name} is copied",
            file.at(take.span),
            f"ship it in the distribution of {name}, and take it from where that is installed",
            "part-of-sibling",
        )
    return (
        used_otherwise(file, Group(take.target, [take]))
        or _by_its_path(file, take)
        or Problem(
            f"{name} is copied but not installed by a command that railrel can change",
            file.at(take.span),
            f"install {name} from the registry, and remove this",
            "not-installed",
        )
    )


def _by_its_path(file: Dockerfile, take: Take) -> Problem | None:
    """An installer that can know the place from the project's own files."""
    stages = reach_of(file, take)
    for instruction in file.instructions[take.number + (take.mount is None) :]:
        if instruction.stage in stages and instruction.keyword == "RUN":
            start = instruction.whole.start
            if _INSTALLERS.search(file.octets[start : instruction.whole.end]):
                return use(file, instruction, take.sibling.name, take.target)
        if take.mount:
            break
    return None


def use(
    file: Dockerfile, instruction: Instruction, name: str, place: str, *, in_variable: bool = False
) -> Problem:
    """Say that an instruction needs a place in a way that only a person can change."""
    installs = "install" in instruction.rest.text or bool(instruction.heredocs)
    if instruction.onbuild:
        why, hint, rule = f"ONBUILD uses {place}", "write it for the shell of this image", "onbuild"
    elif instruction.keyword == "RUN" and instruction.heredocs:
        why, rule = f"a heredoc uses {place}", "heredoc-run"
        hint = f"write the install of {name} as a RUN of its own, {AGAIN}"
    elif instruction.keyword == "RUN" and instruction.array is not None and installs:
        why, rule = f"a RUN in brackets uses {place}", "json-run"
        hint = f"write it without brackets, {AGAIN}"
    elif instruction.keyword == "RUN" and (found := _INSTALLERS.search(instruction.rest.text)):
        why, rule = f"{found[0]} uses {place}", "other-installer"
        hint = (
            f"run railrel fix-deps, so that it takes {name} from the registry; then remove the COPY"
        )
    elif in_variable:
        why, rule = (
            f"{instruction.keyword} has a variable before what may be {place}",
            "variable-in-path",
        )
        hint = f"write the path without variables, {AGAIN}"
    else:
        why, rule = f"{instruction.keyword} uses {place}", "used-otherwise"
        hint = f"change it so that {name} comes from the registry, {AGAIN}"
    return Problem(f"{why}, where {name} is copied to", file.at(instruction.whole), hint, rule)


def _settled(run: Run, group: Group) -> list[Span]:
    """The parts of a RUN that will not miss the place."""
    rest = run.instruction.rest
    mine = [target for target in group.targets if target.run.number == run.number]
    spans = [rest.place(t.argument.start, t.argument.end) for t in mine]
    spans += [rest.place(c.start, c.end) for c in run.commands if is_harmless(c)]
    spans += [
        rest.place(a.start, a.end)
        for one in run.installs
        for a in one.arguments
        if not a.option and re.fullmatch(r"\w[^/\\]*", a.value or "")
    ]
    flags = [t.mount.flag.span for t in group.takes if t.mount and t.number == run.number]
    return spans + flags


def is_harmless(command: Command) -> bool:
    """Whether it makes the folder, or clears it away without minding that it is not there."""
    options = [word.text or "" for word in command.words[1:] if (word.text or "-").startswith("-")]
    if command.name == "rm":
        return any("f" in option for option in options if not option.startswith("--"))
    return command.name == "mkdir" and any("p" in option for option in options)


def _all_settled(instruction: Instruction, settled: list[Span]) -> bool:
    """Whether every command of a RUN holds a part that is settled."""
    if instruction.keyword != "RUN" or not settled:
        return False
    return all(
        any(_touch(instruction.rest.place(c.start, c.end), span) for span in settled)
        for c in commands(instruction.rest.text) or ()
    )


def _touch(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _text(file: Dockerfile, instruction: Instruction, without: list[Span]) -> str:
    """What an instruction says of paths in the image, with spaces in the place of some parts."""
    if instruction.keyword in ("COPY", "ADD") and not instruction.heredocs:
        *sources, target = [word.text for word in instruction.words] or [""]
        # Paths in another stage begin at its root; those in the build context are no concern.
        copied = [f"/{source}" for source in sources] if taken_from(file, instruction) else []
        return " ".join([*copied, target if target.startswith(("/", "$")) else f"./{target}"])
    start, end = instruction.whole.start, instruction.whole.end
    text = file.octets[start:end]
    hidden = [*without, *(c for c in file.comments if start <= c.start and c.end <= end)]
    for span in hidden:
        if start <= span.start and span.end <= end:
            blank = " " * (span.end - span.start)
            text = text[: span.start - start] + blank + text[span.end - start :]
    return re.sub(r"\bfrom=[^\s,\"']+", "", text)
