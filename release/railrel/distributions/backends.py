"""A backend's hooks, as few processes as will do: starting one costs more than most hooks."""

import contextlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from types import TracebackType
from typing import Self

from railrel.distributions.environments import build_environment
from railrel.distributions.hook_process import MARK
from railrel.distributions.variables import with_programs
from railrel.distributions.warm import ALONE, SCRIPT, Warm, remember
from railrel.errors import UnfitError
from railrel.values import dataclass
from railrel.world import Command, Conversation, World

_SHOWN_LINES = 25
# Backends whose wheel is shown by a test to be the same after an sdist in the same process.
_FIT_FOR_BOTH = frozenset(
    {
        "flit_core.buildapi",
        "hatchling.build",
        "pdm.backend",
        "poetry.core.masonry.api",
        "setuptools.build_meta",
        "setuptools.build_meta:__legacy__",
        "uv_build",
    }
)


@dataclass
class Backend:
    """Runs hooks, called by pyproject_hooks as it would start a process for each of them."""

    world: World
    environment: Mapping[str, str]
    shown: Path
    """The user's own file, to be named in errors."""
    go_on: Callable[[], None]
    """Called again and again while a hook runs; what it raises ends the hook."""
    warm: Warm | None = None
    """A process that was started before it was known what to build."""
    _python: Path = field(default_factory=Path)
    _process: "_Process | None" = None
    _last: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    """Ends the process that there is."""
    _held: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    """The environments that are used."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._held:
            self._last.__exit__(kind, error, trace)

    def use(self, requires: Iterable[str]) -> None:
        """Have hooks run in an environment with these requirements from now on."""
        self.go_on()
        self._python = self._held.enter_context(build_environment(self.world, requires))

    def __call__(
        self,
        cmd: Sequence[str],
        cwd: str | None = None,
        extra_environ: Mapping[str, str] | None = None,
    ) -> None:
        # Its first word is the Python; ours is that of the build environment.
        added, folder = dict(extra_environ or {}), cwd or "."
        environ = {**with_programs(self.environment, self._python), **added}
        request = {"argv": list(cmd[1:]), "cwd": folder, "environ": environ}
        process = self._process_for(folder, added.get("_PYPROJECT_HOOKS_BUILD_BACKEND", ""))
        said = process.conversation.ask(json.dumps(request), self.go_on)
        answer = json.loads(said) if said is not None else {}
        process.clean = bool(answer.get("clean"))
        if answer.get("code") != 0:
            raise self._failed(process.conversation.output())

    def _process_for(self, folder: str, backend: str) -> "_Process":
        old = self._process
        if old and old.clean and old.python == self._python:
            if old.folder == folder:
                return old
            if backend in _FIT_FOR_BOTH:
                old.folder = folder
                return old
        if old:
            self._last.close()
        conversation = self._started(folder, backend)
        self._process = _Process(conversation, self._python, folder)
        return self._process

    def _started(self, folder: str, backend: str) -> Conversation:
        warm = self.warm
        taken = warm.take(self._python) if warm and warm.backend == backend else None
        if warm and taken:
            self._last.enter_context(taken)
            return warm.conversation
        remember(self.world, self._python, backend)
        argv = (str(self._python), *ALONE, str(SCRIPT))
        command = Command(argv, Path(folder), with_programs(self.environment, self._python))
        return self._last.enter_context(self.world.processes.conversing(command, MARK))

    def _failed(self, output: str) -> UnfitError:
        lines = output.strip().splitlines()
        return UnfitError(
            "the build failed; the backend's last words:\n  " + "\n  ".join(lines[-_SHOWN_LINES:]),
            at=str(self.shown),
            hint="mend what it names; the staged copy holds only files that git knows",
        )


@dataclass
class _Process:
    conversation: Conversation
    python: Path
    folder: str
    """The source that its hooks were run in."""
    clean: bool = True
    """Whether the last hook left the process as it found it."""
