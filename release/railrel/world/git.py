"""What is asked of git."""

from pathlib import Path
from typing import Protocol

from railrel.values import dataclass


@dataclass(frozen=True, slots=True)
class GitState:
    """What git says of one folder of a repository."""

    root: Path
    branch: str | None
    """None when HEAD is detached."""
    commit: str | None
    """None before the first commit."""
    commit_time: int | None
    """Seconds since 1970 of the commit's committer date."""
    dirty: tuple[str, ...]
    """Changed, staged and untracked paths below the folder, relative to the root."""
    ahead: int | None
    behind: int | None
    """Against the upstream branch; None without one."""
    tags: tuple[str, ...]
    """Names of the tags that point at HEAD."""
    remote: str | None
    """URL of `origin`, without credentials."""


class Git(Protocol):
    """Answers questions about repositories."""

    def state(self, folder: Path) -> GitState | None:
        """Say how the repository that holds `folder` stands; None where there is none."""
        ...

    def has_tag(self, folder: Path, tag: str) -> bool:
        """Whether the repository has this tag anywhere."""
        ...

    def commit_of(self, folder: Path, name: str) -> str | None:
        """The commit that `refs/tags/…` or an object's own name leads to; None if it is not here.

        A tag may also be what was fetched last, without a name of its own (`FETCH_HEAD`).
        """
        ...

    def changed(self, folder: Path, ref: str) -> tuple[Path, ...] | None:
        """Files below `folder` that differ between `ref` and HEAD, or that no commit holds as they are.

        None where the repository has no such commit, or there is no repository.
        """
        ...

    def hidden(self, folder: Path) -> tuple[str, ...]:
        """Files whose changes git was told not to look for (assume-unchanged, skip-worktree)."""
        ...

    def check_out(self, folder: Path, commit: str, tag: str, target: Path) -> None:
        """Make a checkout of a commit in `target`, which is not there yet, at a tag of its own.

        The repository is only read. RefusedError where the commit is not whole by itself:
        submodules, files that git-lfs keeps. ConfigError where git cannot give it.
        """
        ...

    def staged(self, folder: Path) -> tuple[str, ...] | None:
        """Files below `folder`, relative to it, that the next commit adds or changes."""
        ...

    def staged_content(self, folder: Path, name: str) -> bytes:
        """What the next commit will hold of a file below `folder`."""
        ...

    def files(self, folder: Path) -> tuple[str, ...] | None:
        """Tracked and untracked but not ignored files below `folder`, relative to it."""
        ...
