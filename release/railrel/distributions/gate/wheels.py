"""Rules: a wheel is for whom its name says, and what it promises to start is in it.

https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

import configparser
import re
from collections.abc import Iterator
from math import prod
from pathlib import PurePosixPath

from railrel.distributions.artefacts import Artefact
from railrel.distributions.gate.asked import Asked
from railrel.distributions.modules import modules_of
from railrel.errors import Problem

# As CPython and PyPy name compiled modules: spam.cpython-311-x86_64-linux-gnu.so, spam.abi3.so
_COMPILED = re.compile(r"\.(?:cpython-\d+|abi3|pypy\d+|cp\d+)[\w.-]*\.(?:so|pyd)$")

# A few kilobytes can stand for a thousand million of them.
_MOST_TAGS = 10_000
_SHOWN = 10


def described(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """A wheel says in WHEEL what its name says."""
    del asked
    if file.kind != "wheel":
        return
    place, text = _text(file, "WHEEL")
    if text is None:
        yield Problem(
            "it has no WHEEL, which every installer reads first",
            file.path.name,
            "build it with a backend (PEP 517), not by hand",
            "no-wheel-file",
        )
        return
    lines = [line.partition(":") for line in text.splitlines()]
    written = [value.strip() for key, _, value in lines if key.strip().lower() == "tag"]
    told = {tag for one in written for tag in _single_tags(one)}
    named = set(_single_tags("-".join(file.path.stem.split("-")[-3:])))
    if told != named:
        yield Problem(
            f"its name says {_tags(named)}, its WHEEL says {_tags(told)}",
            f"{file.path.name}: {place}, Tag",
            "rename no wheels; python -m wheel tags changes both",
            "other-tags",
        )


def _single_tags(text: str) -> frozenset[str]:
    """What `py2.py3-none-any` stands for; what is none, or would be far too many, for itself."""
    from packaging.tags import parse_tag

    if prod(part.count(".") + 1 for part in text.split("-")) > _MOST_TAGS:
        return frozenset({text})
    try:
        return frozenset(map(str, parse_tag(text)))
    except ValueError:
        return frozenset({text})


def pure(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """A wheel for any platform holds no module that was compiled for one."""
    del asked
    if file.kind != "wheel" or not file.path.stem.endswith("-any"):
        return
    # Who vendors others' files has code for when they cannot be loaded, as debugpy has.
    compiled = [
        m.name
        for m in file.contents.members
        if _COMPILED.search(m.name) and "/_vendor" not in m.name
    ]
    if compiled:
        yield Problem(
            f"it is for any platform, and {compiled[0]} is compiled for one",
            f"{file.path.name}: {compiled[0]}",
            "let the backend give it a platform's tag, or leave out what an earlier build left",
            "compiled-in-pure",
        )


def starts(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """Commands and plugins lie in modules of the wheel, unless a dependency may bring them."""
    del asked
    if file.kind != "wheel":
        return
    place, text = _text(file, "entry_points.txt")
    parser = configparser.ConfigParser(delimiters=("=",), interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # names keep their case
    try:
        parser.read_string(text or "")
    except configparser.Error:
        yield Problem(
            "its entry_points.txt cannot be read",
            f"{file.path.name}: {place}",
            "write them below [project.scripts] and [project.entry-points]",
            "unreadable-entry-points",
        )
        return
    files = [m.name for m in file.contents.members if m.sort == "file"]
    # A folder of data is a package too, and pkg-config takes such.
    known = modules_of([*files, *(f"{PurePosixPath(name).parent}/__init__.py" for name in files)])
    for group in parser.sections():
        for name, value in parser.items(group):
            module = value.partition(":")[0].partition("[")[0].strip()
            if module and not _is_there(module, known, file):
                yield Problem(
                    f"{name} of {group} starts {module}, which is not in the wheel",
                    f"{file.path.name}: {place}, [{group}] {name}",
                    "name a module that is in it, or have the backend include it",
                    "entry-point-to-nothing",
                )


def not_empty(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """There is something to import, to run or to require."""
    del asked
    if file.kind == "wheel" and not _holds_something(file):
        if file.metadata.get("requires_dist"):
            return
        yield Problem(
            "there is nothing in it to import or to run, and it requires nothing",
            file.path.name,
            "tell the backend where the package is, such as packages below "
            "[tool.hatch.build.targets.wheel]",
            "empty-wheel",
        )


def only_requirements(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """A remark: a wheel that only names others may be meant so."""
    del asked
    if file.kind == "wheel" and not _holds_something(file) and file.metadata.get("requires_dist"):
        yield Problem(
            "there is nothing in it but its requirements",
            file.path.name,
            "fine if it is meant to gather others",
            "only-requirements",
        )


def _text(file: Artefact, name: str) -> tuple[str, str | None]:
    """A file of the `.dist-info` folder: its place, and what it says."""
    for place, data in file.contents.texts.items():
        if place.endswith(f".dist-info/{name}"):
            return place, data.decode("utf-8", "replace")
    return name, None


def _is_there(module: str, known: frozenset[str], file: Artefact) -> bool:
    if module in known:
        return True
    # Of another distribution: a requirement may bring it.
    return module.partition(".")[0] not in known and bool(file.metadata.get("requires_dist"))


def _holds_something(file: Artefact) -> bool:
    return any(
        m.sort != "folder" and not PurePosixPath(m.name).parts[0].endswith(".dist-info")
        for m in file.contents.members
        if m.name
    )


def _tags(tags: set[str]) -> str:
    shown = [tag if len(tag) < 100 else f"{tag[:100]}…" for tag in sorted(tags)[:_SHOWN]]
    more = f" and {len(tags) - _SHOWN} more" if len(tags) > _SHOWN else ""
    return f"{', '.join(shown)}{more}" or "nothing"
