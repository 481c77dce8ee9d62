"""What to upload, what is there already, and carrying it through to the end."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, TypeAlias

from railrel.distributions.artefacts import Artefact
from railrel.errors import RailrelError, UnreachableError
from railrel.patience import TRIES, pause
from railrel.progress import UNWATCHED, Watch
from railrel.registries.differences import Different, conflict
from railrel.registries.protocol import Answer, Registry, RemoteFile, Stored, Taken, Unsure
from railrel.registries.versions import meant
from railrel.values import dataclass
from railrel.world import Clock, Told

_PATIENCE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Upload:
    """The registry lacks this file."""

    artefact: Artefact


@dataclass(frozen=True, slots=True)
class AlreadyThere:
    """The registry holds these very bytes."""

    artefact: Artefact
    remote: RemoteFile


Decision: TypeAlias = Upload | AlreadyThere | Different
Fetch = Callable[[RemoteFile], bytes]


def decide(
    artefact: Artefact, held: Iterable[RemoteFile], sha256_of: Callable[[RemoteFile], str]
) -> Decision:
    """Compare one file with what the registry holds.

    What installers take for the same is the same, however its name is spelled. Of a file that is
    listed twice, each must be ours.
    """
    hashes = {file: file.sha256 or sha256_of(file) for file in _like(artefact, held)}
    for remote, theirs in hashes.items():
        if theirs != artefact.sha256:
            return Different(artefact, remote, theirs)
    for remote in hashes:
        return AlreadyThere(artefact, remote)
    return Upload(artefact)


def _like(artefact: Artefact, held: Iterable[RemoteFile]) -> list[RemoteFile]:
    # Gitea and file systems that ignore case hold one file for both spellings.
    name, ours = artefact.path.name.lower(), meant(artefact.path.name)
    return [
        file
        for file in held
        if file.filename.lower() == name or (ours and meant(file.filename) == ours)
    ]


def send(
    registry: Registry,
    artefact: Artefact,
    clock: Clock,
    sha256_of: Callable[[RemoteFile], str],
    told: Told | None = None,
) -> bool:
    """Upload one file; when the answer leaves it open, ask the index before trying again.

    True when it was sent, False when somebody else had sent the same bytes meanwhile.
    Raises ConflictError for other bytes, and the registry's own error when it never arrives.
    """
    answer = registry.upload(artefact, told)
    end = clock.monotonic() + _PATIENCE_SECONDS
    for attempt in range(1, TRIES + 1):
        if isinstance(answer, Stored):
            return True
        match decide(artefact, registry.held(artefact.name), sha256_of):
            case AlreadyThere():
                # After an open answer it is our own upload that arrived.
                return isinstance(answer, Unsure)
            case Different() as different:
                raise conflict(registry, [different])
            case Upload():
                pass
        wait = pause(attempt, answer.wait if isinstance(answer, Unsure) else None)
        if attempt == TRIES or clock.monotonic() + wait > end:
            raise _never_arrived(answer, artefact, registry)
        clock.sleep(wait)
        # What is taken is not sent again: the index only has to catch up.
        answer = answer if isinstance(answer, Taken) else registry.upload(artefact, told)
    raise AssertionError("the last try returns or raises")


def _never_arrived(answer: Answer, artefact: Artefact, registry: Registry) -> RailrelError:
    if isinstance(answer, Unsure):
        return answer.error
    return UnreachableError(
        f"the registry says it holds {artefact.path.name}, but its index does not list it",
        at=registry.place,
        hint="run the same command again in a while; else ask the registry's admin",
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file."""

    artefact: Artefact
    sent: bool
    """False when the registry held these bytes already."""
    url: str
    """Where the index has it."""


def publish(
    registry: Registry,
    files: tuple[Artefact, ...],
    clock: Clock,
    watch: Watch = UNWATCHED,
    known: tuple[RemoteFile, ...] | None = None,
) -> tuple[Outcome, ...]:
    """Upload what is missing, in the order given, and read the index back.

    Nothing is sent when one of the files is there with other bytes: then ConflictError. `known` is
    what the registry held a moment ago; without it, it is asked.
    """

    def sha256_of(file: RemoteFile) -> str:
        return hashlib.sha256(registry.download(file)).hexdigest()

    watch.stage("uploading")
    held = registry.held(files[0].name) if known is None else known
    decisions = [decide(file, held, sha256_of) for file in files]
    different = [one for one in decisions if isinstance(one, Different)]
    if different:
        raise conflict(registry, different)
    there = _held_same(decisions)
    lacking = [file for file in files if file.path not in there]
    sent = {
        file.path
        for file in lacking
        if send(registry, file, clock, sha256_of, watch.sending(file.path.name, file.size))
    }
    if lacking:
        watch.stage("verifying")
        there = _proved(registry, files, clock, sha256_of)
    return tuple(Outcome(file, file.path in sent, there[file.path].url) for file in files)


def _held_same(decisions: Iterable[Decision]) -> dict[Path, RemoteFile]:
    """What the registry has of our files with our very bytes."""
    return {one.artefact.path: one.remote for one in decisions if isinstance(one, AlreadyThere)}


def _proved(
    registry: Registry,
    files: tuple[Artefact, ...],
    clock: Clock,
    sha256_of: Callable[[RemoteFile], str],
) -> dict[Path, RemoteFile]:
    """What the index has of each file, with our hash. A cache before it may lag for a moment."""
    missing: list[Artefact] = list(files)
    there: dict[Path, RemoteFile] = {}
    for attempt in range(1, TRIES + 1):
        held = registry.held(files[0].name)
        decisions = [decide(file, held, sha256_of) for file in missing]
        different = [one for one in decisions if isinstance(one, Different)]
        if different:
            raise conflict(registry, different)
        there |= _held_same(decisions)
        missing = [file for file in files if file.path not in there]
        if not missing:
            return there
        clock.sleep(pause(attempt, None))
    raise UnreachableError(
        f"uploaded, but the index does not list {', '.join(a.path.name for a in missing)}",
        at=registry.simple_url,
        hint="run the same command again in a while; what has arrived is not sent twice",
    )
