"""What a project asks for when it is installed, and what of a lock that brings along."""

from collections.abc import Iterable, Iterator

from packaging.utils import NormalizedName

from railrel.dependencies.requirements import Written
from railrel.documents import Document
from railrel.images.installers.protocol import Locked, Need
from railrel.images.installers.reading import extras_of, need_of, strings
from railrel.values import dataclass
from railrel.workspace.projects import Project


@dataclass(frozen=True, slots=True)
class Wish:
    """One requirement."""

    need: Need
    always: bool
    """Whether it holds everywhere: a lock may leave out what no marker ever admits."""


def wishes(project: Project) -> tuple[Wish, ...] | None:
    """The project's own requirements; None where its file does not tell all of them."""
    listed = project.document.table("project")
    if "dependencies" in strings(listed.get("dynamic")):
        return None
    return _told(project, tuple(_standard(strings(listed.get("dependencies")))))


def wishes_of_poetry(project: Project) -> tuple[Wish, ...] | None:
    """The same from Poetry's own table, which only adds to the standard one where both are."""
    listed = project.document.table("project")
    dynamic = "dependencies" in strings(listed.get("dynamic"))
    standard = tuple(_standard(strings(listed.get("dependencies"))))
    own = tuple(_poetrys(project.document)) if dynamic or not standard else ()
    return _told(project, (*standard, *own))


def installed(locked: Iterable[Locked], wanted: Iterable[Need] | None) -> tuple[Locked, ...]:
    """What comes with what is wanted; all of it where nobody can tell what is wanted."""
    every = tuple(locked)
    if wanted is None:
        return every
    waiting = list(wanted)
    seen: set[tuple[NormalizedName, str]] = set()
    while waiting:
        need = waiting.pop()
        for key in {(need.name, extra) for extra in ("", *need.extras)} - seen:
            seen.add(key)
            here = (package for package in every if package.name == need.name)
            waiting += [more for package in here for more in package.needs.get(key[1], ())]
    names = {name for name, _ in seen}
    return tuple(package for package in every if package.name in names)


def needs(asked: tuple[Wish, ...] | None) -> tuple[Need, ...] | None:
    """What to begin with."""
    return None if asked is None else tuple(wish.need for wish in asked)


def always(asked: tuple[Wish, ...] | None) -> tuple[NormalizedName, ...]:
    """Names that every lock of the project must hold."""
    return tuple(dict.fromkeys(wish.need.name for wish in asked or () if wish.always))


def _told(project: Project, found: tuple[Wish, ...]) -> tuple[Wish, ...] | None:
    # One that asks for itself means its own extras.
    return None if any(wish.need.name == project.name for wish in found) else found


def _standard(texts: Iterable[str]) -> Iterator[Wish]:
    for text in texts:
        need = need_of(text)
        if need:
            parsed = Written(text).parsed
            yield Wish(need, always=parsed is not None and parsed.marker is None)


def _poetrys(document: Document) -> Iterator[Wish]:
    for name, value in document.table("tool", "poetry", "dependencies").items():
        need = need_of(name)
        if name == "python" or need is None:
            continue
        spelled = value if isinstance(value, dict) else {}
        if spelled.get("optional") is not True:
            extras = extras_of(strings(spelled.get("extras")))
            # A list has one entry for each platform or Python.
            partly = isinstance(value, list) or any(
                key in spelled for key in ("markers", "python", "platform")
            )
            yield Wish(Need(need.name, extras), always=not partly)
