"""Issues with states and labels, kept in a JSON file."""

from issue_core.issues import Issue, UnknownMoveError
from issue_core.states import State
from issue_core.store import CorruptStoreError, JsonStore

__all__ = ["CorruptStoreError", "Issue", "JsonStore", "State", "UnknownMoveError"]
