"""Which Python an image gets."""

import re

from railrel.errors import Problem
from railrel.images.tree import Tree
from railrel.settings import Settings
from railrel.values import dataclass
from railrel.workspace.pythons import SUPPORTED, admits, minors, newest, requires_python

_RELEASE = r"3\.\d{1,2}(?:\.\d{1,3}(?:rc\d{1,2})?)?"
# As uv and pyenv write it, with what they add: cpython-3.13.1-linux-x86_64-gnu, 3.13-dev.
_FILE = re.compile(rf"(?:(?:cpython|python)[@-]?)?(?P<release>{_RELEASE})(?:-[\w.-]*)?", re.ASCII)
# python:3.13-slim and uv:python3.13-bookworm, at any registry.
_IMAGE = re.compile(r"(?:^|[/:])python[:-]?(3\.\d+(?:\.\d+)?)(?![\d.])", re.ASCII)
_HINT = 'set image-python = "3.12"'
_FIELD = "{python}"


@dataclass(frozen=True, slots=True)
class Python:
    """One Python 3."""

    minor: str
    """Such as `3.12`: what its folders are called."""
    tag: str
    """The same, or `3.12.4` where it must be that one: what images are called."""
    note: Problem | None = None
    """What one should know of it."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """A release that somebody names."""

    release: str
    by: str
    at: str


def python_of(tree: Tree, settings: Settings) -> Python | Problem:
    """What the settings say, else `.python-version`, else the lowest supported that may be used.

    The lowest is what the project promises to work with.
    """
    asked, named = _setting(settings), _base(settings)
    if asked and named and _minor(asked.release) != _minor(named.release):
        return Problem(
            f"image-base is an image of Python {named.release}, and image-python is {asked.release}",
            named.at,
            f'write image-base = "python:{_FIELD}-slim", or set image-python = "{_minor(named.release)}"',
            "two-pythons",
        )
    choice = asked or named or _file(tree)
    if isinstance(choice, Problem):
        return choice
    return _chosen(tree, choice) if choice else _lowest(tree)


def image_of(settings: Settings, python: Python) -> str:
    """The base image for it."""
    return settings.text("image-base").replace(_FIELD, python.tag)


def _setting(settings: Settings) -> _Choice | None:
    wanted, at = settings.text("image-python"), settings.values["image-python"].origin
    return _Choice(wanted, "image-python", at) if wanted else None


def _base(settings: Settings) -> _Choice | None:
    """The Python that the base image is named after, where its name has no place for one."""
    base = settings.text("image-base")
    found = None if _FIELD in base else _IMAGE.search(base)
    return _Choice(found[1], "image-base", settings.values["image-base"].origin) if found else None


def _file(tree: Tree) -> _Choice | Problem | None:
    if not tree.has(".python-version"):
        return None
    path = tree.project.folder / ".python-version"
    lines = enumerate(tree.text(".python-version").removeprefix("\ufeff").splitlines(), 1)
    said = ((number, line.partition("#")[0].strip()) for number, line in lines)
    # Others below the first are for tests.
    number, written = next(((n, w) for n, w in said if w), (0, ""))
    if written in ("", "3"):
        return None
    found = _FILE.fullmatch(written)
    if found is None:
        message = f".python-version says {written!r}, of which there is no image of CPython"
        return Problem(message, f"{path}:{number}:1", _HINT, "no-python")
    return _Choice(_minor(found["release"]), ".python-version", f"{path}:{number}:1")


def _chosen(tree: Tree, choice: _Choice) -> Python | Problem:
    """What somebody named, if the project admits it."""
    written, minor = requires_python(tree.project.document), _minor(choice.release)
    if not admits(written, choice.release):
        return Problem(
            f"{choice.by} says Python {choice.release}, and requires-python is {written}",
            choice.at,
            f"mend one of them{'' if choice.by == 'image-python' else f', or {_HINT}'}",
            "no-python",
        )
    exact = choice.release != minor
    return Python(minor, choice.release if exact else newest(written, minor))


def _lowest(tree: Tree) -> Python | Problem:
    document = tree.project.document
    written = requires_python(document)
    at = document.at(("project", "requires-python"))
    if not written:
        return Problem(
            f"{tree.project.name} does not say which Python it needs",
            document.at(("project",)),
            f'write requires-python = ">=3.11" below [project], or {_HINT}',
            "no-python",
        )
    admitted = minors(written)
    if not admitted:
        said = "no Python 3 is in" if admitted is not None else "this is no range of versions:"
        return Problem(f"{said} {written}", at, f"mend it, or {_HINT}", "no-python")
    minor = f"3.{next((m for m in admitted if m >= SUPPORTED), admitted[-1])}"
    return Python(minor, newest(written, minor), _aged(minor, written, at))


def _aged(minor: str, written: str, at: str) -> Problem | None:
    """That nobody mends the Python any more."""
    if int(minor.partition(".")[2]) >= SUPPORTED:
        return None
    return Problem(
        f"{written} admits no Python that is still supported: the image gets {minor}",
        at,
        f'when it works with a newer one: requires-python = ">=3.{SUPPORTED}"',
        "old-python",
    )


def _minor(release: str) -> str:
    return ".".join(release.split(".")[:2])
