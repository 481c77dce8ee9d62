"""`railrel` and `python -m railrel`: loads the rest, and is quietly interrupted meanwhile."""

import os
from collections.abc import Callable

# ExitCode.INTERRUPTED, which is not loaded yet.
_INTERRUPTED = 130


def entry() -> None:
    """The `railrel` command."""
    try:
        begin = _loaded()
        begin()
    except KeyboardInterrupt:
        # Where it was begun, somebody else has heard it but for the moments at its two ends.
        os._exit(_INTERRUPTED)


def _loaded() -> Callable[[], None]:
    import signal

    # Who starts it in the background may have it pass over interrupts.
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heard:
        # Nothing is begun yet, and an exception would not get out of all that Python calls as it imports.
        signal.signal(signal.SIGINT, lambda *_: os._exit(_INTERRUPTED))
    from railrel.cli import entry as begin

    if heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return begin


if __name__ == "__main__":
    entry()
