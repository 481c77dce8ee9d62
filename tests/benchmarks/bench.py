"""The workspaces and commands that the benchmarks share."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.benchmarks.measure import FailedError, Run, run, side_by_side
from tests.benchmarks.workspaces import Workspace

REPOSITORY = Path(__file__).parents[2]
SMALL, LARGE = 1_000, 10_000
LARGE_ROUNDS = 2

_HERE = Path(__file__).parent
# What fix-deps shall leave out, where it can: it would be the work of others.
_WITHOUT = ("--offline", "--no-lock")
_TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR")


@dataclass(frozen=True)
class Bench:
    """A scratch folder, and how often each thing is to be done in it."""

    scratch: Path
    rounds: int

    @cached_property
    def environment(self) -> dict[str, str]:
        """The same for both sides; nothing of the user's but where programs are."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.scratch),
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(REPOSITORY / "release"),
            # An installed railrel is compiled, whatever is set here.
            "PYTHONPYCACHEPREFIX": str(self.scratch / "compiled"),
            # The public index may have a certificate of an authority that only this machine knows.
            **{name: os.environ[name] for name in _TRUST if name in os.environ},
        }

    def python(self, *words: str) -> Run:
        """This interpreter with these words."""
        return run((sys.executable, *words), self.scratch, self.environment)

    def railrel(self, *words: str) -> Run:
        """The command, as it stands in this checkout."""
        return self.python("-m", "railrel", *words)

    def bare(self, script: str, workspace: Workspace) -> Run:
        """One of the scripts beside this file."""
        return self.python(str(_HERE / script), str(workspace.root))

    def workspace(self, size: int) -> Workspace:
        """A workspace of this size, made when it is first asked for."""
        workspace = Workspace(self.scratch / f"workspace-{size}", size)
        if not workspace.root.exists():
            workspace.make()
        return workspace

    def fix_deps(self, size: int) -> Run:
        """`railrel fix-deps` in a workspace as it was made."""
        workspace = self.workspace(size)
        words = ("-C", str(workspace.root), "fix-deps", "--all", *self._options)
        return _changing(workspace, lambda: self.railrel(*words))

    def bare_rewrite(self, size: int) -> Run:
        """The bare work of the same."""
        workspace = self.workspace(size)
        return _changing(workspace, lambda: self.bare("bare_rewrite.py", workspace))

    @cached_property
    def beside_bare(self) -> tuple[list[Run], list[Run]]:
        """fix-deps and its bare work over the small workspace, in turns; once for all who ask."""
        self.fix_deps(SMALL)
        self.bare_rewrite(SMALL)
        return side_by_side(
            lambda: self.fix_deps(SMALL), lambda: self.bare_rewrite(SMALL), self.rounds
        )

    @cached_property
    def large_beside_small(self) -> tuple[list[Run], list[Run]]:
        """fix-deps over the large workspace and over the small one, in turns; once for all who ask."""
        self.fix_deps(SMALL)
        rounds = min(self.rounds, LARGE_ROUNDS)
        return side_by_side(lambda: self.fix_deps(LARGE), lambda: self.fix_deps(SMALL), rounds)

    @cached_property
    def _options(self) -> tuple[str, ...]:
        known = self.railrel("fix-deps", "--help").output
        return tuple(option for option in _WITHOUT if option in known)


def _changing(workspace: Workspace, change: Callable[[], Run]) -> Run:
    workspace.refresh()
    done = change()
    left = workspace.unchanged()
    if left:
        raise FailedError(f"{len(left)} files are not changed, the first: {left[0]}")
    return done
