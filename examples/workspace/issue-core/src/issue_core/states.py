"""The states of an issue, and which of them can follow which."""

from enum import StrEnum


class State(StrEnum):
    """Where an issue stands."""

    OPEN = "open"
    IN_PROGRESS = "in progress"
    DONE = "done"
    REJECTED = "rejected"

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return not MOVES[self]

    def can_become(self, other: "State") -> bool:
        """Whether `other` may follow this state."""
        return other in MOVES[self]


MOVES: dict[State, frozenset[State]] = {
    State.OPEN: frozenset({State.IN_PROGRESS, State.REJECTED}),
    State.IN_PROGRESS: frozenset({State.OPEN, State.DONE, State.REJECTED}),
    State.DONE: frozenset(),
    State.REJECTED: frozenset(),
}
