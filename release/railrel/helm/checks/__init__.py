"""What can be wrong with the values of a Gitea: one check a file, listed here."""

from collections.abc import Iterator
from typing import Protocol

from railrel.errors import Problem
from railrel.helm.checks import (
    body_limit,
    clear_secrets,
    duplicates,
    nesting,
    numbers,
    replicas,
    root_url,
    sizes,
    storage,
    switched_off,
    texts,
    unknown_keys,
)
from railrel.helm.values_file import ValuesFile


class Check(Protocol):
    """A module of this folder."""

    ID: str
    TITLE: str

    def find(self, file: ValuesFile) -> Iterator[Problem]:
        """All that is wrong, with its place. No finding holds a value that could be a secret."""
        ...


CHECKS: tuple[Check, ...] = (
    nesting,
    duplicates,
    unknown_keys,
    numbers,
    sizes,
    texts,
    switched_off,
    root_url,
    body_limit,
    storage,
    replicas,
    clear_secrets,
)


def findings(file: ValuesFile) -> tuple[Problem, ...]:
    """All of them, in the order of the file. ConfigError if it is no YAML."""
    found = [problem for check in CHECKS for problem in check.find(file)]
    return tuple(sorted(dict.fromkeys(found), key=_place))


def _place(problem: Problem) -> tuple[int, int]:
    line, column = problem.at.rsplit(":", 2)[-2:]
    return int(line), int(column)
