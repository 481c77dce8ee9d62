import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from railrel.effects.processes import RealProcesses
from railrel.errors import ConfigError, UnreachableError
from railrel.world import Command
from tests.waiting import A_MINUTE, eventually, is_held


def python(folder: Path, code: str, seconds: float = 30) -> Command:
    return Command((sys.executable, "-c", code), folder, {"A": "1"}, seconds)


def test_both_streams_come_back_in_order_however_much_it_is(tmp_path: Path) -> None:
    code = "import sys\nsys.stderr.write('e' * 300_000)\nprint('end')\nsys.exit(3)"

    done = RealProcesses().run(python(tmp_path, code))

    assert done.code == 3
    assert len(done.output) > 300_000


def test_the_environment_is_the_one_that_was_given(tmp_path: Path) -> None:
    done = RealProcesses().run(python(tmp_path, "import os; print(sorted(os.environ))"))

    assert "HOME" not in done.output
    assert "'A'" in done.output


def holding(mark: Path) -> str:
    """Code that has a child of its own hold a file for a minute."""
    child = (
        f"import fcntl, time; file = open({str(mark)!r}, 'w')\n"
        "fcntl.flock(file, fcntl.LOCK_EX); print('held', flush=True); time.sleep(60)"
    )
    return f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {child!r}])"


def test_what_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "mark"

    # As long as a busy machine needs for the child to be there at all.
    for seconds in (1, 4, 16):
        with pytest.raises(UnreachableError, match="did not end within"):
            RealProcesses().run(python(tmp_path, holding(mark), seconds))
        if mark.exists():
            break

    eventually(lambda: not is_held(mark))


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no-such-program cannot be started"):
        RealProcesses().run(Command(("no-such-program",), tmp_path, {}))


def test_what_runs_beside_us_is_seen_and_ended_with_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "mark"

    with RealProcesses().beside(python(tmp_path, holding(mark))) as running:
        eventually(lambda: "held" in running.output() or None)
        assert running.code() is None
        assert is_held(mark)

    eventually(lambda: not is_held(mark))


def begin(how: str, command: Command) -> None:
    with contextlib.ExitStack() as stack:
        match how:
            case "run":
                RealProcesses().run(command)
            case "beside":
                stack.enter_context(RealProcesses().beside(command))
            case _:
                stack.enter_context(RealProcesses().conversing(command, "mark"))


@pytest.mark.parametrize("how", ["run", "beside", "conversing"])
def test_an_interrupt_that_comes_while_a_program_starts_ends_it_too(
    tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "mark"

    class Interrupted(subprocess.Popen[bytes]):
        def __setattr__(self, name: str, value: object) -> None:
            super().__setattr__(name, value)
            if name == "_child_created" and value:
                eventually(lambda: mark.exists() and is_held(mark))
                os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(subprocess, "Popen", Interrupted)

    with pytest.raises(KeyboardInterrupt):
        begin(how, python(tmp_path, holding(mark)))

    monkeypatch.undo()
    assert eventually(lambda: not is_held(mark))


def test_an_answer_of_a_program_that_ends_right_after_it_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = tmp_path / "go"
    code = (
        "import pathlib, sys, time\nquestion = sys.stdin.readline().strip()\n"
        "while not pathlib.Path('go').exists(): time.sleep(0.01)\n"
        "print('mark:an answer to', question, flush=True)"
    )

    class Ending(subprocess.Popen[bytes]):
        """It ends just when somebody looks whether it has."""

        def poll(self) -> int | None:
            go.touch()
            return self.wait(60)

    monkeypatch.setattr(subprocess, "Popen", Ending)

    with RealProcesses().conversing(python(tmp_path, code), "mark:") as talk:
        assert talk.ask("it", lambda: None) == "an answer to it"


def test_what_ended_beside_us_has_a_code(tmp_path: Path) -> None:
    with RealProcesses().beside(python(tmp_path, "print('done'); raise SystemExit(3)")) as running:
        eventually(lambda: running.code() is not None or None)

        assert (running.code(), running.output()) == (3, "done\n")


def ended_beside(folder: Path, on_term: str) -> None:
    """Start a program that has made a lock, and end it."""
    code = f"trap '{on_term}' TERM; touch lock; echo up; {A_MINUTE}"
    with RealProcesses().beside(Command(("sh", "-c", code), folder, {})) as running:
        eventually(lambda: "up" in running.output() or None)


def test_who_is_ended_can_put_away_what_it_was_at(tmp_path: Path) -> None:
    ended_beside(tmp_path, "rm lock; exit")

    assert not (tmp_path / "lock").exists()


def test_who_does_not_end_when_asked_is_ended_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("railrel.effects.processes._ENDING_SECONDS", 0.3)

    ended_beside(tmp_path, "")

    assert (tmp_path / "lock").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_who_ends_us_meanwhile_lets_us_clean_up(tmp_path: Path, number: int) -> None:
    before = signal.getsignal(number)

    with pytest.raises(KeyboardInterrupt):
        _ended_meanwhile(tmp_path, number)

    assert signal.getsignal(number) == before


def _ended_meanwhile(folder: Path, number: int) -> None:
    with RealProcesses().beside(python(folder, "import time; time.sleep(60)")):
        os.kill(os.getpid(), number)
        time.sleep(5)


def test_what_other_threads_run_is_stopped_with_its_children_and_nothing_begins_any_more(
    tmp_path: Path,
) -> None:
    processes = RealProcesses()
    mark = tmp_path / "mark"
    mark.touch()
    ended: list[type[BaseException]] = []

    def run() -> None:
        try:
            processes.run(python(tmp_path, holding(mark)))
        except BaseException as error:  # noqa: BLE001 -- whatever it is
            ended.append(type(error))

    thread = threading.Thread(target=run)
    thread.start()
    eventually(lambda: is_held(mark))

    processes.stop()
    thread.join(20)

    assert ended == [KeyboardInterrupt]
    eventually(lambda: not is_held(mark))
    with pytest.raises(KeyboardInterrupt):
        processes.run(python(tmp_path, "print('late')"))
