"""Keys that stand twice: Helm takes the last and says nothing."""

from collections.abc import Iterator

from railrel.errors import Problem
from railrel.helm.nodes import Pair, pairs
from railrel.helm.values_file import ValuesFile

ID = "duplicate-key"
TITLE = "a key that repeats; all of the first is lost"

_PLACES = (
    (),
    ("gitea",),
    ("gitea", "config"),
    ("ingress",),
    ("ingress", "annotations"),
    ("persistence",),
)


def find(file: ValuesFile) -> Iterator[Problem]:
    for place in _PLACES:
        yield from _repeated(file, pairs(file.node(*place)), ".".join(place))
    for section in file.sections:
        yield from _repeated(file, pairs(section.value), f"gitea.config.{section.name}")


def _repeated(file: ValuesFile, found: Iterator[Pair], where: str) -> Iterator[Problem]:
    # The chart writes sections and keys of app.ini in upper case.
    folded = where.startswith("gitea.config")
    first: dict[str, Pair] = {}
    for pair in found:
        name = pair.name.upper() if folded else pair.name
        before = first.get(name)
        # What is merged in is meant to be overridden.
        if before and not before.is_merged:
            line = before.key.start_mark.line + 1
            yield Problem(
                f"{pair.name} stands twice{f' in {where}' if where else ''}; what line {line} says is lost",
                file.place(pair.key),
                "make one of the two",
                ID,
            )
        first[name] = pair
