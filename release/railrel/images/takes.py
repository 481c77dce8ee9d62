"""Where a Dockerfile takes a neighbour's folder from outside its build context."""

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path

from packaging.utils import NormalizedName, canonicalize_name

from railrel.dependencies.paths import Folder, from_path
from railrel.errors import Problem
from railrel.images.dockerfiles import Dockerfile, Instruction, Mount
from railrel.images.folders import inside, working_folders
from railrel.images.siblings import Sibling
from railrel.sources import Span
from railrel.values import dataclass

_PROJECT_FILES = frozenset({"pyproject.toml", "setup.py"})


@dataclass(frozen=True)
class Outside:
    """What lies outside the build context."""

    folder: Path
    """The project's, which is the build context."""
    siblings: Mapping[NormalizedName, Sibling]
    contexts: Mapping[str, Sibling | None] = field(default_factory=dict)
    """Named contexts that other files give folders for; None where that is no neighbour's."""
    names: frozenset[str] | None = None
    """What is in the project's folder; None where nobody can look."""

    def named(self, context: str) -> Sibling | None:
        """The neighbour that a named context stands for."""
        found = self.contexts.get(context)
        if found or "/" in context or ":" in context:
            return found
        return self.siblings.get(canonicalize_name(context))

    def at(self, path: str) -> "tuple[Sibling | None, str] | None":
        """The neighbour that a path leads to or into, and the path in it; None if it stays inside."""
        target = from_path(path.lstrip("/") if path.startswith("/") else path, self.folder)
        place = target.folder if isinstance(target, Folder) else self.folder.parent / path
        if place.is_relative_to(self.folder):
            return None
        for one in self.siblings.values():
            if place.is_relative_to(one.folder):
                return one, place.relative_to(one.folder).as_posix()
        return None, ""

    def around(self, path: str) -> Sibling | None:
        """The neighbour that a path leads to from a folder around the project, if not from its own."""
        inner = posixpath.normpath(path).lstrip("/")
        if self.names is None or "$" in path or inner.split("/")[0] in {*self.names, ".", ".."}:
            return None
        for folder in self.folder.parents:
            for one in self.siblings.values():
                if (folder / inner).is_relative_to(one.folder):
                    return one
        return None


@dataclass(frozen=True)
class Take:
    """One COPY, ADD or bind mount of a neighbour."""

    sibling: Sibling
    context: str
    """The named context; empty for a path."""
    number: int
    """Of the instruction."""
    mount: Mount | None
    target: str
    """Where in the image it comes to lie."""
    whole: bool
    """Whether it is all of the neighbour's folder."""
    project_file: bool
    """Whether what makes the folder a project is in it."""
    span: Span


def takes(file: Dockerfile, outside: Outside) -> Iterator[Take | Problem]:
    """All of them, and what looks like one but cannot be told."""
    folders = working_folders(file)
    for number, instruction in enumerate(file.instructions):
        match instruction.keyword:
            case "FROM" if not instruction.onbuild:
                yield from _of_from(file, instruction, outside)
            case "COPY" | "ADD":
                yield from _of_copy(file, number, folders[number], outside)
            case "RUN":
                yield from _of_run(file, number, folders[number], outside)
            case _:
                pass


def _of_from(file: Dockerfile, instruction: Instruction, outside: Outside) -> Iterator[Problem]:
    stage = file.stages[instruction.stage]
    one = outside.named(stage.image)
    if one and file.parent(stage) is None and instruction.words:
        yield Problem(
            f"the stage starts from the folder of {one.name}",
            file.at(instruction.words[0].span),
            f"install {one.name} from the registry where the stage is used, and remove the stage",
            "context-as-stage",
        )


def _of_copy(
    file: Dockerfile, number: int, folder: str | None, outside: Outside
) -> Iterator[Take | Problem]:
    instruction = file.instructions[number]
    *sources, target = [word.text for word in instruction.words] or [""]
    flag = instruction.flag("from")
    if flag is None:
        found = [outside.at(source) if _leaves(source) else None for source in sources]
        if not any(found):
            others = ((s, one) for s in sources if (one := outside.around(s)))
            for source, other in others:
                yield _of_outer_build(file, instruction.words[0].span, source, other)
            return
        span = instruction.words[0].span
        inner = {one[1] for one in found if one}
        owners = {one[0].key: one[0] for one in found if one and one[0]}
        shown = next(source for source, one in zip(sources, found, strict=True) if one)
        if not owners or not all(one[0] for one in found if one):
            yield _outside(file, span, shown)
            return
        owner, context = next(iter(owners.values())), ""
        if len(owners) > 1 or not all(found):
            yield _mixed(file, span, owner)
            return
    else:
        span = flag.span
        if "$" in flag.text and file.stage(flag.text) is None:
            yield from _variable(file, span, flag.text, outside)
            return
        named = None if file.stage(flag.text) else outside.named(flag.text)
        if named is None:
            if flag.text in outside.contexts and not file.stage(flag.text):
                yield _outside(file, span, flag.text)
            return
        owner, context = named, flag.text
        inner = {posixpath.normpath("/" + source).lstrip("/") or "." for source in sources}
    place = inside(target, folder)
    if instruction.onbuild or place is None or any("$" in source for source in sources):
        yield _untold(file, span, owner, instruction)
        return
    whole = inner == {"."}
    yield Take(
        owner, context, number, None, place, whole, whole or bool(inner & _PROJECT_FILES), span
    )


def _of_run(
    file: Dockerfile, number: int, folder: str | None, outside: Outside
) -> Iterator[Take | Problem]:
    instruction = file.instructions[number]
    for mount in instruction.mounts:
        name = mount.options.get("from", "")
        span = mount.flag.span
        if file.stage(name):
            continue
        if "$" in name:
            yield from _variable(file, span, name, outside)
            continue
        inner = posixpath.normpath("/" + mount.source).lstrip("/") or "."
        owner = outside.named(name) if name else None
        if not name and mount.kind == "bind" and _leaves(mount.source):
            found = outside.at(mount.source)
            if found and found[0] is None:
                yield _outside(file, span, mount.source)
                continue
            owner, inner = found or (None, "")
        other = outside.around(mount.source) if not name and mount.kind == "bind" else None
        if other and mount.source:
            yield _of_outer_build(file, span, mount.source, other)
            continue
        if owner is None:
            if name and name in outside.contexts:
                yield _outside(file, span, name)
            continue
        place = inside(mount.target, folder)
        if instruction.onbuild or place is None or not mount.target or mount.kind != "bind":
            yield _untold(file, span, owner, instruction)
            continue
        whole = inner == "."
        yield Take(owner, name, number, mount, place, whole, whole or inner in _PROJECT_FILES, span)


def _leaves(path: str) -> bool:
    return posixpath.normpath(path).startswith("..") or (".." in path.split("/"))


def _variable(file: Dockerfile, span: Span, written: str, outside: Outside) -> Iterator[Problem]:
    """A variable in the place of a name, unless it stands for a stage or an image for certain."""
    default = _defaults(file).get(written.strip("${}"), "")
    if default and not outside.named(default) and default not in outside.contexts:
        return
    yield Problem(
        f"{written} may stand for a neighbour's folder",
        file.at(span),
        "write the name itself, and run railrel dockerfile --migrate again",
        "variable-from",
    )


def _defaults(file: Dockerfile) -> dict[str, str]:
    """What ARG gives a variable when nobody else does."""
    arguments = (w.text for i in file.instructions if i.keyword == "ARG" for w in i.words)
    pairs = (argument.partition("=") for argument in arguments)
    return {name: value.strip("\"'") for name, _, value in pairs}


def _untold(file: Dockerfile, span: Span, one: Sibling, instruction: Instruction) -> Problem:
    if instruction.onbuild:
        return Problem(
            f"ONBUILD takes {one.name} from a folder in the images that start from this one",
            file.at(span),
            f"install {one.name} from the registry in them instead",
            "onbuild",
        )
    return Problem(
        f"where {one.name} comes to lie in the image cannot be told",
        file.at(span),
        "write the path without variables, and run railrel dockerfile --migrate again",
        "variable-in-path",
    )


def _mixed(file: Dockerfile, span: Span, one: Sibling) -> Problem:
    return Problem(
        f"this copies {one.name} together with other files",
        file.at(span),
        "write an instruction for each, and run railrel dockerfile --migrate again",
        "mixed-copy",
    )


def _of_outer_build(file: Dockerfile, span: Span, written: str, one: Sibling) -> Problem:
    return Problem(
        f"{written} is not in this project's folder: the image is built from a folder around it",
        file.at(span),
        f"write the file for a build from the project's own folder, with COPY ../… for {one.name}, "
        "and run railrel dockerfile --migrate again",
        "outer-context",
    )


def _outside(file: Dockerfile, span: Span, written: str) -> Problem:
    return Problem(
        f"{written} lies outside the build context, and is not one neighbour's folder",
        file.at(span),
        "move what the image needs of it into the project, or publish it",
        "outside-context",
    )
