import importlib
import pkgutil
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.metadata import entry_points
from inspect import ismodule
from pathlib import Path

import pytest

import railrel.commands
import railrel.registries
from railrel.commands import VERBS
from railrel.dependencies import reported, syntaxes
from railrel.errors import MEANINGS, ExitCode
from railrel.world import GitState
from tests.workbench import IMPORTABLE, Workbench


def test_help_lists_every_verb_and_every_exit_code(bench: Workbench) -> None:
    result = bench.railrel("--help")

    assert result.code == 0
    # However wide the terminal is.
    text = " ".join(result.out.split())
    for verb in VERBS:
        assert verb.name in text
        assert verb.summary in text
    for code, meaning in MEANINGS.items():
        assert f"{code.value} {meaning}" in text


@pytest.mark.parametrize("verb", [verb.name for verb in VERBS])
def test_every_verb_explains_itself_and_knows_json(bench: Workbench, verb: str) -> None:
    result = bench.railrel(verb, "--help")

    assert result.code == 0
    assert "--json" in result.out


def modules(package: str, path: list[str], *besides: str) -> set[str]:
    found = {module.name for module in pkgutil.iter_modules(path)}
    return {f"{package}.{name}" for name in found - set(besides)}


def test_every_file_of_a_table_is_in_it() -> None:
    assert {
        f"railrel.commands.{verb.module.removesuffix('.command')}" for verb in VERBS
    } == modules("railrel.commands", list(railrel.commands.__path__), "shared")
    for room in (syntaxes, reported):
        every = (*room.TOML, *room.TEXT)
        listed = {one.__name__ if ismodule(one) else type(one).__module__ for one in every}
        assert listed == modules(room.__name__, list(room.__path__))
    assert {kind.__name__ for kind in railrel.registries.KINDS} == {  # type: ignore[attr-defined]  # modules
        f"railrel.registries.{name}" for name in ("folder", "gitea", "legacy")
    }


def test_the_verbs_are_not_loaded_for_help() -> None:
    for verb in VERBS:
        module = importlib.import_module(f"railrel.commands.{verb.module}")
        assert module.command.name == verb.name


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["nothing"], "no such command 'nothing'"),
        (["status", "--nothing"], "no such option"),
        (["-C", "nowhere", "status"], "nowhere is no folder"),
        (["status", "--graph", "round"], "is not one of"),
        (["publish", "unknown-project"], "no project is called unknown-project"),
        (["status", "--registry", "ftp://x/y"], "is not a URL that can be asked"),
        (["status", "--registry", "https://u:marked@x/y"], "a password on the command line"),
        (["status", "--registry", "https://[x/y"], "is not a URL that can be asked"),
        (["status", "--registry", "https://x:port/y"], "is not a URL that can be asked"),
    ],
)
def test_a_wrong_command_line_is_code_2_in_three_lines(
    bench: Workbench, argv: list[str], said: str
) -> None:
    bench.library()

    result = bench.railrel(*argv)

    assert result.code == ExitCode.USAGE
    assert said in result.err.lower() or said in result.err
    assert result.err.startswith("error: ")
    assert "\n hint: " in result.err
    assert "marked" not in result.err
    assert result.out == ""


def test_an_error_is_json_when_json_was_asked_for(bench: Workbench) -> None:
    bench.library()

    result = bench.railrel("publish", "nothing", "--json")

    assert result.json["schema"] == "railrel.error/1"
    assert result.json["code"] == ExitCode.USAGE
    assert result.json["errors"] == [
        {
            "message": "no project is called nothing",
            "at": str(bench.root),
            "hint": "known: issue-core",
            "rule": "",
        }
    ]


class Broken:
    """A git that breaks in a way that nobody foresaw."""

    def state(self, folder: Path) -> GitState | None:
        raise LookupError(f"no such thing as marked-secret in {folder}")

    def has_tag(self, folder: Path, tag: str) -> bool:
        raise NotImplementedError

    def commit_of(self, folder: Path, name: str) -> str | None:
        raise NotImplementedError

    def check_out(self, folder: Path, commit: str, tag: str, target: Path) -> None:
        raise NotImplementedError

    def changed(self, folder: Path, ref: str) -> tuple[Path, ...] | None:
        raise NotImplementedError

    def hidden(self, folder: Path) -> tuple[str, ...]:
        raise NotImplementedError

    def staged(self, folder: Path) -> tuple[str, ...] | None:
        raise NotImplementedError

    def staged_content(self, folder: Path, name: str) -> bytes:
        raise NotImplementedError

    def files(self, folder: Path) -> tuple[str, ...] | None:
        raise NotImplementedError


def test_a_bug_is_code_70_laid_out_for_pasting_and_still_masked(bench: Workbench) -> None:
    bench.library()
    having = bench.having(RAILREL_TOKEN="marked-secret")
    world = replace(having.world(), git=Broken())

    result = having.railrel("status", world=world)

    assert result.code == ExitCode.BUG
    assert "Traceback" in result.err
    assert "railrel 0." in result.err
    assert "LookupError: no such thing as *** in" in result.err


class Interrupted(Broken):
    """A git during which the user presses Ctrl-C."""

    def state(self, folder: Path) -> GitState | None:
        raise KeyboardInterrupt(folder)


def test_interrupted_is_code_130(bench: Workbench) -> None:
    bench.library()

    result = bench.railrel("status", world=replace(bench.world(), git=Interrupted()))

    assert result.code == ExitCode.INTERRUPTED


class Hidden(Broken):
    """A git during which an interrupt comes while a class is made, as when a module is loaded."""

    def state(self, folder: Path) -> GitState | None:
        class Named:
            def __set_name__(self, owner: type, name: str) -> None:
                raise KeyboardInterrupt(folder)

        class Owner:
            named = Named()

        raise AssertionError(Owner)


def test_an_interrupt_that_python_wraps_is_code_130_too(bench: Workbench) -> None:
    bench.library()

    result = bench.railrel("status", world=replace(bench.world(), git=Hidden()))

    assert result.code == ExitCode.INTERRUPTED
    assert result.err.strip() == "error: interrupted"


# An interrupt comes while Python cleans up, where nothing can be raised.
SWALLOWED = """
import sys
from railrel.__main__ import entry

class Gone:
    def __del__(self):
        raise KeyboardInterrupt

class Told:
    def find_spec(self, name, *_):
        if name == "railrel.commands.status":
            Gone()

sys.meta_path.insert(0, Told())
entry()
"""


# A busy machine lets a new thread begin long before who started it goes on.
BUSY = """
import threading, time

start = threading.Thread.start

def slowly(thread):
    start(thread)
    time.sleep(0.2)

threading.Thread.start = slowly
"""


@pytest.mark.parametrize("machine", ["", BUSY], ids=["idle", "busy"])
def test_an_interrupt_that_python_would_swallow_is_heard(bench: Workbench, machine: str) -> None:
    bench.library()

    ended = subprocess.run(
        [sys.executable, "-c", machine + SWALLOWED, "status", "--offline"],
        cwd=bench.root,
        env={**bench.environment, **IMPORTABLE},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == ExitCode.INTERRUPTED
    assert ended.stdout == ""
    assert ended.stderr.strip() == "error: interrupted"


BETWEEN = """
import railrel.cli
from railrel.__main__ import entry

def interrupted():
    raise KeyboardInterrupt

railrel.cli.entry = interrupted
entry()
"""


def test_an_interrupt_in_between_loading_and_beginning_is_quiet_too() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", BETWEEN], env=IMPORTABLE, capture_output=True, text=True, check=False
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (ExitCode.INTERRUPTED, "", "")


# As the script of an installed railrel does it. Python itself cannot be interrupted quietly before.
STARTED = """
import sys
from railrel.__main__ import entry

class Told:
    def find_spec(self, name, *_):
        if name == "railrel.cli":
            print("begun", flush=True)

sys.meta_path.insert(0, Told())
entry()
"""


def test_whenever_it_is_interrupted_it_ends_quietly_with_code_130(bench: Workbench) -> None:
    bench.library()
    environment = {**bench.environment, **IMPORTABLE}

    def interrupted(moment: float) -> tuple[float, int, str, str]:
        with subprocess.Popen(
            [sys.executable, "-c", STARTED, "status", "--offline"],
            cwd=bench.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout
            assert process.stdout.readline() == "begun\n"
            time.sleep(moment)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
            return moment, process.returncode, out, err

    # Seconds, while it loads, works and ends.
    moments = [random.uniform(0, 0.5) for _ in range(24)]  # noqa: S311 -- no secret
    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(interrupted, moments))

    assert ExitCode.INTERRUPTED in {code for _, code, _, _ in ends}
    for moment, code, out, err in ends:
        # While Python ends there is nobody left to give a code: a shell gives 130 for the signal.
        ended = (ExitCode.INTERRUPTED, -signal.SIGINT) if not out else (0, 130, -signal.SIGINT)
        assert code in ended, (moment, err)
        assert "Traceback" not in err, (moment, err)
        assert "Exception" not in err, (moment, err)


@pytest.mark.parametrize("argv", [["-m", "railrel"], ["-c", STARTED]], ids=["module", "script"])
def test_who_is_started_in_the_background_passes_over_interrupts(
    bench: Workbench, argv: list[str]
) -> None:
    bench.library()
    deaf = ["sh", "-c", 'trap "" INT; echo deaf; exec "$@"', "sh"]

    with subprocess.Popen(
        [*deaf, sys.executable, *argv, "status", "--offline"],
        cwd=bench.root,
        env={**bench.environment, **IMPORTABLE},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "deaf\n"
        for _ in range(20):
            process.send_signal(signal.SIGINT)
            time.sleep(0.01)
        _, err = process.communicate(timeout=60)

    assert process.returncode == 0, err


def test_the_script_of_an_installed_railrel_can_be_interrupted_as_it_loads() -> None:
    (script,) = entry_points(group="console_scripts", name="railrel")

    assert script.value == "railrel.__main__:entry"


@pytest.mark.parametrize(
    ("variables", "argv", "coloured"),
    [
        ({}, [], False),
        ({"FORCE_COLOR": "1"}, [], True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, [], False),
        ({"NO_COLOR": "1"}, ["--color", "always"], True),
        ({"FORCE_COLOR": "1"}, ["--color", "never"], False),
        ({"CLICOLOR_FORCE": "1", "TERM": "dumb"}, [], False),
    ],
)
def test_colours_are_used_where_they_are_wanted(
    bench: Workbench, variables: dict[str, str], argv: list[str], *, coloured: bool
) -> None:
    bench.copy_examples()

    result = bench.having(**variables).railrel(
        *argv, "fix-deps", "--offline", "vergabe-teilnahme", "--diff"
    )

    assert ("\x1b[" in result.out) is coloured


def test_quiet_says_nothing_but_results(bench: Workbench) -> None:
    bench.copy_examples()

    result = bench.railrel("-q", "fix-deps", "--offline", "vergabe-teilnahme")

    assert result.err == ""
    assert result.out


def test_standing_in_a_folder_that_is_gone_is_an_error_and_no_traceback(bench: Workbench) -> None:
    script = bench.write(
        "gone.sh",
        f'mkdir gone && cd gone && rmdir ../gone\n"{sys.executable}" -m railrel status\necho "code $?"\n',
    )

    said = bench.call(["sh", str(script)], None, **IMPORTABLE)

    assert "error: the folder that you stand in is gone" in said
    assert "code 2" in said
    assert "Traceback" not in said


def test_without_git_the_user_is_told_to_install_it_and_only_where_it_is_needed(
    bench: Workbench,
) -> None:
    bench.library()
    bench.commit("issue-core", "v0.2.3")
    bench.library("plain", "1.0")
    script = bench.write(
        "no-git.sh",
        f'PATH=/nonexistent "{sys.executable}" -m railrel publish issue-core; echo "code $?"\n'
        f'PATH=/nonexistent "{sys.executable}" -m railrel -C plain status plain; echo "code $?"\n',
    )

    said = bench.call(["sh", str(script)], None, **IMPORTABLE)

    assert "error: git is not installed, or not on PATH" in said
    assert [line for line in said.splitlines() if line.startswith("code")] == ["code 2", "code 0"]


def test_a_closed_output_is_no_reason_to_stop(bench: Workbench) -> None:
    bench.library()
    script = bench.write(
        "closed.sh", f'"{sys.executable}" -m railrel status --offline >&-; echo "code $?"\n'
    )

    assert bench.call(["sh", str(script)], None, **IMPORTABLE).splitlines()[-1] == "code 0"


def test_a_reader_who_has_enough_gets_no_traceback(bench: Workbench) -> None:
    for n in range(300):
        bench.write(f"p{n}/pyproject.toml", f'[project]\nname = "p{n}"\nversion = "1"\n')
    script = bench.write(
        "pipe.sh", f'"{sys.executable}" -m railrel status --offline --json | head -n 1\n'
    )

    said = bench.call(["sh", str(script)], None, **IMPORTABLE)

    assert "Traceback" not in said
    assert "Exception" not in said


ORDER = """
import sys
from railrel.distributions import warm

real = warm.warm_up

def told(world):
    print("warming up", *(n for n in ("publish", "shared.context") if f"railrel.commands.{n}" in sys.modules))
    return real(world)

warm.warm_up = told
from railrel.cli import entry
entry()
"""


def test_the_backend_of_the_last_build_starts_before_the_verb_is_loaded(bench: Workbench) -> None:
    bench.library()
    bench.commit("issue-core", "v0.2.3")
    argv = [sys.executable, "-c", ORDER, "publish", "issue-core", "--dry-run"]

    said = bench.call(argv, None, **IMPORTABLE)

    assert "warming up\n" in said
