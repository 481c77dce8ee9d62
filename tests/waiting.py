"""Waiting for what another process does, and no longer than twenty seconds."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")


def eventually(ask: Callable[[], T | None], what: str = "it") -> T:
    """The first answer that is one."""
    for _ in range(400):
        answer = ask()
        if answer:
            return answer
        time.sleep(0.05)
    pytest.fail(f"{what} did not come")


def wait_for(path: Path) -> None:
    """Until a file is there."""
    eventually(path.exists, str(path))
