"""One release as it will be: files, commands, what is pushed."""

import re
from collections.abc import Iterable
from pathlib import Path

from railrel.values import dataclass
from railrel.world import FileChange

# What keeps Gitea, and GitHub, from running the tag's workflow when the tagged commit says it.
# The last line is GitHub's alone.
SKIPPED = re.compile(
    r"\[(?:skip ci|ci skip|no ci|skip actions|actions skip)\]|^skip-checks: ?true\b",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Commitment:
    """A commit that is to be made."""

    message: str
    files: tuple[FileChange, ...]
    removed: tuple[Path, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """What it holds."""
        return (*(file.path for file in self.files), *self.removed)


@dataclass(frozen=True, slots=True)
class Release:
    """All that a release does."""

    project: str
    root: Path
    """Of the repository."""
    was: str
    """The version before; empty for none."""
    version: str
    tag: str
    notes: str
    branch: str
    start: str
    """The commit that it begins with."""
    remote: str
    """Empty when nothing is pushed."""
    sign: bool
    commit: Commitment | None
    """None where the version is in the tag alone and nothing is written."""
    development: Commitment | None
    """What comes after it."""


def commit_commands(commit: Commitment, root: Path) -> tuple[tuple[str, ...], ...]:
    """How git is told of a commit in the repository's folder, once its files are written."""
    removed = names_in(root, commit.removed)
    # A killed run may have removed them already.
    removing = ("rm", "--quiet", "--ignore-unmatch", "--", *removed)
    added = names_in(root, (file.path for file in commit.files))
    told = ("commit", "--quiet", "--message", commit.message, "--", *added, *removed)
    return (*([removing] if removed else []), *([("add", "--", *added)] if added else []), told)


def names_in(root: Path, paths: Iterable[Path]) -> tuple[str, ...]:
    """What git calls these files."""
    base = root.resolve()
    # The file's own name stays: it may be a link.
    return tuple((path.parent.resolve() / path.name).relative_to(base).as_posix() for path in paths)


def tag_command(tag: str, message: str, commit: str, *, sign: bool) -> tuple[str, ...]:
    """An annotated tag; its message is kept as it is, headings too."""
    kind = "--sign" if sign else "--annotate"
    return ("tag", kind, "--cleanup=verbatim", "--message", message, tag, commit)


def push_command(remote: str, branch: str, tag: str) -> tuple[str, ...]:
    """Both or neither."""
    return ("push", "--atomic", remote, f"HEAD:refs/heads/{branch}", f"refs/tags/{tag}")


def tag_message(release: Release) -> str:
    """What the tag says: its name, then what changed."""
    head = f"{release.project} {release.version}"
    return f"{head}\n\n{release.notes}\n" if release.notes else f"{head}\n"
