"""Files held against the gate, wherever they lie."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from itertools import product
from pathlib import Path

from packaging.utils import NormalizedName

from railrel.distributions.artefacts import Artefact, inspect
from railrel.distributions.gate import Asked, remarks, unfit, unfit_alone
from railrel.distributions.twine_check import twine_problems
from railrel.errors import Problem, UnfitError
from railrel.values import dataclass


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found in some files."""

    files: tuple[Artefact, ...]
    """Those that could be opened."""
    findings: tuple[Problem, ...]
    """What would keep them from being published."""
    notes: tuple[Problem, ...]
    """What may be meant so."""


def judged(
    paths: Iterable[Path], siblings: AbstractSet[NormalizedName] | None, *, allow_dev: bool
) -> Judged:
    """Open them all; those of one version are held against each other as well."""
    files: list[Artefact] = []
    findings: list[Problem] = []
    for path in paths:
        try:
            files.append(inspect(path))
        except UnfitError as error:
            findings += error.problems
    notes: list[Problem] = []
    for file in files:
        asked = Asked(file.file_name, file.file_version, siblings, allow_dev)
        findings += unfit_alone((file,), asked)
        notes += remarks((file,), asked)
    for sdist, wheel in _pairs(files):
        asked = Asked(wheel.file_name, wheel.file_version, siblings, allow_dev)
        findings += unfit(sdist, wheel, asked)
    # Only what opens: twine would say the same of the others, in other words.
    findings += twine_problems(file.path for file in files)
    return Judged(tuple(files), tuple(dict.fromkeys(findings)), tuple(dict.fromkeys(notes)))


def _pairs(files: list[Artefact]) -> list[tuple[Artefact, Artefact]]:
    sdists, wheels = ([f for f in files if f.kind == kind] for kind in ("sdist", "wheel"))
    return [
        (sdist, wheel)
        for sdist, wheel in product(sdists, wheels)
        if (sdist.file_name, sdist.file_version) == (wheel.file_name, wheel.file_version)
    ]
