"""Commands whose mounts and children end with them, however they end: in namespaces of their own.

Linux as root only. What is tethered too (running.py) ends with the test run, also a killed one.
"""

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

SECONDS = 60


def apart(argv: Sequence[str], *, network: bool = True, own: Sequence[str] = ()) -> list[str]:
    """The command that runs this one apart; without a network it has its own loopback only.

    `own` are folders of the machine that it sees empty, and that nobody else sees it write to.
    """
    script = [f"mkdir -p {folder}; mount -t tmpfs tmpfs {folder}; " for folder in own]
    script += [] if network else ["busybox ifconfig lo up; "]
    flags = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    flags += [] if network else ["--net"]
    return ["unshare", *flags, "sh", "-ec", "".join(script) + 'exec "$@"', "sh", *argv]


def end_apart(process: "subprocess.Popen[bytes]") -> None:
    """Ask a command that was started apart to end: `unshare` itself does not listen."""
    for child in children(process.pid):
        os.kill(child, signal.SIGTERM)


def children(pid: int) -> list[int]:
    """Of a process: the pids of those that it started, by any of its threads. None if it has ended."""
    found: list[int] = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            found += [int(child) for child in listed.read_text().split()]
    return found


@cache
def can_be_apart() -> bool:
    """Whether this user may do that here: root, outside of a container without its rights."""
    try:
        return _succeeds(apart(["true"], own=["/mnt"]))
    except FileNotFoundError:
        return False


def storage_driver(folder: Path) -> str:
    """How layers can be kept in this folder: not every file system has overlays on it."""
    layers = [folder / "probe" / name for name in ("lower", "upper", "work", "merged")]
    for layer in layers:
        layer.mkdir(parents=True)
    lower, upper, work, merged = layers
    options = f"lowerdir={lower},upperdir={upper},workdir={work}"
    mount = ["mount", "-t", "overlay", "overlay", "-o", options, str(merged)]
    return "overlay" if _succeeds(apart(mount)) else "vfs"


def _succeeds(argv: Sequence[str]) -> bool:
    done = subprocess.run(argv, capture_output=True, check=False, timeout=SECONDS)
    return done.returncode == 0
