"""What to upload, what is there already, and carrying it through to the end."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from railrel.distributions.artefacts import Artefact, same_contents
from railrel.errors import ConflictError, Problem, UnreachableError
from railrel.registries.protocol import Registry, RemoteFile, Stored, Taken, Unsure
from railrel.world import Clock

_TRIES = 4


@dataclass(frozen=True, slots=True)
class Upload:
    """The registry lacks this file."""

    artefact: Artefact


@dataclass(frozen=True, slots=True)
class AlreadyThere:
    """The registry holds these very bytes."""

    artefact: Artefact
    remote: RemoteFile


@dataclass(frozen=True, slots=True)
class Different:
    """The registry holds other bytes under this name."""

    artefact: Artefact
    remote: RemoteFile
    theirs: str
    """Their sha256."""


Decision: TypeAlias = Upload | AlreadyThere | Different
Fetch = Callable[[RemoteFile], bytes]


def decide(
    artefact: Artefact, held: Iterable[RemoteFile], sha256_of: Callable[[RemoteFile], str]
) -> Decision:
    """Compare one file with what the registry holds."""
    # Gitea and file systems that ignore case hold one file for both spellings.
    wanted = artefact.path.name.lower()
    remote = next((file for file in held if file.filename.lower() == wanted), None)
    if remote is None:
        return Upload(artefact)
    theirs = remote.sha256 or sha256_of(remote)
    if theirs == artefact.sha256:
        return AlreadyThere(artefact, remote)
    return Different(artefact, remote, theirs)


def conflict(
    registry: Registry, differences: Iterable[Different], mine: Callable[[Artefact], bytes]
) -> ConflictError:
    """Say how each file differs, and the three ways on."""
    return ConflictError.of(_difference(registry, different, mine) for different in differences)


def _difference(
    registry: Registry, different: Different, mine: Callable[[Artefact], bytes]
) -> Problem:
    artefact, version = different.artefact, str(different.artefact.version)
    members = same_contents(mine(artefact), registry.download(different.remote), artefact.kind)
    if members:
        shown = ", ".join(members[:5]) + (
            f" and {len(members) - 5} more" if len(members) > 5 else ""
        )
        how = f"the contents differ: {shown}"
    else:
        how = "the contents are the same; only timestamps, modes or the order differ"
    return Problem(
        f"{artefact.path.name} is published with other bytes: {how}\n"
        f"  here      sha256 {artefact.sha256}\n"
        f"  published sha256 {different.theirs}",
        at=different.remote.url,
        hint=f"(1) keep what is published and go on; (2) give {artefact.name} a new version and publish "
        f"that; (3) only if nobody has installed it: {registry.how_to_delete(artefact.name, version)}, "
        "then publish again",
        rule="other-bytes",
    )


def send(
    registry: Registry, artefact: Artefact, clock: Clock, sha256_of: Callable[[RemoteFile], str]
) -> bool:
    """Upload one file; when the answer leaves it open, ask the index before trying again.

    True when it was sent, False when somebody else had sent the same bytes meanwhile.
    Raises ConflictError for other bytes, and the registry's own error when it never arrives.
    """
    for attempt in range(1, _TRIES + 1):
        answer = registry.upload(artefact)
        if isinstance(answer, Stored):
            return True
        match decide(artefact, registry.held(artefact.name), sha256_of):
            case AlreadyThere():
                # After an open answer it is our own upload that arrived.
                return isinstance(answer, Unsure)
            case Different() as different:
                raise conflict(registry, [different], lambda a: a.path.read_bytes())
            case Upload():
                _go_on(answer, attempt, artefact, registry)
        clock.sleep(0.2 * 2**attempt)
    raise AssertionError("the last try returns or raises")


def _go_on(answer: Taken | Unsure, attempt: int, artefact: Artefact, registry: Registry) -> None:
    if attempt < _TRIES:
        return
    if isinstance(answer, Unsure):
        raise answer.error
    raise UnreachableError(
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


def publish(registry: Registry, files: tuple[Artefact, ...], clock: Clock) -> tuple[Outcome, ...]:
    """Upload what is missing, in the order given, and read the index back.

    Nothing is sent when one of the files is there with other bytes: then ConflictError.
    """

    def sha256_of(file: RemoteFile) -> str:
        return hashlib.sha256(registry.download(file)).hexdigest()

    held = registry.held(files[0].name)
    decisions = [decide(file, held, sha256_of) for file in files]
    different = [one for one in decisions if isinstance(one, Different)]
    if different:
        raise conflict(registry, different, lambda a: a.path.read_bytes())
    outcomes = tuple(
        Outcome(
            one.artefact, isinstance(one, Upload) and send(registry, one.artefact, clock, sha256_of)
        )
        for one in decisions
    )
    if any(outcome.sent for outcome in outcomes):
        _prove(registry, files, clock, sha256_of)
    return outcomes


def _prove(
    registry: Registry,
    files: tuple[Artefact, ...],
    clock: Clock,
    sha256_of: Callable[[RemoteFile], str],
) -> None:
    """Every file must be in the index with our hash. A cache before it may lag for a moment."""
    missing: list[Artefact] = list(files)
    for attempt in range(1, _TRIES + 1):
        held = registry.held(files[0].name)
        decisions = [decide(file, held, sha256_of) for file in missing]
        different = [one for one in decisions if isinstance(one, Different)]
        if different:
            raise conflict(registry, different, lambda a: a.path.read_bytes())
        missing = [one.artefact for one in decisions if isinstance(one, Upload)]
        if not missing:
            return
        clock.sleep(0.2 * 2**attempt)
    raise UnreachableError(
        f"uploaded, but the index does not list {', '.join(a.path.name for a in missing)}",
        at=registry.simple_url,
        hint="run the same command again in a while; what has arrived is not sent twice",
    )
