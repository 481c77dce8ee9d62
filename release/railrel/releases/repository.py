"""What a release asks of git and of the remote, and what it has git do.

Hooks run and commits are signed as the user's settings have it, because it is the user's `git`.
"""

import re
from functools import cached_property
from pathlib import Path
from shlex import quote

from railrel.errors import ConfigError, ConflictError, RefusedError, UnfitError, UnreachableError
from railrel.releases.commits import Commit
from railrel.values import dataclass
from railrel.world import Command, Completed, World

_LISTED = re.compile(r"^(?P<sha>[0-9a-f]{40,64})\t(?P<name>\S+)$", re.MULTILINE)
_SYMBOLIC = re.compile(r"^ref: refs/heads/(?P<branch>\S+)\tHEAD$", re.MULTILINE)
_HEAD = re.compile(
    r"^(?P<sha>[0-9a-f]{40,64}) (?P<parents>[0-9a-f ]*)\0(?P<message>.*)\0",
    re.DOTALL | re.MULTILINE,
)
_COMMIT = re.compile(r"(?P<sha>[0-9a-f]{40,64})\0(?P<message>.*?)\0\1", re.DOTALL)
_LOST = re.compile(r"\[rejected\]|\[remote rejected\].*(?:cannot lock ref|failed to update ref)")
_REFUSED = re.compile(
    r"\[remote rejected\]|pre-receive hook declined|Authentication failed|HTTP 40[13]|error: 403"
    r"|permission denied|could not read Username|not authorized",
    re.IGNORECASE,
)
_SECONDS = 120.0
# Hooks and tests behind it may take their time.
_LONG_SECONDS = 1800.0


@dataclass(frozen=True, slots=True)
class Remote:
    """What the remote has of the names that matter."""

    default: str | None
    """The branch that its HEAD names."""
    branch: str | None
    """The commit of our branch there."""
    tag: str | None
    """The commit, or the object of an annotated tag, of our tag there."""


@dataclass(frozen=True, slots=True)
class Head:
    """The commit that is checked out."""

    sha: str
    parents: tuple[str, ...]
    message: str


@dataclass(frozen=True)
class Repository:
    """The repository in a folder."""

    world: World
    root: Path

    # --- questions

    @cached_property
    def note(self) -> Path:
        """Where a release that is under way is noted: with git, where no commit can take it along."""
        said = self._ask("rev-parse", "--git-path", "railrel-release.json").strip()
        return (self.root / said).resolve()

    def remote_of(self, branch: str) -> str | None:
        """The remote that a branch is pushed to."""
        told = self._run("config", "--get", f"branch.{branch}.remote")
        remotes = self._ask("remote").split()
        name = told.output.strip() if told.code == 0 else "origin"
        return name if name in remotes else next(iter(remotes), None)

    def listed(self, remote: str, branch: str, tag: str) -> Remote:
        """UnreachableError or RefusedError when the remote cannot be asked."""
        names = (f"refs/heads/{branch}", f"refs/tags/{tag}")
        done = self._run("ls-remote", "--symref", remote, "HEAD", *names)
        if done.code:
            raise _unreached(done, remote, self.root)
        found = {m["name"]: m["sha"] for m in _LISTED.finditer(done.output)}
        symbolic = _SYMBOLIC.search(done.output)
        return Remote(
            symbolic["branch"] if symbolic else None, found.get(names[0]), found.get(names[1])
        )

    def contains(self, commit: str) -> bool:
        """Whether HEAD has this commit among its own. Not when it is not even here."""
        return self._run("merge-base", "--is-ancestor", commit, "HEAD").code == 0

    def head(self) -> Head:
        """The commit that is checked out."""
        return self.commit("HEAD")

    def commit(self, name: str) -> Head:
        """A commit by any name. ConfigError if there is none."""
        found = _HEAD.search(self._ask("log", "-1", "--format=%H %P%x00%B%x00", name, "--"))
        if found is None:
            raise ConfigError("there is no commit yet", at=str(self.root), hint="git commit")
        return Head(found["sha"], tuple(found["parents"].split()), found["message"].strip())

    def tag_object(self, tag: str) -> str | None:
        """What a tag here names: the commit, or the object of an annotated tag."""
        done = self._run("rev-parse", "--verify", "--quiet", f"refs/tags/{tag}")
        return done.output.strip() if done.code == 0 else None

    def tagged_commit(self, tag: str) -> str | None:
        """The commit behind a tag here."""
        done = self._run("rev-parse", "--verify", "--quiet", f"refs/tags/{tag}^{{commit}}")
        return done.output.strip() if done.code == 0 else None

    def merged_tags(self) -> tuple[str, ...]:
        """Tags of HEAD and of what came before it."""
        return tuple(self._ask("tag", "--merged", "HEAD").split())

    def commits(self, since: str | None, folder: Path) -> tuple[Commit, ...]:
        """Those that touch a folder, newest first, after a tag. Merges say nothing of their own."""
        span = f"refs/tags/{since}..HEAD" if since else "HEAD"
        form = "--format=%H%x00%B%x00%H"
        said = self._ask("log", "--no-merges", form, span, "--", str(folder))
        return tuple(Commit(m["sha"], m["message"].strip()) for m in _COMMIT.finditer(said))

    # --- acts

    def carry_out(self, argv: tuple[str, ...]) -> None:
        """One of the commands of a plan. UnfitError with what git or a hook of its says."""
        done = self._run(*argv, seconds=_LONG_SECONDS)
        if done.code:
            raise UnfitError(
                f"git {argv[0]} failed:\n  {_told(done.output)}",
                at=str(self.root),
                hint="mend what it says, then run the same command again",
                rule="git-failed",
            )

    def push(self, argv: tuple[str, ...], remote: str) -> None:
        """Push all or nothing. ConflictError when somebody was faster, RefusedError, UnreachableError."""
        done = self._run(*argv, seconds=_LONG_SECONDS)
        if done.code == 0:
            return
        if _LOST.search(done.output) and not re.search("hook|protected", done.output):
            raise ConflictError(
                f"somebody pushed to {remote} meanwhile",
                at=str(self.root),
                hint="nothing was pushed and all is as it was: git pull --ff-only, then again",
                rule="lost-race",
            )
        raise _unreached(done, remote, self.root)

    def _ask(self, *arguments: str) -> str:
        done = self._run(*arguments)
        if done.code:
            raise ConfigError(
                f"git {arguments[0]} failed: {_told(done.output)}",
                at=str(self.root),
                hint=f"git -C {quote(str(self.root))} status",
            )
        return done.output

    def _run(self, *arguments: str, seconds: float = _SECONDS) -> Completed:
        environment = {**self.world.environment, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}
        argv = ("git", *arguments)
        return self.world.processes.run(Command(argv, self.root, environment, seconds))


def _unreached(done: Completed, remote: str, root: Path) -> RefusedError | UnreachableError:
    told = _told(done.output)
    if _REFUSED.search(done.output):
        return RefusedError(
            f"{remote} refuses:\n  {told}",
            at=str(root),
            hint="it needs a credential that may write: ssh-add, or git config credential.helper",
            rule="remote-refused",
        )
    return UnreachableError(
        f"{remote} cannot be reached:\n  {told}",
        at=str(root),
        hint=f"git -C {quote(str(root))} ls-remote {quote(remote)}",
        rule="remote-unreachable",
    )


def _told(output: str) -> str:
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    return "\n  ".join(lines[-12:]) or "without a word"
