"""What a release tells of itself: from the changelog's own `Unreleased`, fragments or commits."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from railrel.errors import ConfigError
from railrel.releases.changelog import NAMES, Entry, unreleased, with_entry
from railrel.releases.changes import Change, body_of, largest_step
from railrel.releases.commits import Commit, conventional, subjects
from railrel.releases.fragments import Fragment
from railrel.releases.numbers import Step
from railrel.sources import BOM, Source, read_source
from railrel.values import dataclass
from railrel.world import FileChange

NO_CHANGELOG: Final = "no"
"""As the setting `changelog`: there is none."""


@dataclass(frozen=True, slots=True)
class News:
    """What is told, and which step it asks for."""

    body: str
    step: Step | None
    """None where nobody says what kind of changes these are."""
    origin: str
    """In the user's words: where it was taken from."""


def news_of(text: str, fragments: tuple[Fragment, ...], commits: tuple[Commit, ...]) -> News:
    """The first of these that says anything; text that somebody wrote comes first and stays."""
    written = unreleased(text)
    told = [fragment.change for fragment in fragments]
    by_convention = conventional(commits)
    step = _step(told) or _step(by_convention)
    if written or told:
        body = "\n\n".join(part for part in (written, body_of(told)) if part)
        origin = "what stands below Unreleased" if written else f"{len(told)} fragments"
        return News(body, step, origin)
    if by_convention:
        return News(body_of(by_convention), step, f"{len(commits)} commits")
    return News(body_of(subjects(commits)), None, f"{len(commits)} commits")


def _step(changes: Iterable[Change]) -> Step | None:
    told = list(changes)
    return largest_step(told) if told else None


def changelog_of(folder: Path, name: str) -> Source:
    """The changelog of a project; one that is not there yet is empty."""
    names = (name,) if name else NAMES
    found = next((folder / each for each in names if (folder / each).is_file()), None)
    return read_source(found) if found else Source(folder / names[0], b"")


def text_of(source: Source) -> str:
    """Its text with `\\n`. ConfigError if it is not UTF-8."""
    try:
        return source.data.removeprefix(BOM).decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{source.path.name} is not UTF-8", at=str(source.path), hint="save it as UTF-8"
        ) from error


def written_changelog(source: Source, entry: Entry) -> FileChange:
    """The changelog with the entry, in the line endings that it has."""
    text = with_entry(text_of(source), entry).replace("\n", source.newline)
    mark = BOM if source.data.startswith(BOM) else b""
    before = source.data if source.path.exists() else None
    return FileChange(source.path, before, mark + text.encode())
