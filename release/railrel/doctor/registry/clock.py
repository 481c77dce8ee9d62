"""Whether both clocks say the same."""

from datetime import UTC
from email.utils import parsedate_to_datetime

from railrel.doctor.changes import Change
from railrel.doctor.findings import Finding, fine, unknown, wrong
from railrel.doctor.registry.site import Site
from railrel.world import Request

ID = "clock"
TITLE = "the server's clock and this machine's agree"
KINDS: tuple[str, ...] = ("gitea", "legacy")
AFTER: tuple[str, ...] = ("reachable",)

# Presigned addresses of a storage bear a quarter of an hour, one-time passwords half a minute.
_TOLERATED_SECONDS = 30


def examine(site: Site) -> tuple[Finding, ...]:
    before = site.world.clock.now()
    answer = site.send(Request("GET", f"{site.root}/"))
    after = site.world.clock.now()
    date = answer.headers.get("date", "")
    try:
        found = parsedate_to_datetime(date)
    except ValueError:
        return (unknown("the server does not say what time it is"),)
    theirs = (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    # The header has whole seconds, cut off.
    return (judged(theirs + 0.5 - (before + after) / 2),)


def judged(ahead: float) -> Finding:
    """What it means that the server's clock is so many seconds before ours."""
    if abs(ahead) <= _TOLERATED_SECONDS:
        return fine("the clocks agree")
    how = f"{abs(ahead):.0f} seconds {'ahead of' if ahead > 0 else 'behind'} this machine's"
    return wrong(
        f"the server's clock is {how}: one of them is wrong, and certificates, presigned addresses and "
        "jobs' tokens go by it",
        Change("host", "on the one that is wrong", "timedatectl set-ntp true, or chrony"),
    )
