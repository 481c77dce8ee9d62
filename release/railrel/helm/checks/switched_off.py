"""What publishing needs, switched off."""

from collections.abc import Iterator

from railrel.errors import Problem
from railrel.helm.booleans import FALSE
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
        if entry and entry.value in FALSE:
            yield Problem(
                f"{section} is switched off; {why}",
                file.place(entry.pair.value),
                'ENABLED: "true"',
                ID,
            )
