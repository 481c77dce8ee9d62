"""What railrel asks of the machine beside reading files.

A `World` is made once, in `cli`, from the real thing in `effects`, and handed down. Tests hand in
another. Nothing here does anything: these are the shapes of questions and answers.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import field
from pathlib import Path
from typing import Protocol, TypeAlias

from railrel.values import dataclass


class Secret:
    """A value that no output may hold. `repr`, `str` and formatting give `***`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Give the value itself, for the one header or file that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)


@dataclass(frozen=True, slots=True)
class Credential:
    """What proves who we are to a registry."""

    username: str
    password: Secret
    origin: str
    """Where it was found, such as `RAILREL_TOKEN` or `~/.pypirc [acme]`."""
    bearer: bool = False
    """Whether it goes as `Authorization: Bearer`, without the name; else it goes as Basic."""


# --- processes


@dataclass(frozen=True, slots=True)
class Command:
    """A process to start: an argument list, never a shell line."""

    argv: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str]
    """The whole environment of the child, not an addition to ours."""
    seconds: float = 600.0


@dataclass(frozen=True, slots=True)
class Completed:
    """How a process ended."""

    code: int
    output: str
    """Standard output and standard error together, in the order they came."""


class Running(Protocol):
    """A program that runs beside us."""

    def code(self) -> int | None:
        """Its exit code; None while it runs."""
        ...

    def output(self) -> str:
        """What it has said so far, on both streams."""
        ...


class Conversation(Protocol):
    """A program that does one thing after another for us."""

    def ask(self, question: str, go_on: Callable[[], None]) -> str | None:
        """Send it one line and give the line that it answers with; None when it has ended.

        `go_on` is called again and again meanwhile; what it raises is raised here.
        UnreachableError when the answer takes longer than the command may.
        """
        ...

    def output(self) -> str:
        """What it has said so far beside its answers."""
        ...


class Processes(Protocol):
    """Starts programs."""

    def attached(self, command: Command) -> int:
        """Run with our own streams, terminal and signals, without a limit of time.

        Gives the exit code, 128 and the number where a signal ended it. ConfigError if it is not
        there.
        """
        ...

    def find(self, program: str, environment: Mapping[str, str]) -> Path | None:
        """Where a program is that is called by its name; None where there is none."""
        ...

    def run(self, command: Command) -> Completed:
        """Run to the end. UnreachableError after `command.seconds`, ConfigError if it is not there."""
        ...

    def conversing(self, command: Command, mark: str) -> AbstractContextManager[Conversation]:
        """Run while the context lasts, by standard input and output; then it is let end.

        A line that begins with `mark` is an answer, without it. `command.seconds` is for each one.
        ConfigError if it is not there.
        """
        ...

    def beside(self, command: Command) -> AbstractContextManager[Running]:
        """Run while the context lasts, without a limit of time; then it is ended with its children.

        Whoever ends us by a signal lets us clean up first. ConfigError if it is not there.
        """
        ...

    def stop(self) -> None:
        """End what runs for other threads, with its children, and start nothing any more.

        Those threads, and whoever asks for a program afterwards, get a KeyboardInterrupt.
        """
        ...


# --- HTTP

CA_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "TWINE_CERT", "CURL_CA_BUNDLE")
"""The names by which other tools are told of a private CA; the first one set counts."""


Told: TypeAlias = Callable[[int], None]
"""Hears how many bytes of a file have been sent so far. It can begin anew at 0."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file part of a form."""

    field: str
    path: Path
    told: Told | None = None
    """Called while it is sent, by whoever sends it; what this raises ends the request."""


@dataclass(frozen=True, slots=True)
class Zeros:
    """A file part of a form that holds nothing but zeros, made while they are sent."""

    field: str
    filename: str
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request."""

    method: str
    url: str
    credential: Credential | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    form: tuple[tuple[str, str], ...] = ()
    upload: Upload | Zeros | None = None
    content: bytes | Path | None = None
    """The whole body as it is: these bytes, or the file's, read while they are sent. Never beside a
    form or an upload."""
    seconds: float = 60.0
    """What one try may take in all, however lively the connection is; and after how long none begins."""
    largest: int | None = None
    """Bytes of the answer's body, unpacked, that are read at most; None for all."""
    once: bool = False
    """Whether a GET is not repeated either: for those who ask whether somebody is there."""
    harmless: bool = False
    """Whether a POST changes nothing either, and so may be repeated as a GET is."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    """Keys in lower case."""
    body: bytes


class Http(Protocol):
    """Sends requests."""

    def send(self, request: Request) -> Response:
        """Send once; redirects are not followed. What is harmless is repeated after faults and 5xx.

        A server that asks for a wait (`Retry-After`) gets it; for longer than `request.seconds` we do
        not wait, and its answer is given.

        Raises UnreachableError when there is no answer; its `rule` says why:

        `timeout`, `no-such-host`, `refused`, `not-tls` (plain HTTP where TLS was asked for),
        `certificate-expired`, `certificate-of-another-host`, `certificate-not-trusted`, `certificate`
        (anything else that is wrong with it), `cut` (the connection broke), `too-large` (the answer, for
        `request.largest`), and none for the rest.
        """
        ...

    def get_ready(self, url: str) -> None:
        """Load what a request to this URL needs, so that it goes out at once. Raises what `send` does."""
        ...

    def close(self) -> None:
        """Let go of the connections that are kept."""
        ...


# --- git


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


# --- files


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file of the user's, before and after."""

    path: Path
    before: bytes | None
    """None when it is not there yet."""
    after: bytes


@dataclass(frozen=True, slots=True)
class FileRemoval:
    """A file that is to go."""

    path: Path
    before: bytes


class Files(Protocol):
    """Changes files. Whatever is asked is done whole or not at all, also when killed midway."""

    def change(
        self, changes: tuple[FileChange | FileRemoval, ...], root: Path, journal: Path
    ) -> None:
        """Replace, make and remove all files together. Links are not followed out of `root`.

        ConflictError if one is no longer what `before` says. `journal` is a folder; what a killed
        run left there is completed or taken back first.
        """
        ...

    def recover(self, journal: Path) -> None:
        """Complete or take back what a killed run left."""
        ...

    def put(self, path: Path, data: bytes, mode: int = 0o644) -> None:
        """Write one file of our own, whole, making its folders. One that is there keeps its mode."""
        ...

    def append(self, path: Path, data: bytes) -> None:
        """Add whole lines to the end of a file that is there and that others write as well.

        RefusedError when that cannot be.
        """
        ...

    def copy(self, source: Path, target: Path) -> None:
        """Copy one file of our own, whole, making its folders."""
        ...

    def locked(self, path: Path) -> AbstractContextManager[None]:
        """Hold the lock file `path`; UnreachableError when somebody holds it for minutes."""
        ...

    def sharing(self, path: Path) -> AbstractContextManager[None]:
        """Hold the file `path` together with others who do, so that nobody has it alone.

        Its time is set to now. A program that we run holds it too, should we be killed before it.
        """
        ...

    def alone(self, path: Path) -> AbstractContextManager[bool]:
        """Hold the file that others share; false when one of them does, without waiting."""
        ...

    def sweep_scratch(self, parent: Path, prefix: str) -> None:
        """Remove scratch folders whose process was killed."""
        ...

    def store(self, files: Mapping[str, Path | bytes], folder: Path) -> bool:
        """Make a new folder with these files, whole; false where there is one already."""
        ...

    def touch(self, path: Path) -> None:
        """Set the time of a file of our own to now."""
        ...

    def scratch(self, parent: Path, prefix: str) -> AbstractContextManager[Path]:
        """Give a new empty folder, removed afterwards; sweep those whose process was killed."""
        ...

    def copy_tree(self, source: Path, names: tuple[str, ...], target: Path, seconds: int) -> None:
        """Copy the named files (relative to `source`) with their modes.

        All get one time, in seconds since 1970: a clone's own times are those of its making.
        """
        ...

    def shadow(self, source: Path, names: tuple[str, ...], target: Path) -> None:
        """Copy the named files (relative to `source`) so that no write to the copy reaches them.

        By reflink where the file system can. Links within `source` lead into the copy.
        """
        ...

    def link(self, target: Path, at: Path) -> None:
        """Make a symbolic link of our own."""
        ...

    def settle_sdist(self, archive: Path, seconds: int) -> None:
        """Take out what tells when and by whom an sdist was packed; leave it alone if nothing does.

        `seconds` since 1970 is the latest time that may stay in it.
        """
        ...

    def unpack_sdist(self, archive: Path, target: Path) -> Path:
        """Unpack into `target` and give the one top folder. UnfitError on links and escapes."""
        ...

    def sweep(self, folder: Path) -> None:
        """Remove what killed runs left half written in a folder of our own, whose lock we hold."""
        ...

    def discard(self, path: Path) -> None:
        """Remove one file of our own."""
        ...

    def remove_tree(self, folder: Path) -> None:
        """Remove a folder of our own."""
        ...


class Clock(Protocol):
    """Time."""

    def now(self) -> float:
        """Seconds since 1970."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment, for durations."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class Keyring(Protocol):
    """The system's credential store."""

    def credential(self, service: str) -> tuple[str, str] | None:
        """User name and password kept for a service; None where there is no store or no entry."""
        ...


@dataclass(frozen=True, slots=True)
class World:
    """Everything that may be asked of the machine."""

    environment: Mapping[str, str]
    folder: Path
    """Where the command was started."""
    processes: Processes
    http: Http
    git: Git
    files: Files
    clock: Clock
    keyring: Keyring

    @property
    def home(self) -> Path:
        """The user's home folder."""
        home = Path(self.environment.get("HOME") or "/")
        return home if home.is_absolute() else Path("/")

    @property
    def cache(self) -> Path:
        """Where railrel keeps what it can make again (XDG Base Directory)."""
        # The specification says of a relative path there: ignore it.
        base = Path(self.environment.get("XDG_CACHE_HOME") or "")
        return (base if base.is_absolute() else self.home / ".cache") / "railrel"

    def first_set(self, *names: str) -> Iterator[tuple[str, str]]:
        """Of these environment variables give those that are set to something."""
        return ((n, self.environment[n]) for n in names if self.environment.get(n, "").strip())
