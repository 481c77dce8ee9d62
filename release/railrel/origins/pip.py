"""pip: no rule says which index a name comes from, so ours are installed first, by a command alone.

pip takes the highest version that any of its indexes offers. What it can be told is which versions to
take: a constraints file with a pin for each name of ours. Installed from our index with `--no-deps` and
nothing else, they are there before the public index is asked for the rest; with the same file as
constraints pip then looks for no other version of them, and fails rather than takes a stranger's.
https://pip.pypa.io/en/stable/cli/pip_install/#finding-packages
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import NormalizedName
from packaging.version import Version

from railrel.dependencies.index_urls import same_index
from railrel.dependencies.listed import listed
from railrel.dependencies.references import Index
from railrel.dependencies.requirements import Written
from railrel.dependencies.syntaxes.requirement_files import is_compiled, logical_lines
from railrel.edits import Edit, FileRewrite, apply
from railrel.errors import Problem
from railrel.origins.names import Ours
from railrel.sources import Source
from railrel.values import dataclass
from railrel.workspace.projects import Project

PINS: Final = "internal-constraints.txt"
_HEAD = """\
# Made by railrel: our own packages, as constraints for pip. Make it anew: railrel index {name}
"""
_EXTRA = re.compile(r"\s*--extra-index-url(?:\s+|=)[\"']?(?P<url>[^\s\"']+)[\"']?\s*")
_HASH = re.compile(r"\s--hash[ =]")


@dataclass(frozen=True, slots=True)
class Pinned:
    """What is to be done for pip."""

    files: tuple[FileRewrite, ...] = ()
    pins: bytes | None = None
    """The constraints; None when there can be none."""
    problems: tuple[Problem, ...] = ()


def by_hand(files: Iterable[Source], ours: Ours) -> tuple[Source, ...]:
    """The requirements files with names of ours that people write and that hold no hashes.

    Hashes decide by themselves.
    """
    return tuple(
        file
        for file in files
        if file.path.name != PINS and not is_compiled(file) and not hashed(file)
        if any(ours.holds(name) for name in names_of([file]))
    )


def planned(
    project: Project,
    files: tuple[Source, ...],
    held: Mapping[NormalizedName, frozenset[Version]],
    ours: Ours,
    index: Index,
) -> Pinned:
    """A pin for each name that is `held`, and no line that adds our index to pip's others."""
    written = list(_requirements(files))
    for name in held:
        if neighbour := ours.projects.get(name):
            own = ("project", "dependencies")
            written += [r for r in listed(neighbour.document) if r.path[:2] == own]
    pins: dict[NormalizedName, Version] = {}
    problems: list[Problem] = []
    for name, versions in held.items():
        ranges = dict.fromkeys(w.range for w in written if w.name == name and w.range)
        fitting = _fitting(ranges, versions)
        if fitting:
            pins[name] = max(fitting)
        else:
            problems.append(_none_of(name, ", ".join(ranges) or "the registry", index.url))
    if problems:
        return Pinned(problems=tuple(problems))
    lines = "".join(f"{name}=={version}\n" for name, version in sorted(pins.items()))
    head = "".join(f"# {command}\n" for command in commands(files, index))
    edited = ((file, without_index(file, index)) for file in files)
    return Pinned(
        tuple(
            FileRewrite(f.path, f.data, after.data) for f, after in edited if after.data != f.data
        ),
        f"{_HEAD.format(name=project.name)}{head}{lines}".encode(),
    )


def _fitting(ranges: Iterable[str], versions: Iterable[Version]) -> list[Version]:
    try:
        return list(SpecifierSet(",".join(ranges)).filter(versions))
    except InvalidSpecifier:
        # pip will say what is wrong with it.
        return []


def _none_of(name: str, ranges: str, place: str) -> Problem:
    return Problem(
        f"no published version of {name} is in {ranges}",
        place,
        f"railrel publish {name}",
        "not-published",
    )


def commands(files: Iterable[Source], index: Index) -> tuple[str, str]:
    """The two that install, one after the other: ours alone, then everything."""
    named = " ".join(f"-r {file.path.name}" for file in files)
    return (
        f"pip install --index-url {index.url} --no-deps -r {PINS}",
        f"pip install -c {PINS} {named}",
    )


def hashed(file: Source) -> bool:
    """Whether each requirement has a hash: then pip takes those bytes, wherever they come from."""
    lines = [line.text for line in logical_lines(file) if line.text.strip()]
    requirements = [text for text in lines if not text.lstrip().startswith("-")]
    return bool(requirements) and all(_HASH.search(text) for text in requirements)


def names_of(files: Iterable[Source]) -> Iterator[NormalizedName]:
    """What these files require."""
    for written in _requirements(files):
        if written.name:
            yield written.name


def _requirements(files: Iterable[Source]) -> Iterator[Written]:
    for file in files:
        for line in logical_lines(file):
            if line.text.strip() and not line.text.lstrip().startswith("-"):
                yield Written(line.text.strip())


def without_index(file: Source, index: Index) -> Source:
    """Without the lines that add our index to pip's others."""
    edits = []
    for line in logical_lines(file):
        found = _EXTRA.fullmatch(line.text)
        if found and same_index(found["url"], index.url):
            span = line.span(0, len(line.text))
            edits.append(Edit(span.start, span.end, ""))
    return apply(file, edits)
