"""Run a command that the system kills when the process that asked for it ends.

    python tethered.py PARENT COMMAND [ARGUMENT ...]

The command takes this process's place, so its pid is the one that was started. On Linux the
tether holds however the parent ends; elsewhere there is none.

A small program of its own, because code between fork and exec is unsafe where threads run.
"""

import os
import sys


def main(parent: int, argv: list[str]) -> None:
    if sys.platform == "linux":
        _tie(parent)
    os.execvp(argv[0], argv)  # noqa: S606 -- no shell is what is wanted


def _tie(parent: int) -> None:
    import ctypes
    import signal

    set_parent_death_signal = 1
    if ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL) != 0:
        sys.exit("this system cannot tie a process to its parent")
    if os.getppid() != parent:
        sys.exit("the parent ended before it could be tied to")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
