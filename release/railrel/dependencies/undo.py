"""What a rewrite changed, kept so that it can be taken back: the changed lines alone, no whole files.

Pure. Lines are kept as one character a byte; lines around a change as hashes, to know it again.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from pathlib import Path
from shlex import quote

from railrel.edits import FileRewrite
from railrel.errors import Problem
from railrel.values import dataclass
from railrel.world import FileChange

_CONTEXT = 2
# A line with a password in it is not written anywhere else, so that change cannot be taken back.
_PASSWORD = re.compile(rb"://[^/@\s]*:[^/@\s]+@")


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that took the place of others."""

    line: int
    """Of the first new line, from 0."""
    before: tuple[str, ...]
    after: tuple[str, ...]
    lead: tuple[str, ...]
    """Hashes of the lines before it, the nearest last."""
    trail: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file's changes."""

    path: str
    """Relative to the workspace, or absolute outside of it."""
    after: str
    """SHA-256 of the whole file after the change."""
    hunks: tuple[Hunk, ...]
    withheld: bool = False
    """Whether a changed line holds a password."""
    made: bool = False
    """Whether it was not there before."""


@dataclass(frozen=True, slots=True)
class Record:
    """One run's changes to one project."""

    files: tuple[FileRecord, ...]


def record(files: Iterable[FileRewrite | FileChange], root: Path) -> Record:
    """What is to be kept of these changes."""
    return Record(tuple(_of_file(file, root) for file in files))


def written(run: Mapping[str, Record]) -> bytes:
    """One run's records, by the project's folder, as a file."""
    # Not asdict: it copies every line.
    plain = {
        name: {
            "files": [
                {
                    "path": file.path,
                    "after": file.after,
                    "hunks": [_plain(hunk) for hunk in file.hunks],
                    "withheld": file.withheld,
                    "made": file.made,
                }
                for file in one.files
            ]
        }
        for name, one in run.items()
    }
    return json.dumps(plain).encode() + b"\n"


def _plain(hunk: Hunk) -> dict[str, object]:
    return {
        "line": hunk.line,
        "before": hunk.before,
        "after": hunk.after,
        "lead": hunk.lead,
        "trail": hunk.trail,
    }


def read(data: bytes) -> dict[str, Record]:
    """What `written` wrote. ValueError when it did not write this."""
    try:
        return {
            name: Record(tuple(_file(item) for item in entry["files"]))
            for name, entry in json.loads(data).items()
        }
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(str(error)) from error


def taken_back(kept: FileRecord, present: bytes, path: Path) -> bytes | list[Problem] | None:
    """The file as it was before, if the changed lines are untouched; else what was changed since.

    None where it was not there.
    """
    if kept.withheld:
        return [
            Problem(
                f"a changed line of {path.name} holds a password, so it was not kept",
                str(path),
                "take the change back by hand or by git",
                "not-kept",
            )
        ]
    lines = present.splitlines(keepends=True)
    untouched = hashlib.sha256(present).hexdigest() == kept.after
    if kept.made:
        return None if untouched else [_no_longer_ours(path)]
    places: list[tuple[int, Hunk]] = []
    problems: list[Problem] = []
    for hunk in kept.hunks:
        place = hunk.line if untouched else _place(lines, hunk, hunk.after)
        if place is None and hunk.before and _place(lines, hunk, hunk.before) is not None:
            # Somebody, or git, has taken this back already.
            continue
        if place is None:
            problems.append(_changed(lines, hunk, path))
        else:
            places.append((place, hunk))
    if problems:
        return problems
    for place, hunk in sorted(places, key=lambda found: -found[0]):
        lines[place : place + len(hunk.after)] = map(_bytes, hunk.before)
    return b"".join(lines)


def _of_file(file: FileRewrite | FileChange, root: Path) -> FileRecord:
    path = file.path.relative_to(root) if file.path.is_relative_to(root) else file.path
    digest = hashlib.sha256(file.after).hexdigest()
    if file.before is None:
        return FileRecord(path.as_posix(), digest, (), made=True)
    hunks = tuple(_hunks(file.before, file.after))
    texts = [_bytes(line) for hunk in hunks for line in (*hunk.before, *hunk.after)]
    if any(_PASSWORD.search(text) for text in texts):
        return FileRecord(path.as_posix(), digest, (), withheld=True)
    return FileRecord(path.as_posix(), digest, hunks)


def _hunks(before: bytes, after: bytes) -> Iterator[Hunk]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    # Comparing is quadratic, and a lock has thousands of lines of which a few change.
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    inner_old, inner_new = old[start : len(old) - end], new[start : len(new) - end]
    matcher = SequenceMatcher(None, inner_old, inner_new, autojunk=False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind != "equal":
            first, last = start + j1, start + j2
            yield Hunk(
                first,
                tuple(map(_text, inner_old[i1:i2])),
                tuple(map(_text, inner_new[j1:j2])),
                tuple(map(_hash, new[max(0, first - _CONTEXT) : first])),
                tuple(map(_hash, new[last : last + _CONTEXT])),
            )


def _common(one: list[bytes], other: list[bytes]) -> int:
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length


def _place(lines: list[bytes], hunk: Hunk, texts: tuple[str, ...]) -> int | None:
    """Where these lines stand now: by themselves, or between their neighbours when there are none."""
    wanted = [_bytes(line) for line in texts]
    size = len(wanted)
    found = [i for i in range(len(lines) - size + 1) if lines[i : i + size] == wanted]
    between = [i for i in found if _between(lines, i, size, hunk)]
    candidates = between or (found if size else [])
    return min(candidates, key=lambda i: abs(i - hunk.line), default=None)


def _between(lines: list[bytes], place: int, size: int, hunk: Hunk) -> bool:
    lead = tuple(map(_hash, lines[max(0, place - len(hunk.lead)) : place]))
    trail = tuple(map(_hash, lines[place + size : place + size + len(hunk.trail)]))
    return lead == hunk.lead and trail == hunk.trail


def _changed(lines: list[bytes], hunk: Hunk, path: Path) -> Problem:
    wrote = " / ".join(line.strip() for line in hunk.after) or "nothing"
    now = (
        lines[hunk.line].strip().decode("utf-8", "replace") if hunk.line < len(lines) else "the end"
    )
    was = " / ".join(line.strip() for line in hunk.before) or "nothing"
    return Problem(
        f"{path.name} was changed since: railrel wrote {_utf8(wrote)} here, now it is {now}",
        f"{path}:{hunk.line + 1}:1",
        f"write by hand what was there: {_utf8(was)}",
        "changed-since",
    )


def _no_longer_ours(path: Path) -> Problem:
    return Problem(
        f"{path.name} was changed since railrel made it",
        str(path),
        f"remove it by hand if nobody needs it, and run this again: rm {quote(str(path))}",
        "changed-since",
    )


def _file(item: dict[str, object]) -> FileRecord:
    hunks = item["hunks"]
    return FileRecord(
        str(item["path"]),
        str(item["after"]),
        tuple(_hunk(hunk) for hunk in hunks) if isinstance(hunks, list) else (),
        item["withheld"] is True,
        item.get("made") is True,
    )


def _hunk(item: dict[str, object]) -> Hunk:
    def texts(key: str) -> tuple[str, ...]:
        value = item[key]
        return tuple(map(str, value)) if isinstance(value, list) else ()

    line = item["line"]
    return Hunk(
        line if isinstance(line, int) else 0,
        texts("before"),
        texts("after"),
        texts("lead"),
        texts("trail"),
    )


def _text(line: bytes) -> str:
    return line.decode("latin-1")


def _bytes(line: str) -> bytes:
    return line.encode("latin-1")


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()[:16]


def _utf8(octets: str) -> str:
    return octets.encode("latin-1", "replace").decode("utf-8", "replace")
