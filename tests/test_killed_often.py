"""`kill -9` at 200 moments of a publish to a real Gitea, each followed by the same command once."""

import contextlib
import json
import os
import random
import secrets
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from tests.quick import quick_library
from tests.servers.gitea import Gitea
from tests.servers.running import tethered
from tests.waiting import eventually
from tests.workbench import IMPORTABLE, Workbench

MOMENTS = 200
WORKERS = 2
FORKSERVER = Path(__file__).with_name("forkserver.py")


@dataclass
class Publisher:
    """One project whose versions are published one after the other, each killed once on its way."""

    bench: Workbench
    gitea: Gitea
    name: str
    server: "subprocess.Popen[str]"
    stamped: bool
    """Whether no build of it gives the same bytes as another."""
    out: Path
    err: Path
    """What the last run wrote."""
    number: int = 0
    seconds: list[float] = field(default_factory=list)
    """Of runs that nobody disturbed."""
    found: Counter[int] = field(default_factory=Counter)
    """How many files Gitea held after a kill, and how often."""

    def next_version(self) -> str:
        self.number += 1
        version = f"1.{self.number}"
        quick_library(self.bench, self.name, version, stamped=self.stamped)
        self.bench.commit(self.name, f"v{version}")
        return version

    def publish(self, until: Callable[[], object] | None = None) -> int:
        """Run the command, and kill it and its children when this returns: its exit code."""
        run = {
            "argv": ["publish", self.name, "--json"],
            "folder": str(self.bench.root),
            "out": str(self.out),
            "err": str(self.err),
        }
        pid = int(self._say(json.dumps(run)))
        if until is not None:
            until()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
        return int(self._say("wait"))

    def is_whole(self, version: str) -> bool:
        """Whether both files are there."""
        return len(self.gitea.files(self.name, version)) == 2

    def measure(self) -> None:
        self.next_version()
        started = time.monotonic()
        assert self.publish() == 0, self.err.read_text()
        self.seconds.append(time.monotonic() - started)

    def _say(self, line: str) -> str:
        assert self.server.stdin
        assert self.server.stdout
        self.server.stdin.write(f"{line}\n")
        self.server.stdin.flush()
        return self.server.stdout.readline()


@contextlib.contextmanager
def publishing(
    bench: Workbench, gitea: Gitea, folder: Path, *, stamped: bool
) -> Iterator[Publisher]:
    """In a workspace of its own; the cache is everybody's, as it is on a machine of jobs."""
    having = Workbench(folder / "work space", bench.home, bench.cache).having(
        RAILREL_REGISTRY=gitea.registry(), RAILREL_TOKEN=gitea.tokens["publish"]
    )
    having.write("railrel.toml", "")
    bench.home.mkdir(exist_ok=True)
    name = f"killed-{secrets.token_hex(4)}"
    quick_library(having, name)
    server = subprocess.Popen(
        tethered([sys.executable, str(FORKSERVER), "publish", name, "--allow-dirty", "--no-tag"]),
        cwd=having.root,
        env={**having.environment, **IMPORTABLE},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with server:
        assert server.stdout
        assert server.stdout.readline() == "0\n"
        yield Publisher(having, gitea, name, server, stamped, folder / "out", folder / "err")
        server.kill()


def kill_and_go_on(publisher: Publisher, moments: list[float], seed: str) -> None:
    """At each moment of a version's publish: the kill, the same command, the one end state.

    And once when both files are there, which no moment need meet where the machine gets slower.
    """
    usual = statistics.median(publisher.seconds)
    for moment in (*moments, None):
        version = publisher.next_version()
        if moment is None:
            publisher.publish(partial(eventually, partial(publisher.is_whole, version)))
        else:
            publisher.publish(partial(time.sleep, moment * usual))
        publisher.found[len(publisher.gitea.files(publisher.name, version))] += 1

        code = publisher.publish()

        told = f"{seed}; killed after {moment} of {usual:.3f} s\n{publisher.err.read_text()}"
        assert code == 0, told
        report = json.loads(publisher.out.read_text())
        files = {file["filename"]: file["sha256"] for file in report["projects"][0]["files"]}
        assert publisher.gitea.files(publisher.name, version) == files, told
        assert len(files) == 2, told


@pytest.fixture
def publishers(bench: Workbench, gitea: Gitea, tmp_path: Path) -> Iterator[list[Publisher]]:
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(
                publishing(bench, gitea, tmp_path / f"worker-{n}", stamped=n % 2 == 1)
            )
            for n in range(WORKERS)
        ]


def test_whenever_a_publish_is_killed_the_next_run_ends_as_if_it_had_not_been(
    publishers: list[Publisher], bench: Workbench, gitea: Gitea
) -> None:
    seed = secrets.randbits(32)
    chance = random.Random(seed)  # noqa: S311 -- moments, no secret
    # Spread over the whole of it and a little beyond, and once more over the end, where uploads are.
    half = MOMENTS // 2
    moments = [(n + chance.random()) / half * 1.05 for n in range(half)]
    moments += [0.6 + (n + chance.random()) / half * 0.45 for n in range(MOMENTS - half)]
    chance.shuffle(moments)
    with ThreadPoolExecutor(WORKERS) as workers:
        for _ in range(3):
            list(workers.map(Publisher.measure, publishers))
        shares = [moments[n::WORKERS] for n in range(WORKERS)]
        told = f"the moments are those of the seed {seed}"
        list(workers.map(kill_and_go_on, publishers, shares, [told] * WORKERS))

    found = publishers[0].found + publishers[1].found
    assert found.total() == MOMENTS + WORKERS
    # Before the first file and behind the second; between the two is a matter of milliseconds.
    assert found.keys() >= {0, 2}, found
    for publisher in publishers:
        # And 1.0, by which all was loaded.
        assert len(gitea.versions(publisher.name)) == publisher.number + 1
        assert len(gitea.files(publisher.name)) == 2 * publisher.number + 2
        files = {p.name for p in publisher.bench.root.rglob("*") if ".git" not in p.parts}
        assert not [name for name in files if "railrel-" in name or name.endswith(".whl")]
        assert publisher.bench.git(publisher.name, "status", "--porcelain") == ""
    # A backend outlives its killed starter by a moment, and nobody takes its folder from it.
    assert eventually(lambda: nothing_is_left(publishers[0], bench.cache / "railrel" / "builds"))


def nothing_is_left(publisher: Publisher, builds: Path) -> bool:
    """Whether the next run sweeps what killed ones left in the cache."""
    assert publisher.publish() == 0
    return not [path for path in builds.iterdir() if path.is_dir()]
