"""A version's release on its forge: what is missing, and carrying it through to the end.

Each step looks first, so that any run that was killed is gone on with by the next.
"""

from collections.abc import Callable
from shlex import quote
from typing import Final

from railrel.errors import ConflictError, UnreachableError
from railrel.forges import Home
from railrel.forges.assets import Decision, File, decide, is_cut
from railrel.forges.protocol import Asset, NewRelease, Release, Tag
from railrel.values import dataclass
from railrel.world import Clock

_TRIES: Final = 6
_FIRST_WAIT_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True)
class Announcement:
    """What shall be there."""

    new: NewRelease
    files: tuple[File, ...]
    """In the order in which they are sent."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to do."""

    release: Release | None
    """The one that is there; None where it is to be made."""
    decisions: tuple[Decision, ...]

    @property
    def is_done(self) -> bool:
        """Whether nothing is to do."""
        return self.release is not None and not any(d.send or d.remove for d in self.decisions)


def tag_there(home: Home, name: str, commit: str) -> Tag:
    """The tag as the forge has it. ConflictError where it has none, or one of another commit."""
    there = home.forge.tag(home.repository, name)
    if there is None:
        # The forge would make the tag by itself, wherever its default branch stands.
        raise ConflictError(
            f"the tag {name} is not on the forge, and a release must not make it",
            at=home.repository.page,
            hint=f"git push origin {quote(name)}",
            rule="tag-not-pushed",
        )
    if there.commit != commit:
        raise ConflictError(
            f"the tag {name} marks {there.commit[:12]} on the forge and {commit[:12]} here",
            at=home.repository.page,
            hint=f"see which is right; to take the forge's: git fetch --force origin tag {quote(name)}",
            rule="tag-differs",
        )
    return there


def planned(home: Home, announcement: Announcement, clock: Clock) -> Plan:
    """Compare what shall be with what is there; changes nothing.

    The tag must be there, by `tag_there`. ConflictError where an asset has other bytes.
    """
    release = home.forge.release(home.repository, announcement.new.tag)
    if release is None:
        return Plan(None, decide(announcement.files, (), home.forge.download))
    return Plan(release, _compared(home, release, announcement.files, clock))


def carry_out(
    home: Home, plan: Plan, announcement: Announcement, clock: Clock, say: Callable[[str], None]
) -> Release:
    """Make the release, send what it lacks, and read it back."""
    forge, repository = home.forge, home.repository
    release = plan.release or forge.create(repository, announcement.new)
    for attempt in range(_TRIES + 1):
        # Also after our own: somebody may do the same at this moment, and an answer may be lost.
        compared = _compared(home, release, announcement.files, clock)
        left = [decision for decision in compared if decision.send or decision.remove]
        if not left:
            return release
        if attempt == _TRIES:
            break
        clock.sleep(_FIRST_WAIT_SECONDS * 2**attempt if attempt else 0)
        for decision in left:
            _do(home, release, decision, say, last=attempt == _TRIES - 1)
    raise UnreachableError(
        "the files were sent, but the release does not show all of them",
        at=release.page,
        hint="run the same command again in a while; what has arrived is not sent twice",
    )


def _compared(
    home: Home, release: Release, files: tuple[File, ...], clock: Clock
) -> tuple[Decision, ...]:
    """Compare the files with the assets that are there.

    Whoever announces the same at this moment takes out what is there twice; an asset that was listed
    may be gone when it is read.
    """
    forge, repository = home.forge, home.repository
    there = forge.assets(repository, release)
    for attempt in range(_TRIES):
        try:
            return decide(files, there, forge.download)
        except UnreachableError:
            clock.sleep(_FIRST_WAIT_SECONDS * 2**attempt)
            now = forge.assets(repository, release)
            if now == there:
                raise
            there = now
    return decide(files, there, forge.download)


def _do(
    home: Home, release: Release, decision: Decision, say: Callable[[str], None], *, last: bool
) -> None:
    forge, file = home.forge, decision.file
    try:
        for asset in decision.remove:
            forge.discard(home.repository, release, asset)
            say(f"  took out {asset.name}: {_why(asset, decision)}")
        if decision.send:
            forge.upload(home.repository, release, file.name, file.path)
            say(f"  uploaded {file.name}")
    except UnreachableError:
        # Whether it arrived, the next look tells.
        if last:
            raise


def _why(asset: Asset, decision: Decision) -> str:
    if is_cut(asset, decision.file):
        return "its upload was cut"
    return "more is published since" if decision.send else "it was there twice"
