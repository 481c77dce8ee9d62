"""The one place where a program is started, but for the user's own git."""

import contextlib
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import IO

from railrel.effects.attached import run_attached
from railrel.effects.conversations import Conversation
from railrel.effects.interrupts import held_back, interruptible
from railrel.errors import ConfigError, UnreachableError
from railrel.values import dataclass
from railrel.world import Command, Completed, Running
from railrel.world import Conversation as Talk

# For a program that was asked to end, to put away what it was at.
_ENDING_SECONDS = 5.0


class _UntilStopped:
    """What runs now, for all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._stopped = False

    @contextlib.contextmanager
    def started(
        self, command: Command, output: IO[bytes], *, piped: bool = False
    ) -> Iterator["subprocess.Popen[bytes]"]:
        process: subprocess.Popen[bytes] | None = None
        try:
            with self._lock, held_back():
                self.check()
                process = _started(command, output, piped=piped)
                self._processes.add(process)
            yield process
        except BaseException:
            if process:
                with process:
                    if process.poll() is None:
                        _end(process)
            raise
        finally:
            with self._lock:
                self._processes -= {process}

    def check(self) -> None:
        """KeyboardInterrupt once everything was stopped."""
        if self._stopped:
            raise KeyboardInterrupt

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            for process in self._processes:
                _kill(process)


@dataclass
class RealProcesses:
    """Programs on this machine."""

    _running: _UntilStopped = field(default_factory=_UntilStopped)

    def attached(self, command: Command) -> int:
        return run_attached(command.argv, command.folder, command.environment)

    def find(self, program: str, environment: Mapping[str, str]) -> Path | None:
        found = shutil.which(program, path=environment.get("PATH", os.defpath))
        return Path(found).absolute() if found else None

    def run(self, command: Command) -> Completed:
        # A session of its own, so that a time-out or Ctrl-C ends the program's children as well.
        # And a file, not a pipe: what a program leaves running would keep a pipe open for ever.
        with _output_file() as output:
            code = self._ended(command, output)
            self._running.check()
            output.seek(0)
            return Completed(code, output.read().decode("utf-8", "replace"))

    @contextlib.contextmanager
    def beside(self, command: Command) -> Iterator[Running]:
        with (
            _output_file() as output,
            interruptible(),
            self._running.started(command, output) as process,
        ):
            try:
                yield _Beside(process, output)
            finally:
                _end(process)

    def conversing(self, command: Command, mark: str) -> contextlib.AbstractContextManager[Talk]:
        return self._conversing(command, mark)

    @contextlib.contextmanager
    def _conversing(self, command: Command, mark: str) -> Iterator[Conversation]:
        with (
            _output_file() as output,
            self._running.started(command, output, piped=True) as process,
            process,
        ):
            conversation = Conversation(process, output, command, mark)
            try:
                yield conversation
                conversation.close()
            finally:
                if process.poll() is None:
                    # It has nothing of its own to put away.
                    _kill(process)
        self._running.check()

    def stop(self) -> None:
        self._running.stop()

    def _ended(self, command: Command, output: IO[bytes]) -> int:
        with self._running.started(command, output) as process:
            try:
                return process.wait(command.seconds)
            except subprocess.TimeoutExpired as error:
                raise UnreachableError(
                    f"{command.argv[0]} did not end within {command.seconds:.0f} seconds",
                    at=str(command.folder),
                ) from error


class _Beside:
    """A program that runs while we do something else."""

    def __init__(self, process: "subprocess.Popen[bytes]", output: IO[bytes]) -> None:
        self._process, self._output = process, output

    def code(self) -> int | None:
        return self._process.poll()

    def output(self) -> str:
        # By its position: the program writes where the file's own one is.
        descriptor = self._output.fileno()
        said = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
        return said.decode("utf-8", "replace")


def _output_file() -> IO[bytes]:
    import tempfile

    return tempfile.TemporaryFile()


def _started(command: Command, output: IO[bytes], *, piped: bool) -> "subprocess.Popen[bytes]":
    try:
        # It inherits what we mean it to: a scratch folder's lock, should we be killed before it.
        return subprocess.Popen(
            command.argv,
            cwd=command.folder,
            env=dict(command.environment),
            stdin=subprocess.PIPE if piped else subprocess.DEVNULL,
            stdout=subprocess.PIPE if piped else output,
            stderr=output,
            close_fds=False,
            start_new_session=True,
        )
    except OSError as error:
        raise ConfigError(
            f"{command.argv[0]} cannot be started: {error.strerror}",
            at=str(command.folder),
            hint=f"install it, or see that it is executable: {command.argv[0]}",
        ) from error


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End it and its children. Git, for one, first takes away the locks that would bar its next run."""
    try:
        _kill(process, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_ENDING_SECONDS)
    finally:
        _kill(process)
        process.wait()


def _kill(process: "subprocess.Popen[bytes]", how: signal.Signals = signal.SIGKILL) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, how)
