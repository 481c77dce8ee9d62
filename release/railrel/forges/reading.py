"""What a forge answers, as values. An answer of another shape comes from something before it."""

from collections.abc import Mapping

from railrel.answers import table_of, value_of
from railrel.errors import UnreachableError
from railrel.values import dataclass
from railrel.world import Response


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object whose fields are asked by their kind."""

    values: Mapping[str, object]

    def text(self, name: str) -> str:
        """A string; empty where there is none."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        """A whole number; 0 where there is none."""
        value = self.values.get(name)
        return value if isinstance(value, int) else 0

    def is_set(self, name: str) -> bool:
        """Whether it is true."""
        return self.values.get(name) is True

    def within(self, name: str) -> "Fields":
        """An object in it; empty where there is none."""
        return Fields(table_of(self.values.get(name)))


def one(answer: Response, at: str) -> Fields:
    """The object of an answer. UnreachableError where there is none."""
    value = value_of(answer.body)
    if not isinstance(value, dict):
        raise _strange(at)
    return Fields(value)


def several(answer: Response, at: str) -> tuple[Fields, ...]:
    """The objects of an answer that is a list. UnreachableError where it is none."""
    value = value_of(answer.body)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise _strange(at)
    return tuple(Fields(item) for item in value)


def message(answer: Response) -> str:
    """The sentence in an answer that says no; nothing of a web page."""
    value = value_of(answer.body)
    text = Fields(table_of(value)).text("message")
    return " ".join(text.split())[:300]


def _strange(at: str) -> UnreachableError:
    return UnreachableError(
        "the forge's answer is not what its API gives; something before it may have answered",
        at=at,
        hint=f"curl -i {at}",
    )
