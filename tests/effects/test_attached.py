"""Programs that run in our place, as real processes."""

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from railrel.effects.attached import run_attached
from railrel.errors import ConfigError
from tests.workbench import IMPORTABLE

RUN = "import sys; from railrel.effects.attached import run_attached; from pathlib import Path; import os; sys.exit(run_attached(tuple(sys.argv[1:]), Path('.'), os.environ))"
ENVIRONMENT = {**os.environ, **IMPORTABLE}
SECONDS = 20


def shell(script: str) -> int:
    return run_attached(("sh", "-c", script), Path("/"), os.environ)


def test_the_exit_code_is_the_program_s() -> None:
    assert shell("exit 0") == 0
    assert shell("exit 37") == 37
    assert shell("kill -9 $$") == 137


def test_streams_are_its_own(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN, "sh", "-c", "cat; echo oops >&2; exit 3"],
        cwd=tmp_path, env=ENVIRONMENT, input="hello", capture_output=True, text=True,
        timeout=SECONDS, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout, done.stderr) == (3, "hello", "oops\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGINT])
def test_a_signal_to_us_reaches_the_program_once(tmp_path: Path, number: signal.Signals) -> None:
    script = f"trap 'echo got >> caught; exit 5' {number.name[3:]}; touch ready; while :; do sleep 0.05; done"
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "sh", "-c", script],
        cwd=tmp_path, env=ENVIRONMENT, stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    wait_for(tmp_path / "ready")

    process.send_signal(number)

    assert process.wait(SECONDS) == 5
    assert (tmp_path / "caught").read_text() == "got\n"


def test_ctrl_c_on_a_terminal_reaches_the_program_once(tmp_path: Path) -> None:
    script = "trap 'echo got >> caught; exit 5' INT; touch ready; while :; do sleep 0.05; done"
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(tmp_path)
        argv = [sys.executable, "-c", RUN, "sh", "-c", script]
        os.execve(sys.executable, argv, ENVIRONMENT)  # noqa: S606 -- in the child of a fork
    wait_for(tmp_path / "ready")

    os.write(terminal, b"\x03")

    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 5
    assert (tmp_path / "caught").read_text() == "got\n"


def test_handlers_are_as_they_were_afterwards() -> None:
    before = signal.getsignal(signal.SIGTERM)

    shell("exit 0")

    assert signal.getsignal(signal.SIGTERM) == before


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no-such-program cannot be started"):
        run_attached(("no-such-program",), tmp_path, os.environ)


def wait_for(path: Path) -> None:
    for _ in range(400):
        if path.exists():
            return
        time.sleep(0.05)
    pytest.fail(f"{path} did not come")
