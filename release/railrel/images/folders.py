"""Paths inside an image: the folder that an instruction works in, and what a word leads to."""

import posixpath
import re
from fnmatch import fnmatchcase
from typing import Literal

from railrel.images.dockerfiles import Dockerfile, Instruction, Stage

# The folder that the image itself names is not known: nobody can name this one, or lead out of it.
OF_THE_IMAGE = "/<the image's>" * 64
NOWHERE = "/<unknown>" * 64
_BETWEEN_PATHS = re.compile(r"[\s\"'=:;,&|()<>`\[\]]+")
_PATTERN = re.compile(r"[*?]")


def working_folders(file: Dockerfile) -> tuple[str | None, ...]:
    """For each instruction the folder that it works in; None after a `WORKDIR $X`."""
    at_end: dict[int, str | None] = {}
    result: list[str | None] = []
    folder: str | None = OF_THE_IMAGE
    for instruction in file.instructions:
        if instruction.keyword == "FROM" and not instruction.onbuild:
            parent = file.parent(file.stages[instruction.stage])
            folder = at_end.get(parent.number) if parent else OF_THE_IMAGE
        result.append(folder)
        if instruction.keyword == "WORKDIR" and not instruction.onbuild:
            folder = inside(instruction.rest.text.strip("\"'"), folder)
        at_end[instruction.stage] = folder
    return tuple(result)


def inside(written: str, folder: str | None) -> str | None:
    """The path that is meant, without `.` and `..`; None where a variable is in it."""
    if "$" in written or (folder is None and not written.startswith("/")):
        return None
    return posixpath.normpath(posixpath.join(folder or "/", written))


def is_in(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies below it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def mentions(text: str, place: str, folder: str | None) -> Literal["path", "variable", ""]:
    """How a word of a text leads to a place, or below it; empty if none does."""
    if re.search(rf"(?<![\w./-]){re.escape(place)}(?![\w.-])", text):
        # Behind any sign, such as those between the parts of a sed command.
        return "path"
    within = folder is not None and is_in(folder, place)
    for token in _BETWEEN_PATHS.split(text):
        if not token or (within and re.fullmatch(r"[\w-][^/$]*", token)):
            # In the place itself every word could name a file.
            continue
        path = inside(token, folder)
        if path is None:
            # A variable may stand for what is before the path.
            if "$" in token and posixpath.basename(place) in token.split("/"):
                return "variable"
            continue
        if is_in(path, place):
            return "path"
        if _PATTERN.search(path) and (fnmatchcase(place, path) or fnmatchcase(place, f"{path}/*")):
            return "path"
    return ""


def reach(file: Dockerfile, stage: int) -> frozenset[int]:
    """A stage and those that start from it."""
    found = {stage}
    for one in file.stages:
        parent = file.parent(one)
        if parent and parent.number in found:
            found.add(one.number)
    return frozenset(found)


def taken_from(file: Dockerfile, instruction: Instruction) -> tuple[Stage, ...]:
    """The other stages that an instruction takes files from."""
    names = [flag.text for flag in [instruction.flag("from")] if flag]
    names += [mount.options["from"] for mount in instruction.mounts if "from" in mount.options]
    return tuple(stage for name in names if (stage := file.stage(name)))
