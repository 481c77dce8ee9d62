"""How often and how soon something is tried again. Pure, but for the dice.

Many clients that failed together must not come back together: hence the jitter (AWS, "Exponential
Backoff And Jitter").
"""

from collections.abc import Mapping
from typing import Final

TRIES: Final = 4
AWAY: Final = frozenset({429, 500, 502, 503, 504})
"""Statuses after which the same request may be answered otherwise."""


def asked_wait(headers: Mapping[str, str], now: float) -> float | None:
    """The seconds that a server asks us to wait; None when it does not say.

    `Retry-After` is a number of seconds or a date (RFC 9110, 10.2.3). `headers` has keys in lower
    case, `now` is in seconds since 1970.
    """
    text = headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return float(text)
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None


def pause(attempt: int, asked: float | None) -> float:
    """Seconds to wait after the attempt of this number: what the server asks for, else doubling."""
    if asked is not None:
        return asked
    import random

    return float(0.25 * 2**attempt * (0.5 + random.random()))  # noqa: S311 -- jitter is no secret
