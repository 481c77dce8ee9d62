"""Programs that run in our place, as real processes."""

import os
import pty
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from railrel.effects.attached import run_attached
from railrel.errors import ConfigError
from tests.waiting import A_MINUTE, until_there, wait_for
from tests.workbench import IMPORTABLE

RUN = (
    "import os, sys; from pathlib import Path; from railrel.effects.attached import run_attached\n"
    "sys.exit(run_attached(tuple(sys.argv[1:]), Path('.'), os.environ))"
)
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


@pytest.mark.parametrize(
    "number",
    [
        signal.SIGTERM,
        signal.SIGHUP,
        signal.SIGUSR1,
        signal.SIGUSR2,
        signal.SIGINT,
        signal.SIGQUIT,
    ],
)
def test_a_signal_to_us_reaches_the_program_once(tmp_path: Path, number: signal.Signals) -> None:
    script = f"trap 'echo got >> caught; exit 5' {number.name[3:]}; touch ready; {A_MINUTE}"
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "sh", "-c", script],
        cwd=tmp_path, env=ENVIRONMENT, stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    wait_for(tmp_path / "ready")

    process.send_signal(number)

    assert process.wait(SECONDS) == 5
    assert (tmp_path / "caught").read_text() == "got\n"


WAITS = f"touch ready; {until_there('go')}"
TRAPPED = f"trap 'echo got >> caught; exit 5' INT; touch ready; {A_MINUTE}"


def on_a_terminal(folder: Path, *argv: str) -> tuple[int, int]:
    """Start a program that leads a session on a terminal of its own; its pid and the other end."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execve(argv[0], argv, ENVIRONMENT)  # noqa: S606 -- in the child of a fork
    return pid, terminal


def code_of(pid: int, terminal: int) -> int:
    """How it ended, for which it gets some seconds; then it is killed."""
    for _ in range(SECONDS * 20):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            os.close(terminal)
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(terminal)
    pytest.fail("it did not end")


@pytest.mark.parametrize("redirected", ["", "</dev/null >out 2>&1"])
def test_ctrl_c_on_a_terminal_reaches_the_program_once(tmp_path: Path, redirected: str) -> None:
    line = shlex.join([sys.executable, "-c", RUN, "sh", "-c", TRAPPED])
    pid, terminal = on_a_terminal(tmp_path, "/bin/sh", "-c", f"exec {line} {redirected}")
    wait_for(tmp_path / "ready")

    os.write(terminal, b"\x03")

    assert code_of(pid, terminal) == 5
    assert (tmp_path / "caught").read_text() == "got\n"


def test_ctrl_c_reaches_a_program_that_left_our_group(tmp_path: Path) -> None:
    (tmp_path / "leave.py").write_text(
        "import os, sys; os.setpgid(0, 0); os.execvp('sh', sys.argv[1:])"
    )
    away = [sys.executable, "leave.py", "sh", "-c", TRAPPED]
    pid, terminal = on_a_terminal(tmp_path, sys.executable, "-c", RUN, *away)
    wait_for(tmp_path / "ready")

    os.write(terminal, b"\x03")

    assert code_of(pid, terminal) == 5
    assert (tmp_path / "caught").read_text() == "got\n"


def test_ctrl_z_stops_both_and_fg_goes_on(tmp_path: Path) -> None:
    line = shlex.join([sys.executable, "-c", RUN, "sh", "-c", f"{WAITS}; exit 7"])
    pid, terminal = on_a_terminal(
        tmp_path, "/bin/sh", "-c", f"set -m; {line}; touch stopped; fg; exit $?"
    )
    wait_for(tmp_path / "ready")

    os.write(terminal, b"\x1a")

    wait_for(tmp_path / "stopped")
    (tmp_path / "go").touch()
    assert code_of(pid, terminal) == 7


def test_a_terminal_stays_one(tmp_path: Path) -> None:
    script = "test -t 0 && test -t 1 && test -t 2 && exit 9"
    pid, terminal = on_a_terminal(tmp_path, sys.executable, "-c", RUN, "sh", "-c", script)

    assert code_of(pid, terminal) == 9


def test_what_we_ignore_the_program_ignores_as_under_nohup(tmp_path: Path) -> None:
    line = shlex.join([sys.executable, "-c", RUN, "sh", "-c", f"{WAITS}; exit 6"])
    process = subprocess.Popen(
        ["sh", "-c", f"trap '' HUP; exec {line}"],
        cwd=tmp_path, env=ENVIRONMENT, start_new_session=True,
    )  # fmt: skip
    wait_for(tmp_path / "ready")

    os.killpg(process.pid, signal.SIGHUP)
    (tmp_path / "go").touch()

    assert process.wait(SECONDS) == 6


def test_a_signal_that_comes_while_the_program_starts_is_not_lost(tmp_path: Path) -> None:
    early = (
        "import os, signal, subprocess\n"
        "class Popen(subprocess.Popen):\n"
        "    def __init__(self, *args, **kw):\n"
        "        os.kill(os.getpid(), signal.SIGTERM)\n"
        "        super().__init__(*args, **kw)\n"
        "subprocess.Popen = Popen\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", early + RUN, "sleep", "60"],
        cwd=tmp_path, env=ENVIRONMENT, timeout=SECONDS, check=False,
    )  # fmt: skip

    assert done.returncode == 128 + signal.SIGTERM


def test_from_another_thread_it_runs_without_handlers() -> None:
    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(shell("exit 4")))

    thread.start()
    thread.join(SECONDS)

    assert codes == [4]


def test_handlers_are_as_they_were_afterwards() -> None:
    before = [signal.getsignal(number) for number in signal.valid_signals()]

    shell("exit 0")
    with pytest.raises(ConfigError):
        run_attached(("no-such-program",), Path("/"), os.environ)

    assert [signal.getsignal(number) for number in signal.valid_signals()] == before


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no-such-program cannot be started"):
        run_attached(("no-such-program",), tmp_path, os.environ)
