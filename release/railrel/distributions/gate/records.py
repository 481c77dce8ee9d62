"""Rule: RECORD lists what is in the wheel, with its hash.

https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

import base64
import csv
from collections.abc import Iterator, Mapping

from railrel.distributions.artefacts import Artefact
from railrel.distributions.gate.asked import Asked
from railrel.errors import Problem

_HINT = "change nothing in a wheel that is built; build it again"
# Signatures and RECORD itself cannot be listed with their hash.
_UNLISTED = ("/RECORD", "/RECORD.jws", "/RECORD.p7s")


def recorded(file: Artefact, asked: Asked) -> Iterator[Problem]:
    """Every member is listed, with its own hash, and nothing else is."""
    del asked
    if file.kind != "wheel":
        return
    place = next((n for n in file.contents.texts if n.endswith(".dist-info/RECORD")), None)
    if place is None:
        yield Problem("it has no RECORD", file.path.name, _HINT, "no-record")
        return
    try:
        listed = _listed(file.contents.texts[place])
    except (csv.Error, UnicodeDecodeError, ValueError):
        yield Problem(
            "its RECORD cannot be read", f"{file.path.name}: {place}", _HINT, "unreadable-record"
        )
        return
    there = {m.name: m.sha256 for m in file.contents.members if m.sort != "folder"}
    yield from _differences(file, place, listed, there)


def _differences(
    file: Artefact, place: str, listed: Mapping[str, str], there: Mapping[str, str]
) -> Iterator[Problem]:
    folder = place.rpartition("/")[0]
    unlisted = {f"{folder}{name}" for name in _UNLISTED}
    for name in sorted(there.keys() - listed.keys() - unlisted):
        yield _problem(file, name, f"{name} is in the wheel, and its RECORD does not list it")
    for name in sorted(listed.keys() - there.keys() - unlisted):
        yield _problem(file, name, f"its RECORD lists {name}, which is not in the wheel")
    for name in sorted(listed.keys() & there.keys() - unlisted):
        if not listed[name]:
            yield _problem(file, name, f"its RECORD lists {name} without a hash")
        elif there[name] and listed[name] != there[name]:
            yield _problem(file, name, f"{name} is not what its RECORD says: the hash is another")


def _listed(data: bytes) -> dict[str, str]:
    """The sha256, hexadecimal, of each name; what is hashed otherwise counts as it is written."""
    listed: dict[str, str] = {}
    for row in csv.reader(data.decode("utf-8").splitlines()):
        if row:
            algorithm, _, digest = row[1].partition("=") if len(row) > 1 else ("", "", "")
            known = algorithm == "sha256" and digest
            listed[row[0]] = _hexadecimal(digest) if known else digest
    return listed


def _hexadecimal(digest: str) -> str:
    return base64.urlsafe_b64decode(digest + "=" * (-len(digest) % 4)).hex()


def _problem(file: Artefact, name: str, message: str) -> Problem:
    return Problem(message, f"{file.path.name}: {name}", _HINT, "record-differs")
