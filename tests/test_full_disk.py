"""A disk that takes no more, and a cache that may not be written: said so, and nothing lost."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from railrel.errors import ExitCode
from tests.quick import quick_library
from tests.servers.apart import can_be_apart
from tests.workbench import IMPORTABLE, Workbench

NAME = "full-disk"


@pytest.fixture
def ready(bench: Workbench, tmp_path: Path) -> Workbench:
    """A project, and a cache of its own with nothing in it."""
    own = Workbench(bench.root, bench.home, tmp_path / "cache", bench.capture)
    # A few kilobytes, so that each size below stops something else.
    quick_library(own, NAME, text="".join(f"NUMBER_{n} = {n}\n" for n in range(300)))
    own.commit(NAME, "v1.0")
    own.home.mkdir(exist_ok=True)
    return own


def publish(bench: Workbench, by: Sequence[str] = ()) -> tuple[int, str]:
    """In a process of its own that this command starts: code and talk."""
    done = subprocess.run(
        [*by, sys.executable, "-m", "railrel", "publish", NAME],
        cwd=bench.root,
        env={**bench.environment, **IMPORTABLE},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("blocks", [0, 3, 12])
def test_a_disk_that_takes_no_more_is_said_to_and_the_next_run_is_whole(
    ready: Workbench, blocks: int
) -> None:
    before = ready.snapshot(ready.root / NAME)

    # Blocks of 512 bytes, for each file.
    code, said = publish(ready, ["sh", "-c", f'ulimit -f {blocks}; exec "$@"', "sh"])

    assert code in (ExitCode.REFUSED, ExitCode.UNFIT), said
    # uv is ended by the signal instead (SIGXFSZ).
    assert "File too large" in said or "ends with -25" in said
    assert "hint: " in said
    assert ready.snapshot(ready.root / NAME) == before
    code, said = publish(ready)
    assert code == 0, said
    assert len([*ready.root.rglob("*.whl"), *ready.root.rglob("*.tar.gz")]) == 2
    assert [p for p in ready.root.rglob("*") if ".railrel-" in p.name] == []
    assert publish(ready)[0] == 0


@pytest.mark.skipif(not can_be_apart(), reason="only root may mount a small disk")
@pytest.mark.parametrize("size", ["8k", "64k", "96k"])
def test_a_small_disk_for_the_cache_is_said_to_be_full(ready: Workbench, size: str) -> None:
    ready.cache.mkdir()
    mount = f'mount -t tmpfs -o size={size} tmpfs "$0"; exec "$@"'
    small = ["unshare", "--mount", "sh", "-ec", mount, str(ready.cache)]

    code, said = publish(ready, small)

    assert code in (ExitCode.REFUSED, ExitCode.UNFIT), said
    assert "No space left on device" in said
    assert "hint: " in said
    assert publish(ready)[0] == 0
    assert len([*ready.root.rglob("*.whl"), *ready.root.rglob("*.tar.gz")]) == 2


@pytest.mark.parametrize("cache", ["/sys/kernel", "{root}/in-the-way"])
def test_a_cache_that_may_not_be_written_is_named(ready: Workbench, cache: str) -> None:
    ready.write("in-the-way", "a file where a folder should be")
    place = cache.format(root=ready.root)

    result = ready.having(XDG_CACHE_HOME=place).railrel("publish", NAME)

    assert result.code == ExitCode.REFUSED, result.err
    assert "cannot write" in result.err
    assert f"at: {place}" in result.err
    assert "hint: " in result.err
    assert not list(ready.root.rglob("*.whl"))
    assert ready.railrel("publish", NAME).code == 0
