"""An issue: a title, a state and labels. Values do not change; a move gives a new one."""

import uuid
from dataclasses import dataclass, field, replace
from typing import Self

from issue_core.states import State


class UnknownMoveError(ValueError):
    """A state was asked for that cannot follow the present one."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue."""

    title: str
    state: State = State.OPEN
    labels: frozenset[str] = frozenset()
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    def moved_to(self, state: State) -> Self:
        """The issue in another state. UnknownMoveError when that state cannot follow."""
        if not self.state.can_become(state):
            raise UnknownMoveError(f"an issue that is {self.state} cannot become {state}")
        return replace(self, state=state)

    def labelled(self, *labels: str) -> Self:
        """The issue with more labels."""
        return replace(self, labels=self.labels | set(labels))
