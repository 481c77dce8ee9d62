"""Would this install on a stranger's machine? What the built files must fulfil to be published.

Each rule is a function from an opened file and what was asked for to problems; a rule of both files
is in `agreement`. Nothing here opens or runs anything; twine's own check is in `twine_check`.
"""

from collections.abc import Iterable

from railrel.distributions.artefacts import Artefact
from railrel.distributions.gate import (
    archives,
    metadata,
    names,
    records,
    requirements,
    strays,
    wheels,
)
from railrel.distributions.gate.agreement import disagreements
from railrel.distributions.gate.asked import Asked, Rule
from railrel.errors import Problem

__all__ = ["REMARKS", "RULES", "Asked", "remarks", "unfit", "unfit_alone"]

RULES: tuple[Rule, ...] = (
    names.as_asked,
    names.released,
    metadata.known_fields,
    metadata.readable_metadata,
    requirements.no_direct_references,
    requirements.no_paths_in_source,
    requirements.siblings_bounded,
    archives.one_reading,
    archives.members_inside,
    archives.members_once,
    archives.links_inside,
    archives.one_top_folder,
    records.recorded,
    wheels.described,
    wheels.pure,
    wheels.starts,
    wheels.not_empty,
    strays.no_secrets,
    strays.no_repository,
)
"""What keeps a file from being published."""

REMARKS: tuple[Rule, ...] = (
    requirements.unbounded,
    wheels.only_requirements,
    strays.leftovers,
    strays.installed_beside,
)
"""What may be meant so."""


def unfit(sdist: Artefact, wheel: Artefact, asked: Asked) -> list[Problem]:
    """Everything that keeps these two files of one version from being published."""
    problems = [*unfit_alone((wheel, sdist), asked), *disagreements(sdist, wheel)]
    return list(dict.fromkeys(problems))


def unfit_alone(files: Iterable[Artefact], asked: Asked) -> list[Problem]:
    """What keeps each of them from being published, whatever the others say."""
    return _by(RULES, files, asked)


def remarks(files: Iterable[Artefact], asked: Asked) -> list[Problem]:
    """What somebody may want to know, and no reason to stop."""
    return _by(REMARKS, files, asked)


def _by(rules: Iterable[Rule], files: Iterable[Artefact], asked: Asked) -> list[Problem]:
    found = (problem for file in files for rule in rules for problem in rule(file, asked))
    return list(dict.fromkeys(found))
