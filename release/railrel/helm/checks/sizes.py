"""Limits that Gitea cannot read, which therefore limit nothing."""

from collections.abc import Iterator

from railrel.errors import Problem
from railrel.helm.scalars import kind_of
from railrel.helm.sizes import UNLIMITED, gitea_bytes
from railrel.helm.values_file import ValuesFile

ID = "unreadable-size"
TITLE = "a limit on packages that Gitea cannot read, or that refuses all"


_LIMITS = ("LIMIT_SIZE_", "LIMIT_TOTAL_OWNER_SIZE")


def find(file: ValuesFile) -> Iterator[Problem]:
    for entry in (*file.entries, *file.variables):
        if entry.section != "packages" or not entry.key.startswith(_LIMITS):
            continue
        at, value = file.place(entry.pair.value), entry.value
        if value and kind_of(entry.pair.value) == "number" and "e" in value:
            # What Helm makes unreadable is the other check's.
            continue
        size = gitea_bytes(value) if entry.is_set and value else UNLIMITED
        if size is None:
            yield Problem(
                f"Gitea cannot read the size of {entry.name}, and then sets no limit at all",
                at,
                f'a number and its unit in quotes: {entry.key}: "100MiB"',
                ID,
            )
        elif size == 0:
            yield Problem(
                f"{entry.name} is 0, so every package is refused",
                at,
                f'{entry.key}: "-1" is no limit',
                ID,
            )
