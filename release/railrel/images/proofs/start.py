"""Proof that an image starts: with no network, as its own user."""

from collections.abc import Mapping
from pathlib import Path

from railrel.errors import UnfitError
from railrel.images.builders.protocol import Argv, Builder, Run
from railrel.values import dataclass
from railrel.world import Command, Running, World

_STEP = 0.2
# What serves nothing has started when it still runs after so long, or has done its work.
_SECONDS_OF_WORK = 5
_LINES = 25
_TROUBLE = 500


@dataclass(frozen=True, slots=True)
class Machine:
    """Where builders' commands run."""

    world: World
    folder: Path
    environment: Mapping[str, str]

    def ask(self, argv: Argv, seconds: float = 600) -> tuple[int, str]:
        """Run one to its end: its exit code and what it said."""
        done = self.world.processes.run(Command(argv, self.folder, self.environment, seconds))
        return done.code, done.output.strip()

    def must(self, argv: Argv, what: str) -> str:
        """Run one that has to succeed. UnfitError with its last words."""
        code, said = self.ask(argv)
        if code:
            raise UnfitError(f"{what}; {argv[0]}'s last words:\n  {last_words(said)}")
        return said


def start(machine: Machine, builder: Builder, run: Run, *, checks: bool) -> str:
    """Start a container and say how it went; it is gone afterwards. UnfitError if it did not.

    `checks` is whether the path is a health check, which no 5xx passes.
    """
    # What a killed run left.
    machine.ask(builder.remove(run.name))
    try:
        for argv in builder.before(run):
            machine.must(argv, "no container can be made of the image")
        command = Command(builder.start(run), machine.folder, machine.environment)
        with machine.world.processes.beside(command) as running:
            try:
                if run.port:
                    return _served(machine, builder, run, running, checks=checks)
                return _worked(machine, running)
            finally:
                # Before its client ends, which would let it run on.
                machine.ask(builder.remove(run.name))
    finally:
        machine.ask(builder.remove(run.name))


def _served(machine: Machine, builder: Builder, run: Run, running: Running, *, checks: bool) -> str:
    clock = machine.world.clock
    end = clock.monotonic() + run.seconds
    status = 0
    while clock.monotonic() < end:
        if running.code() is not None:
            raise _failed(f"it ended with exit code {running.code()}", running)
        code, said = machine.ask(builder.ask(run))
        answers = [int(line) for line in said.split() if line.isdigit()] if not code else []
        status = answers[-1] if answers else status
        if 0 < status < _TROUBLE or (status and not checks):
            return f"answers {status} on port {run.port} at {run.path}"
        clock.sleep(_STEP)
    said = f"it answers {status}" if status else "nothing answers"
    place = f"on port {run.port} at {run.path}"
    raise _failed(f"{said} {place} after {run.seconds} seconds", running)


def _worked(machine: Machine, running: Running) -> str:
    clock = machine.world.clock
    end = clock.monotonic() + _SECONDS_OF_WORK
    while clock.monotonic() < end:
        code = running.code()
        if code == 0:
            return "did its work and ended with exit code 0"
        if code is not None:
            raise _failed(f"it ended with exit code {code}", running)
        clock.sleep(_STEP)
    return f"still runs after {_SECONDS_OF_WORK} seconds"


def _failed(what: str, running: Running) -> UnfitError:
    said = running.output().strip()
    words = f"; its last words:\n  {last_words(said)}" if said else ", and it said nothing"
    hint = "give it what it needs: --env NAME for a variable of yours; --timeout if it is slow"
    return UnfitError(f"the image does not start: {what}{words}", hint=hint, rule="no-start")


def last_words(said: str) -> str:
    """The end of an output, indented as errors are."""
    return "\n  ".join(said.splitlines()[-_LINES:])
