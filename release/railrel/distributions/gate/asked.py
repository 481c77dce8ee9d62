"""What a rule of the gate is, and what it is told."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from packaging.utils import NormalizedName
from packaging.version import Version

from railrel.distributions.artefacts import Artefact
from railrel.errors import Problem
from railrel.values import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """What the built files should be."""

    name: NormalizedName
    version: Version
    siblings: AbstractSet[NormalizedName] | None
    """Projects of the workspace, whose versions move together with ours; None outside of any."""
    allow_dev: bool


Rule: TypeAlias = Callable[[Artefact, Asked], Iterator[Problem]]
