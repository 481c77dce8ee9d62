"""Secrets, and what proves who we are."""

from railrel.values import dataclass


class Secret:
    """A value that no output may hold. `repr`, `str` and formatting give `***`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Give the value itself, for the one header or file that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)


@dataclass(frozen=True, slots=True)
class Credential:
    """What proves who we are to a registry."""

    username: str
    password: Secret
    origin: str
    """Where it was found, such as `RAILREL_TOKEN` or `~/.pypirc [acme]`."""
    bearer: bool = False
    """Whether it goes as `Authorization: Bearer`, without the name; else it goes as Basic."""
