"""Numbers that Helm writes with an exponent, and nothing at all."""

from collections.abc import Iterator

from railrel.errors import Problem
from railrel.helm.scalars import kind_of
from railrel.helm.secret_values import is_secret
from railrel.helm.values_file import ValuesFile

ID = "number-as-float"
TITLE = "a number from a million on, which Helm turns into 1e+06; a key without a value"


def find(file: ValuesFile) -> Iterator[Problem]:
    for entry in file.entries:
        written, kind = str(entry.pair.value.value), kind_of(entry.pair.value)
        if kind == "null":
            yield Problem(
                f"{entry.name} has no value; Helm writes <nil> into app.ini",
                file.place(entry.pair.key),
                f'{entry.key}: ""',
                ID,
            )
        elif kind == "number" and "e" in (entry.value or ""):
            shown, quoted = (
                ("with an exponent", "…")
                if is_secret(entry.key)
                else (f"as {entry.value}", _in_full(written, entry.value or ""))
            )
            yield Problem(
                f"{entry.name} is a number, which Helm writes {shown}; Gitea cannot read that",
                file.place(entry.pair.value),
                f'put it in quotes: {entry.key}: "{quoted}"',
                ID,
            )


def _in_full(written: str, value: str) -> str:
    """As somebody wrote it, where Gitea reads that; else all the digits."""
    return written if written.isdecimal() or float(value) < 1 else f"{float(value):.0f}"
