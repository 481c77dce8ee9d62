"""The note of a release that is under way, so that a killed one can go on or be taken back."""

import base64
import json
from pathlib import Path
from shlex import quote

from railrel.errors import ConfigError
from railrel.releases.plan import Commitment, Release
from railrel.sources import read_bytes
from railrel.world import FileChange

_FORMAT = 1


def written(release: Release, *, pushing: bool) -> bytes:
    """As it lies in git's folder."""
    note = {
        "format": _FORMAT,
        "pushing": pushing,
        "project": release.project,
        "root": str(release.root),
        "was": release.was,
        "version": release.version,
        "tag": release.tag,
        "notes": release.notes,
        "branch": release.branch,
        "start": release.start,
        "remote": release.remote,
        "sign": release.sign,
        "commit": _plain(release.commit),
        "development": _plain(release.development),
    }
    return json.dumps(note, indent=1).encode()


def read(path: Path) -> tuple[Release, bool] | None:
    """The release, and whether its push has begun; None where there is none."""
    if not path.exists():
        return None
    try:
        return _release(json.loads(read_bytes(path)))
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            "the note of a release that was interrupted cannot be understood",
            at=str(path),
            hint=f"look at git log and git tag; when all is as it should be: rm {quote(str(path))}",
            rule="unreadable-note",
        ) from error


def _release(note: dict[str, object]) -> tuple[Release, bool]:
    if note["format"] != _FORMAT:
        raise ValueError("a note of another railrel")
    texts = {
        name: str(note[name])
        for name in ("project", "was", "version", "tag", "notes", "branch", "start", "remote")
    }
    release = Release(
        **texts,
        root=Path(str(note["root"])),
        sign=note["sign"] is True,
        commit=_commitment(note["commit"]),
        development=_commitment(note["development"]),
    )
    return release, note["pushing"] is True


def _plain(commit: Commitment | None) -> dict[str, object] | None:
    if commit is None:
        return None
    return {
        "message": commit.message,
        "files": [
            [str(f.path), _text(f.before) if f.before is not None else None, _text(f.after)]
            for f in commit.files
        ],
        "removed": [str(path) for path in commit.removed],
    }


def _commitment(plain: object) -> Commitment | None:
    if plain is None:
        return None
    if not isinstance(plain, dict):
        raise TypeError(type(plain))
    files = (
        FileChange(Path(path), None if before is None else _bytes(before), _bytes(after))
        for path, before, after in plain["files"]
    )
    return Commitment(
        str(plain["message"]), tuple(files), tuple(Path(path) for path in plain["removed"])
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
