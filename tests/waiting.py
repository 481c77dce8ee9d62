"""Waiting for what another process does, and no longer than a minute."""

import fcntl
import time
from collections.abc import Callable
from pathlib import Path
from shlex import quote
from typing import TypeVar

import pytest

T = TypeVar("T")

A_MINUTE = "for _ in $(seq 1200); do sleep 0.05; done"
"""For a shell that is to be ended: it may outlive a test that was killed, but not for ever."""


def until_there(path: str | Path) -> str:
    """For a shell that waits for a file, no longer than a minute."""
    return f"for _ in $(seq 1200); do [ -e {quote(str(path))} ] && break; sleep 0.05; done"


def eventually(ask: Callable[[], T | None], what: str = "it") -> T:
    """The first answer that is one."""
    for _ in range(1200):
        answer = ask()
        if answer:
            return answer
        time.sleep(0.05)
    pytest.fail(f"{what} did not come")


def wait_for(path: Path) -> None:
    """Until a file is there."""
    eventually(path.exists, str(path))


def is_held(mark: Path) -> bool:
    """Whether somebody who lives has locked it."""
    with mark.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
