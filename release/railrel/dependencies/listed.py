"""Where TOML files list requirement strings: one table of all the places."""

from collections.abc import Iterator
from functools import lru_cache

from railrel.dependencies.file_names import may_be_script
from railrel.dependencies.references import Breaks, Wanted
from railrel.dependencies.requirements import Written
from railrel.documents import Document, KeyPath
from railrel.edits import Edit
from railrel.errors import Problem
from railrel.toml_edits import within_string
from railrel.values import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A list of requirement strings; `*` in the keys stands for any key."""

    keys: tuple[str, ...]
    breaks: Breaks


@dataclass(frozen=True, slots=True)
class Listed(Written):
    """One requirement string and where it is."""

    path: KeyPath
    breaks: Breaks


_HATCH: tuple[Place, ...] = (
    # Installed to build the distribution, by everybody who builds its sdist.
    Place(("build", "dependencies"), "publish"),
    Place(("build", "hooks", "*", "dependencies"), "publish"),
    Place(("build", "targets", "*", "dependencies"), "publish"),
    Place(("build", "targets", "*", "hooks", "*", "dependencies"), "publish"),
    Place(("envs", "*", "dependencies"), "image"),
    Place(("envs", "*", "extra-dependencies"), "image"),
    *(
        Place(("envs", "*", "overrides", "*", "*", f"{prefix}{key}"), "image")
        for prefix in ("", "set-")
        for key in ("dependencies", "extra-dependencies")
    ),
    # Plugins that give kinds of environments.
    Place(("env", "requires"), "image"),
)

PYPROJECT: tuple[Place, ...] = (
    Place(("project", "dependencies"), "publish"),
    Place(("project", "optional-dependencies", "*"), "publish"),
    Place(("build-system", "requires"), "publish"),
    Place(("dependency-groups", "*"), "image"),
    Place(("tool", "uv", "dev-dependencies"), "image"),
    Place(("tool", "uv", "extra-build-dependencies", "*"), "image"),
    Place(("tool", "rye", "dev-dependencies"), "image"),
    *(Place(("tool", "hatch", *place.keys), place.breaks) for place in _HATCH),
)

# PEP 723: the block at the top of a script.
SCRIPT: tuple[Place, ...] = (Place(("dependencies",), "development"),)

OVERRIDES: tuple[tuple[str, ...], ...] = (
    ("tool", "uv", "override-dependencies"),
    ("tool", "uv", "constraint-dependencies"),
    ("tool", "uv", "build-constraint-dependencies"),
)


# Where a table stands for a string: uv's extra build dependencies, overrides of Hatch.
_WITHIN = ("requirement", "value")


@lru_cache(maxsize=16)
def listed(document: Document) -> tuple[Listed, ...]:
    """Every requirement string of a file, by what the file is."""
    # Kept for a while: each syntax asks for the same file.
    return tuple(
        Listed(text, path, place.breaks)
        for place in _places(document)
        for path, text in strings(document, place.keys)
    )


def _places(document: Document) -> tuple[Place, ...]:
    match document.path.name:
        case "hatch.toml":
            return _HATCH
        case "Pipfile":
            return ()
        case name if may_be_script(name):
            return SCRIPT
        case _:
            return PYPROJECT


def strings(document: Document, keys: tuple[str, ...]) -> Iterator[tuple[KeyPath, str]]:
    """The strings of the lists at these keys, which may hold `*`."""
    for path, value in at_keys(document.values, keys):
        # In a group tables such as { include-group = "lint" } stand between the strings.
        for index, item in enumerate(value if isinstance(value, list) else []):
            if isinstance(item, str):
                yield (*path, index), item
            for key in _WITHIN if isinstance(item, dict) else ():
                if isinstance(item.get(key), str):
                    yield (*path, index, key), str(item[key])


def at_keys(
    value: object, keys: tuple[str, ...], path: KeyPath = ()
) -> Iterator[tuple[KeyPath, object]]:
    """The values at these keys, which may hold `*` for any key, with the keys that lead there."""
    if not keys:
        yield path, value
        return
    if not isinstance(value, dict):
        return
    first, rest = keys[0], keys[1:]
    for key in value if first == "*" else [first] if first in value else []:
        yield from at_keys(value[key], rest, (*path, key))


def with_range_for_url(document: Document, requirement: Listed, wanted: Wanted) -> Edit:
    """Put a range where the URL stands."""
    place = document.place(requirement.path)
    if not place:
        raise RuntimeError(f"{requirement} is nowhere")
    return within_string(document, place, requirement.with_range_for_url(wanted))


def with_complete_range(
    document: Document, requirement: Listed, wanted: Wanted
) -> Edit | Problem | None:
    """Give a requirement a range if it has none; None when it has one that fits."""
    place = document.place(requirement.path)
    change = requirement.with_complete_range(wanted, document.at(requirement.path))
    if change is None or isinstance(change, Problem):
        return change
    return within_string(document, place, change) if place else None
