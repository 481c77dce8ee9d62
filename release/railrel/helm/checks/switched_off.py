"""What publishing needs, switched off."""

from collections.abc import Iterator

from railrel.errors import Problem
from railrel.helm.values_file import ValuesFile

ID = "switched-off"
TITLE = "packages or Actions switched off"

_NEEDED = {
    "packages": "then there is no registry",
    "actions": "then no workflow can publish",
}


def find(file: ValuesFile) -> Iterator[Problem]:
    for section, why in _NEEDED.items():
        entry = file.entry(section, "ENABLED")
        # What Go's ParseBool reads as false.
        if entry and (entry.value or "").lower() in ("false", "0", "f"):
            yield Problem(
                f"{section} is switched off; {why}",
                file.place(entry.pair.value),
                'ENABLED: "true"',
                ID,
            )
