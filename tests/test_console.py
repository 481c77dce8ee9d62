"""What is printed in a job and outside of one."""

import json

import pytest

from railrel.console import Console
from railrel.errors import Problem
from railrel.job import job_of
from railrel.world import Secret
from tests.runner_rules import commands, heard

VARIABLES = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": "/work"}
EVIL = "::set-env name=PATH::/tmp\n##[add-path]/tmp"


def in_a_job(*, quiet: bool = False) -> Console:
    return Console(environment=VARIABLES, job=job_of(VARIABLES), quiet=quiet)


def test_outside_of_a_job_everything_is_printed_as_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console = Console()

    with console.group("a build"):
        console.result(EVIL)
    console.problem(Problem(EVIL, "/work/a.py:1"))

    out, err = capsys.readouterr()
    assert out == f"{EVIL}\n"
    first, second = EVIL.splitlines()
    assert err == f"error: {first}\n  {second}\n   at: /work/a.py:1\n"


def test_in_a_job_only_our_own_words_are_commands(capsys: pytest.CaptureFixture[str]) -> None:
    console = in_a_job()

    with console.group(f"a build\n{EVIL}"):
        console.say(EVIL)
        console.result(EVIL)
    console.diff(EVIL)
    console.problem(Problem(EVIL, f"/work/{EVIL}:1", EVIL), "note")

    out, err = capsys.readouterr()
    assert commands(out) == []
    assert [heard(line)[0] for line in commands(err)] == ["group", "endgroup", "notice"]


def test_json_keeps_its_values_and_holds_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    in_a_job().report("railrel.test/1", {"said": EVIL})

    out, _ = capsys.readouterr()
    assert commands(out) == []
    assert json.loads(out) == {"schema": "railrel.test/1", "said": EVIL}


def test_a_secret_is_masked_before_its_characters_are_escaped(
    capsys: pytest.CaptureFixture[str],
) -> None:
    console = in_a_job()
    console.hide(Secret("100%,marked:secret"))

    with console.group("with 100%,marked:secret"):
        console.problem(
            Problem("100%,marked:secret", "/100%,marked:secret/a:1", "100%,marked:secret")
        )

    _, err = capsys.readouterr()
    assert "marked" not in err
    assert "::error file=/***/a,line=1::***%0Ahint: ***" in err
    # A mask that is told to a runner is printed first.
    assert "add-mask" not in err


def test_who_wants_quiet_gets_errors_and_no_folds(capsys: pytest.CaptureFixture[str]) -> None:
    console = in_a_job(quiet=True)

    with console.group("a build"):
        console.say("said")
        console.problem(Problem("so it is"))

    assert capsys.readouterr().err == "error: so it is\n::error::so it is\n"
