"""Starting a server for a test and ending it by its pid, also when the test run is killed."""

import contextlib
import fcntl
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

TETHERED = Path(__file__).with_name("tethered.py")
STARTING_SECONDS = 60.0
ENDING_SECONDS = 10.0


def free_port() -> int:
    """A port on loopback that nobody listens on.

    Taken from below the range out of which systems give ports to outgoing connections: one from
    that range can be gone again before the server asks for it. And no other test run on this machine
    takes it as long as this one lives.
    """
    claims = Path(tempfile.gettempdir(), f"railrel-test-ports-{os.getuid()}")
    claims.mkdir(exist_ok=True)
    for port in random.sample(range(20_000, 32_000), 100):
        if not _claimed(claims / str(port)):
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free on loopback")


def _claimed(mark: Path) -> bool:
    """Whether it is now ours until we end."""
    descriptor = os.open(mark, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    return True


def tethered(argv: Sequence[str]) -> list[str]:
    """The command that runs this one and is killed when this process ends."""
    return [sys.executable, "-I", "-S", str(TETHERED), str(os.getpid()), *argv]


@contextlib.contextmanager
def running(
    argv: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    is_up: Callable[[], bool],
    end: Callable[["subprocess.Popen[bytes]"], None] = subprocess.Popen.terminate,
) -> Iterator[int]:
    """Start a server, wait until it is up, give its pid, end it.

    Its output is in the folder's `server.log`. Start servers from the main thread: the system
    ends them together with the thread that started them.
    """
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            tethered(argv),
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # Ctrl-C in a terminal is for the test run, which then ends its servers itself.
            start_new_session=True,
        )
    try:
        _wait(process, is_up, log)
        yield process.pid
    finally:
        end(process)
        try:
            process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(ENDING_SECONDS)


def answers(port: int) -> bool:
    """Whether somebody listens on this port."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait(process: "subprocess.Popen[bytes]", is_up: Callable[[], bool], log: Path) -> None:
    end = time.monotonic() + STARTING_SECONDS
    while time.monotonic() < end and process.poll() is None:
        if is_up():
            return
        time.sleep(0.05)
    tail = log.read_text(errors="replace")[-3000:]
    raise RuntimeError(f"the server did not come up: {process.args!r}\n{tail}")
