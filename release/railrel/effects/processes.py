"""The one place where a program is started."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from railrel.effects.attached import run_attached
from railrel.errors import ConfigError, UnreachableError
from railrel.world import Command, Completed


class RealProcesses:
    """Programs on this machine."""

    def attached(self, command: Command) -> int:
        return run_attached(command.argv, command.folder, command.environment)

    def find(self, program: str, environment: Mapping[str, str]) -> Path | None:
        found = shutil.which(program, path=environment.get("PATH", os.defpath))
        return Path(found).absolute() if found else None

    def run(self, command: Command) -> Completed:
        # A session of its own, so that a time-out or Ctrl-C ends the program's children as well.
        # And a file, not a pipe: what a program leaves running would keep a pipe open for ever.
        with tempfile.TemporaryFile() as output:
            code = self._ended(command, output)
            output.seek(0)
            return Completed(code, output.read().decode("utf-8", "replace"))

    def _ended(self, command: Command, output: IO[bytes]) -> int:
        try:
            # It inherits what we mean it to: a scratch folder's lock, should we be killed before it.
            process = subprocess.Popen(
                command.argv,
                cwd=command.folder,
                env=dict(command.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                close_fds=False,
                start_new_session=True,
            )
        except OSError as error:
            raise ConfigError(
                f"{command.argv[0]} cannot be started: {error.strerror}",
                at=str(command.folder),
                hint=f"install it, or see that it is executable: {command.argv[0]}",
            ) from error
        try:
            return process.wait(command.seconds)
        except subprocess.TimeoutExpired as error:
            _end(process)
            raise UnreachableError(
                f"{command.argv[0]} did not end within {command.seconds:.0f} seconds",
                at=str(command.folder),
            ) from error
        except BaseException:
            _end(process)
            raise


def _end(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
