"""From a small project to a version in a real Gitea on loopback, beside other tools in turns.

Each round publishes a new version; what every tool keeps between runs is warm. Both the index and
the packages of the organisation can be read without a token.
"""

import itertools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.benchmarks.bench import Bench
from tests.benchmarks.measure import FailedError, Row, Run, row_of_time, run, side_by_side
from tests.benchmarks.parcels import Parcel
from tests.inherited import inherited
from tests.servers.distant import distant
from tests.servers.gitea import running_gitea

BY_UV, BY_BUILD_AND_TWINE, AGAIN, MANY = 0.5, 0.15, 0.3, 0.35
ROUNDS = 7
PROJECTS = 20
LATENCY_SECONDS = 0.1
_UV = "uv build && uv publish --check-url"


@dataclass
class _Tools:
    """The three ways to one registry. All take the token from their environment."""

    bench: Bench
    registry: str
    token: str
    versions: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    """For all of them: no version is ever published twice by accident."""

    def parcel(self, name: str, within: str = ".") -> Parcel:
        folder = self.bench.scratch / "parcels" / within / name
        parcel = Parcel(folder, self._environment)
        if not folder.exists():
            parcel.make()
            (folder.parent / "railrel.toml").touch()
        parcel.become(f"1.{next(self.versions)}")
        return parcel

    def railrel(self, folder: Path, *words: str) -> Run:
        return self._run(sys.executable, "-m", "railrel", "-C", str(folder), "publish", *words)

    def uv(self, folder: Path) -> Run:
        import uv

        program, index = uv.find_uv_bin(), f"{self.registry}/simple/"
        built = self._run(program, "build", "--quiet", "--python", sys.executable, str(folder))
        to = ("--publish-url", self.registry, "--check-url", index)
        return _both(built, self._run(program, "publish", "--quiet", *to, *_made(folder)))

    def build_and_twine(self, folder: Path) -> Run:
        built = self._run(sys.executable, "-m", "build", str(folder))
        to = ("--repository-url", self.registry, "--non-interactive", "--disable-progress-bar")
        return _both(built, self._run(sys.executable, "-m", "twine", "upload", *to, *_made(folder)))

    def _run(self, *argv: str) -> Run:
        return run(argv, self.bench.scratch, self._environment)

    @property
    def _environment(self) -> dict[str, str]:
        return {
            **inherited(),
            **self.bench.environment,
            "RAILREL_REGISTRY": self.registry,
            "RAILREL_TOKEN": self.token,
            "UV_PUBLISH_TOKEN": self.token,
            "TWINE_USERNAME": "__token__",
            "TWINE_PASSWORD": self.token,
        }


def rows(bench: Bench) -> Iterator[Row]:
    folder = bench.scratch / "gitea"
    folder.mkdir()
    # Where it is not built, the test that wants it is skipped, and here it is said.
    try:
        server = running_gitea(folder)
        gitea = server.__enter__()
    except pytest.skip.Exception as error:
        raise FailedError(str(error)) from error
    try:
        tools = _Tools(bench, gitea.registry(), gitea.tokens["publish"])
        rounds = max(bench.rounds, ROUNDS)
        yield from _near(tools, rounds)
        with distant(gitea.url, LATENCY_SECONDS) as url:
            far = replace(tools, registry=gitea.registry().replace(gitea.url, url))
            yield _far(far, rounds)
        yield from _many(tools, rounds)
    finally:
        server.__exit__(None, None, None)


def _near(tools: _Tools, rounds: int) -> Iterator[Row]:
    work = "publish, one small project"
    pair = _in_turns(tools, tools.railrel, tools.uv, rounds)
    yield row_of_time(work, _UV, pair, BY_UV)
    pair = _in_turns(tools, tools.railrel, tools.build_and_twine, rounds)
    yield row_of_time(work, "python -m build && twine upload", pair, BY_BUILD_AND_TWINE)
    yield row_of_time("publish again", "the first time", _again(tools, rounds), AGAIN)


def _far(tools: _Tools, rounds: int) -> Row:
    pair = _in_turns(tools, tools.railrel, tools.uv, rounds)
    return row_of_time(f"publish, {LATENCY_SECONDS * 1000:.0f} ms away", _UV, pair, BY_UV)


def _in_turns(
    tools: _Tools, one: Callable[[Path], Run], other: Callable[[Path], Run], rounds: int
) -> tuple[list[Run], list[Run]]:
    def fresh(publish: Callable[[Path], Run], name: str) -> Run:
        return publish(tools.parcel(name).folder)

    # Each has a name of its own in the registry, and one round that does not count.
    names = f"by-{one.__name__}", f"by-{other.__name__}".replace("_", "-")
    return _warm(lambda: fresh(one, names[0]), lambda: fresh(other, names[1]), rounds)


def _again(tools: _Tools, rounds: int) -> tuple[list[Run], list[Run]]:
    def first() -> Run:
        return tools.railrel(tools.parcel("again").folder)

    def again() -> Run:
        return tools.railrel(tools.bench.scratch / "parcels" / "again")

    firsts, agains = _warm(first, again, rounds)
    return agains, firsts


def _many(tools: _Tools, rounds: int) -> Iterator[Row]:
    if "--all " not in tools.bench.railrel("publish", "--help").output:
        return
    names = [f"many-{number:02}" for number in range(PROJECTS)]

    def at_once() -> Run:
        for name in names:
            tools.parcel(name, "many")
        return tools.railrel(tools.bench.scratch / "parcels" / "many", "--all")

    def one_by_one() -> Run:
        folders = [tools.parcel(f"uv-{name}", "one-by-one").folder for name in names]
        whole = tools.uv(folders[0])
        for folder in folders[1:]:
            whole = _both(whole, tools.uv(folder))
        return whole

    pair = _warm(at_once, one_by_one, rounds)
    yield row_of_time(f"publish --all, {PROJECTS} projects", "uv, one by one", pair, MANY)


def _warm(
    one: Callable[[], Run], other: Callable[[], Run], rounds: int
) -> tuple[list[Run], list[Run]]:
    one()
    other()
    return side_by_side(one, other, rounds)


def _made(folder: Path) -> list[str]:
    return [str(path) for path in sorted((folder / "dist").iterdir()) if path.name[0] != "."]


def _both(one: Run, then: Run) -> Run:
    return Run(one.seconds + then.seconds, max(one.megabytes, then.megabytes), then.output)
