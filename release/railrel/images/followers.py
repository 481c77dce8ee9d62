"""Commands of a Dockerfile that follow the project's own files to a neighbour's folder."""

import posixpath
import re
from collections.abc import Iterator

from railrel.errors import Problem
from railrel.images.dockerfiles import Dockerfile
from railrel.images.doubts import AGAIN
from railrel.images.folders import OF_THE_IMAGE, inside, is_in, working_folders
from railrel.images.groups import Group, all_commands
from railrel.images.installs import Argument, Call, call
from railrel.images.notes import edits_file
from railrel.images.own_files import Named, OwnFiles
from railrel.images.shell import Command
from railrel.images.spread import places
from railrel.images.takes import Take

_LISTS = frozenset({"-r", "--requirement", "--requirements"})
_GROUPS = frozenset({"--all-extras", "--extra", "--group"})
# What each program is told where it reads the project's own files, be it behind sudo or python -m.
_PROGRAM = re.compile(
    r"(?<![\w.-])(?:"
    r"(?P<uv>uv)\b.*?\s(?:sync|run|add|lock|export)"
    r"|(?P<poetry>poetry)\b.*?\s(?:install|sync|add|update|lock|export|build)"
    r"|(?P<pdm>pdm)\b.*?\s(?:install|sync|add|update|lock|export)"
    r"|(?P<pipenv>pipenv)\b.*?\s(?:install|sync|update|lock|requirements)"
    r"|(?P<rye>rye)\b.*?\s(?:sync|run|lock)"
    r"|(?P<hatch>hatch)\b.*?\s(?:run|shell|create)"
    r"|(?P<pixi>pixi)\b.*?\s(?:install|run)"
    r"|(?P<conda>conda|mamba)\b.*?\s(?:create|update)"
    r")(?![\w.-])"
)


def by_own_files(
    file: Dockerfile, group: Group, taken: tuple[Take, ...], own: OwnFiles
) -> Problem | None:
    """The first command that would miss a place because a file of the project names it."""
    one = group.takes[0].sibling
    folders = working_folders(file)
    all_said = [c for i in file.instructions for c in all_commands(file, i)]
    copied = [take.target for take in taken]
    sources = "UV_NO_SOURCES" not in file.octets
    for number, place in places(file, group):
        instruction = file.instructions[number]
        said = tuple(all_commands(file, instruction))
        begin = _folders(said, folders[number], copied)
        for command in said:
            for named in _followed(command, own, folders[number], copied, sources=sources):
                if any(edits_file(other, named.file.name, one.name) for other in all_said):
                    # What it says there is not what the image has.
                    continue
                if own.leads(named, begin, place, one):
                    program = " ".join(word.text or "…" for word in command.words[:2])
                    return Problem(
                        f"{program} takes {one.name} from {place}: {named.at} names it",
                        file.at(instruction.whole),
                        f"run railrel fix-deps {own.project}, {AGAIN}",
                        "other-installer",
                    )
    return None


def _folders(
    said: tuple[Command, ...], working: str | None, copied: list[str]
) -> frozenset[str | None]:
    """Folders of the image that the project may lie in: the one to work in, and each that is named."""
    found = {working}
    if working is not None and is_in(working, OF_THE_IMAGE):
        # Most images have no other.
        found.add("/")
    for command in said:
        for word in command.words[1:]:
            path = word.text and inside(word.text.rpartition("=")[2].partition("[")[0], working)
            if path and not any(is_in(path, place) for place in copied):
                # A file's folder, too.
                found |= {
                    path,
                    posixpath.dirname(path) if "." in posixpath.basename(path) else path,
                }
            elif not word.text and command.name in ("cd", "pushd"):
                found.add(None)
    return frozenset(found)


def _followed(
    command: Command, own: OwnFiles, working: str | None, copied: list[str], *, sources: bool
) -> Iterator[Named]:
    """What of the project's files a command heeds."""
    said = [word.text or "" for word in command.words]
    sources = sources and "--no-sources" not in said
    found = call(command)
    if found is None:
        program = _PROGRAM.search(" ".join(said))
        if program and program.lastgroup and "--no-sync" not in said:
            yield from own.for_project(program.lastgroup, sources=sources)
        return
    options = {argument.option for argument in found.arguments}
    sources = sources and found.tool == "uv"
    for argument in found.arguments:
        match _kind(found, argument):
            case "list":
                yield from own.in_list(argument.value or "")
            case "project" if "--no-deps" not in options:
                path = inside((argument.value or ".").partition("[")[0], working)
                if path is not None and any(is_in(path, place) for place in copied):
                    continue
                if options & _GROUPS:
                    yield from own.for_project(found.tool, sources=sources)
                yield from own.for_metadata(sources=sources)
            case _:
                pass


def _kind(found: Call, argument: Argument) -> str:
    """Whether an argument of pip names a project or a list of requirements, or neither."""
    verb, option, value = found.verb.value, argument.option, argument.value
    if verb in ("install", "wheel", "download") and option in ("", "-e", "--editable"):
        # A variable can stand for a wheel of the project, as dist/*.whl does.
        return "project" if value is None or value.startswith(".") or "/" in value else ""
    if option in _LISTS or (not option and verb in ("sync", "compile")):
        written = (value or "").rpartition("/")[2]
        return "project" if written in ("pyproject.toml", "setup.py", "setup.cfg") else "list"
    return ""
