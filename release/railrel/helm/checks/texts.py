"""Values that Kubernetes takes as text only: annotations and variables."""

from collections.abc import Iterator

from railrel.errors import Problem
from railrel.helm.nodes import Pair, items, last_of, pairs
from railrel.helm.scalars import kind_of
from railrel.helm.values_file import ValuesFile

ID = "unquoted-text"
TITLE = "a number or a boolean without quotes where Kubernetes takes text only"

_ANNOTATIONS = (
    ("ingress", "annotations"),
    ("service", "http", "annotations"),
    ("service", "ssh", "annotations"),
    ("persistence", "annotations"),
    ("deployment", "annotations"),
    ("gitea", "podAnnotations"),
)
_VARIABLES = (("gitea", "additionalConfigFromEnvs"), ("deployment", "env"))


def find(file: ValuesFile) -> Iterator[Problem]:
    for path in _ANNOTATIONS:
        for pair in pairs(file.node(*path)):
            yield from _judged(file, pair, f"the annotation {pair.name}")
    for path in _VARIABLES:
        for item in items(file.node(*path)):
            value = last_of(item, "value")
            if value:
                yield from _judged(file, value, "the value of a variable")


def _judged(file: ValuesFile, pair: Pair, what: str) -> Iterator[Problem]:
    kind = kind_of(pair.value)
    if kind in ("bool", "number"):
        yield Problem(
            f"{what} is a {'boolean' if kind == 'bool' else kind} to Helm; Kubernetes takes text only",
            file.place(pair.value),
            "put it in quotes",
            ID,
        )
    elif kind is None:
        yield Problem(f"{what} is no text", file.place(pair.value), "write one text", ID)
