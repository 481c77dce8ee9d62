"""What changed since the last release, in the words of Keep a Changelog.

https://keepachangelog.com/en/1.1.0/
"""

from collections.abc import Iterable

from railrel.releases.numbers import STEPS, Step
from railrel.values import dataclass

BREAKING = "Breaking"
HEADINGS = (BREAKING, "Removed", "Added", "Changed", "Deprecated", "Fixed", "Security")
"""In the order in which readers want them."""
_STEPS: dict[str, Step] = {
    BREAKING: "major",
    "Removed": "major",
    "Added": "minor",
    "Changed": "minor",
    "Deprecated": "minor",
    "Fixed": "patch",
    "Security": "patch",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that somebody who upgrades wants to know."""

    heading: str
    """One of `HEADINGS`; empty for what only those who work on the project want to know."""
    text: str


def largest_step(changes: Iterable[Change]) -> Step:
    """The step that these changes ask for."""
    steps = {_STEPS.get(change.heading, "patch") for change in changes}
    return next((step for step in STEPS if step in steps), "patch")


def body_of(changes: Iterable[Change]) -> str:
    """The text of a section, without its heading; each heading of changes once."""
    told = list(changes)
    parts = []
    for heading in HEADINGS:
        texts = dict.fromkeys(c.text for c in told if c.heading == heading)
        if texts:
            parts.append(f"### {heading}\n\n" + "\n".join(_entry(text) for text in texts))
    return "\n\n".join(parts)


def _entry(text: str) -> str:
    first, *rest = text.strip().splitlines()
    return "\n".join([f"- {first}", *(f"  {line}".rstrip() for line in rest)])
