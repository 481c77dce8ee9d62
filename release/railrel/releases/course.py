"""Carrying a release out: each step asks first whether it is done already."""

import contextlib
from collections.abc import Callable
from shlex import quote

from railrel.errors import ConflictError, RailrelError, RefusedError, UnreachableError
from railrel.releases.note import written
from railrel.releases.plan import (
    Commitment,
    Release,
    commit_commands,
    names_in,
    push_command,
    tag_command,
    tag_message,
)
from railrel.releases.repository import Head, Repository
from railrel.values import dataclass
from railrel.world import FileChange, Files


@dataclass(frozen=True)
class Course:
    """A release, where it takes place, and who is told."""

    release: Release
    repository: Repository
    change: Callable[[tuple[FileChange, ...]], None]
    """Makes changes of files together."""
    say: Callable[[str], None]

    @property
    def files(self) -> Files:
        """Of the machine."""
        return self.repository.world.files

    def run(self, *, pushing: bool = False) -> None:
        """From wherever it stands to its end.

        When git, a hook or the remote refuses, all is taken back. When the remote cannot be reached
        nobody knows what it has, and the note stays for the next run.
        """
        release = self.release
        note = self.repository.note
        self.files.put(note, written(release, pushing=pushing), 0o600)
        try:
            self._made()
            if release.remote:
                self.files.put(note, written(release, pushing=True), 0o600)
                self._pushed()
        except UnreachableError:
            raise
        except RailrelError:
            self.take_back()
            raise
        self.files.discard(note)

    def take_back(self) -> None:
        """Undo what was done here. ConflictError when something else was done on top of it."""
        release, repository = self.release, self.repository
        head = repository.head()
        if not self._is_ours(head):
            raise self._moved(head)
        commit = self._release_commit(head)
        if commit and repository.tagged_commit(release.tag) == commit:
            repository.carry_out(("tag", "--delete", release.tag))
        # What was being written when it stopped.
        pending = release.development if head.sha == commit else release.commit
        if pending and head.sha in (commit, release.start):
            self._restored(pending)
        if head.sha != release.start:
            repository.carry_out(("reset", "--quiet", "--keep", release.start))
        self.files.discard(repository.note)

    # --- steps

    def _made(self) -> None:
        release, repository = self.release, self.repository
        head = repository.head()
        if not self._is_ours(head):
            raise self._moved(head)
        if release.commit and head.sha == release.start:
            self._committed(release.commit)
            head = repository.head()
        commit = self._release_commit(head)
        if commit and repository.tagged_commit(release.tag) != commit:
            told = tag_message(release)
            repository.carry_out(tag_command(release.tag, told, commit, sign=release.sign))
            self.say(f"  tagged {release.tag}")
        if release.development and head.sha == commit:
            self._committed(release.development)

    def _committed(self, commit: Commitment) -> None:
        self.change(tuple(file for file in commit.files if not _is_written(file)))
        for argv in commit_commands(commit, self.release.root):
            self.repository.carry_out(argv)
        self.say(f"  committed {commit.message.partition(chr(10))[0]}")

    def _pushed(self) -> None:
        release, repository = self.release, self.repository
        if self.is_pushed():
            self.say(f"  {release.remote} has {release.tag} already")
            return
        repository.push(push_command(release.remote, release.branch, release.tag), release.remote)
        self.say(f"  pushed {release.branch} and {release.tag} to {release.remote}")

    # --- where it stands

    def is_pushed(self) -> bool:
        """Whether the remote has the tag that is here. UnreachableError when nobody knows."""
        release, repository = self.release, self.repository
        there = repository.listed(release.remote, release.branch, release.tag)
        return there.tag is not None and there.tag == repository.tag_object(release.tag)

    def _is_ours(self, head: Head) -> bool:
        """Whether HEAD is where the release began, or one of its commits on top of that."""
        return head.sha == self.release.start or self._release_commit(head) is not None

    def _release_commit(self, head: Head) -> str | None:
        """The commit that is tagged, once it is there."""
        release = self.release
        if release.commit is None:
            base = release.start
        elif _is(head, release.commit, release.start):
            return head.sha
        else:
            before = self._before(head)
            if before is None or not _is(before, release.commit, release.start):
                return None
            base = before.sha
        if head.sha == base:
            return base
        development = release.development
        return base if development and _is(head, development, base) else None

    def _before(self, head: Head) -> Head | None:
        return self.repository.commit(head.parents[0]) if len(head.parents) == 1 else None

    def _moved(self, head: Head) -> ConflictError:
        release = self.release
        return ConflictError(
            f"HEAD has moved since {release.project} {release.version} began to be released",
            at=str(release.root),
            hint=f"it is at {head.sha[:10]}; look at git log and git tag, then: "
            f"rm {quote(str(self.repository.note))}",
            rule="moved",
        )

    def _restored(self, commit: Commitment) -> None:
        back = [file for file in commit.files if _is_written(file)]
        changed = [FileChange(f.path, f.after, f.before) for f in back if f.before is not None]
        self.change(tuple(changed))
        for file in back:
            if file.before is None:
                self.files.discard(file.path)
        root = self.release.root
        for name in names_in(root, commit.paths):
            with contextlib.suppress(RailrelError):
                # A file that no commit had is in no index to be taken out of.
                self.repository.carry_out(("reset", "--quiet", "--", name))
        removed = names_in(root, commit.removed)
        if removed:
            self.repository.carry_out(("checkout", "--quiet", "HEAD", "--", *removed))


def already_pushed(course: Course) -> RefusedError | None:
    """Why it cannot be taken back, if it cannot. UnreachableError when nobody knows."""
    release = course.release
    if not course.is_pushed():
        return None
    return RefusedError(
        f"{release.tag} is pushed to {release.remote}: others may have it",
        at=str(release.root),
        hint=f"release a higher version: railrel release {release.project} patch",
        rule="pushed",
    )


def _is(head: Head, commit: Commitment, parent: str) -> bool:
    """By its first line: hooks add others."""
    subject = commit.message.partition("\n")[0]
    return head.parents == (parent,) and head.message.partition("\n")[0] == subject


def _is_written(file: FileChange) -> bool:
    return file.path.exists() and file.path.read_bytes() == file.after
