"""Proof of the build context: all that a Dockerfile takes comes from the project's folder. Pure but
for a look at what is on the disk."""

import os
import posixpath
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath

from packaging.utils import canonicalize_name

from railrel.errors import Problem
from railrel.images.dockerfiles import Dockerfile, Instruction
from railrel.sources import Span
from railrel.values import dataclass

_REMOTE = re.compile(r"(?:https?|git|ssh|s?ftp)://|git@|\S+\.git(?:#|$)")
# A pattern may match nothing, and a variable anything: only the build can tell.
_UNTOLD = re.compile(r"[$*?\[]")


@dataclass(frozen=True)
class Context:
    """What a build from the project's folder is sent."""

    folder: Path
    names: tuple[str, ...]
    """Files that git knows, relative to the folder."""
    sent: tuple[str, ...]
    """Those that .dockerignore lets through."""
    siblings: frozenset[str]
    """Names of the neighbours, normalised."""
    migrate: str
    """What takes named contexts out of a Dockerfile."""

    @cached_property
    def known(self) -> frozenset[str]:
        """All files that git knows, and their folders."""
        return _with_folders(self.names)

    @cached_property
    def visible(self) -> frozenset[str]:
        """All files that are sent, and their folders."""
        return _with_folders(self.sent)


def findings(file: Dockerfile, context: Context) -> list[Problem]:
    """What the build would not find there, in the order of the file."""
    found = [p for instruction in file.instructions for p in _of(file, instruction, context)]
    return [*found, *_links_out(context)]


def _of(file: Dockerfile, instruction: Instruction, context: Context) -> Iterator[Problem]:
    if instruction.onbuild:
        return
    match instruction.keyword:
        case "FROM":
            stage = file.stages[instruction.stage]
            if file.parent(stage) is None:
                yield from _reference(file, instruction.rest.span, stage.image, context)
        case "COPY" | "ADD":
            taken = instruction.flag("from")
            if taken:
                yield from _reference(file, taken.span, taken.text, context)
            else:
                yield from _sources(file, instruction, context)
        case "RUN":
            for mount in instruction.mounts:
                origin = mount.options.get("from", "")
                if origin:
                    yield from _reference(file, mount.flag.span, origin, context)
                elif mount.kind == "bind":
                    yield from _source(file, mount.flag.span, mount.source, context)
        case _:
            return


def _reference(file: Dockerfile, where: Span, name: str, context: Context) -> Iterator[Problem]:
    """A stage or an image; a neighbour's name is neither."""
    if file.stage(name) or canonicalize_name(name) not in context.siblings:
        return
    yield Problem(
        f"{name} is no stage and no image but a folder beside the project, which nobody else's build has",
        file.at(where),
        context.migrate,
        "named-context",
    )


def _sources(file: Dockerfile, instruction: Instruction, context: Context) -> Iterator[Problem]:
    for word in instruction.words[:-1]:
        text = word.text
        remote = instruction.keyword == "ADD" and _REMOTE.match(text)
        if not remote and not text.startswith("<<"):
            yield from _source(file, word.span, text, context)


def _source(file: Dockerfile, where: Span, written: str, context: Context) -> Iterator[Problem]:
    # The reader has one character for each byte.
    text = written.encode("latin-1", "replace").decode("utf-8", "replace")
    if _UNTOLD.search(text):
        return
    path = posixpath.normpath(text.lstrip("/") or ".")
    if path.split("/")[0] == "..":
        yield Problem(
            f"{text} leads out of the build context",
            file.at(where),
            context.migrate,
            "outside-context",
        )
    elif path != "." and path not in context.visible and not _in_submodule(path, context):
        yield _missing(file, where, path, context)


def _missing(file: Dockerfile, where: Span, path: str, context: Context) -> Problem:
    at = file.at(where)
    if path in context.known:
        hint = f"write a last line into .dockerignore: !{path}"
        return Problem(f".dockerignore keeps {path} from the build", at, hint, "ignored")
    if os.path.lexists(context.folder / path):
        hint = f"git add {path}, or take it out of .gitignore; what a build makes, a stage can make"
        return Problem(f"git does not know {path}, so no clone has it", at, hint, "not-in-git")
    hint = f"make it, or take it out of the {file.path.name}"
    return Problem(f"{path} is not there", at, hint, "not-there")


def _in_submodule(path: str, context: Context) -> bool:
    """Git lists a submodule as one name."""
    around = (str(parent) for parent in PurePosixPath(path).parents)
    return any(name in context.sent for name in around) and (context.folder / path).exists()


def _links_out(context: Context) -> Iterator[Problem]:
    """Links are sent as they are, and lead nowhere in an image."""
    inside = context.folder.resolve()
    for name in context.sent:
        path = context.folder / name
        if path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(inside):
            yield Problem(
                f"{name} is a link that leads out of the build context",
                str(path),
                "put the file itself into the project",
                "link-out",
            )


def _with_folders(names: tuple[str, ...]) -> frozenset[str]:
    found = set(names)
    for name in names:
        folder = posixpath.dirname(name)
        while folder and folder not in found:
            found.add(folder)
            folder = posixpath.dirname(folder)
    return frozenset(found)
