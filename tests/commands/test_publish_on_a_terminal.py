"""What a person sees while a publish goes on, and when it is interrupted."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from railrel.errors import ExitCode
from tests.screen import Screen, on_a_terminal
from tests.servers.gate import Gate, gated
from tests.servers.pypiserver import Pypiserver
from tests.small import small
from tests.waiting import eventually, is_held
from tests.workbench import IMPORTABLE, Workbench

SIZE = 12_000_000
BAR = "━"


@pytest.fixture
def gate(pypiserver: Pypiserver) -> Iterator[Gate]:
    """Lets a megabyte through; the rest waits."""
    with gated(urlsplit(pypiserver.url).port or 0, 1_000_000) as gate:
        yield gate


@contextlib.contextmanager
def publishing(
    bench: Workbench, server: Pypiserver, gate: Gate, *argv: str, **variables: str
) -> Iterator[Screen]:
    bench.home.mkdir(exist_ok=True)
    environment = {
        **bench.environment,
        **IMPORTABLE,
        "TERM": "xterm-256color",
        "RAILREL_REGISTRY": gate.url,
        "RAILREL_USERNAME": server.username,
        "RAILREL_PASSWORD": server.password,
        **variables,
    }
    for name in ("NO_COLOR", "CI"):
        if name not in variables:
            environment.pop(name, None)
    command = [sys.executable, "-m", "railrel", "publish", *argv]
    with on_a_terminal(command, bench.root, environment) as screen:
        yield screen


def said(name: str, place: str) -> list[str]:
    """What is said of a project from its build to the end; sizes are left out."""
    wheel, sdist = f"{name.replace('-', '_')}-1.0-py3-none-any.whl", f"{name}-1.0.tar.gz"
    sdist = sdist.replace("-", "_", name.count("-"))
    return [
        f"{name} 1.0: building",
        f"  built {wheel}",
        f"  built {sdist}",
        "  fit to publish: both files opened, no path in them, sdist and wheel agree",
        f"  uploaded {wheel}",
        f"  uploaded {sdist}",
        "  the index lists both with our hashes",
        f"{name} 1.0: published to {place}",
    ]


def without_sizes(lines: list[str]) -> list[str]:
    return [line.partition(",")[0] if line.startswith("  built") else line for line in lines]


def test_an_upload_has_a_bar_that_grows_and_is_gone_in_the_end(
    bench: Workbench, pypiserver: Pypiserver, gate: Gate
) -> None:
    small(bench, "large-one", size=SIZE)

    with publishing(bench, pypiserver, gate, "large-one") as screen:
        lines = screen.until(lambda lines: any("MB of 12.0 MB" in line for line in lines))
        assert lines[-1].startswith("large-one 1.0  uploading large_one-1.0-py3-n")
        assert lines[-1].count(BAR) > 20
        assert gate.waiting.wait(60)
        gate.open()
        code = screen.end()

    assert code == 0, screen.lines()
    assert without_sizes(screen.lines()) == said("large-one", gate.url)
    assert b"\x1b[?25h" in screen.raw.split(b"\x1b[?25l")[-1], "the cursor is there again"


def test_several_have_a_line_each_and_their_talk_stays_above_and_together(
    bench: Workbench, pypiserver: Pypiserver, gate: Gate
) -> None:
    for name in ("large-two", "large-three"):
        small(bench, name, size=SIZE)
    small(bench, "tiny")

    with publishing(bench, pypiserver, gate, "--all", "--jobs", "3") as screen:
        # One at a time gets through to this server.
        lines = screen.until(
            lambda lines: len(lines) == 10 and any("MB of 12.0 MB" in line for line in lines)
        )
        assert without_sizes(lines[:8]) == said("tiny", gate.url)
        assert {line.split()[0] for line in lines[8:]} == {"large-two", "large-three"}
        gate.open()
        code = screen.end()

    assert code == 0
    lines = without_sizes(screen.lines())
    assert lines[:8] == said("tiny", gate.url)
    others = (said("large-two", gate.url), said("large-three", gate.url))
    assert (lines[8:16], lines[16:24]) in (others, others[::-1])
    assert lines[24:] == ["3 published"]


@pytest.mark.parametrize(
    ("argv", "variables", "escapes", "colours"),
    [
        ((), {}, True, True),
        ((), {"NO_COLOR": "1"}, True, False),
        ((), {"TERM": "dumb"}, False, False),
        (("--quiet",), {}, False, False),
    ],
    ids=["plain", "no colour", "dumb", "quiet"],
)
def test_who_cannot_see_a_picture_or_does_not_want_one_gets_none(
    bench: Workbench,
    pypiserver: Pypiserver,
    gate: Gate,
    argv: tuple[str, ...],
    variables: dict[str, str],
    *,
    escapes: bool,
    colours: bool,
) -> None:
    name = f"seen-{len(argv)}{len(variables)}-{variables.get('TERM', 'x')}"
    small(bench, name, size=2_000_000)

    with publishing(bench, pypiserver, gate, name, *argv, **variables) as screen:
        if escapes:
            screen.until(lambda lines: any("MB of 2.0 MB" in line for line in lines))
        gate.open()
        code = screen.end()

    assert code == 0, screen.lines()
    assert (b"\x1b[" in screen.raw) == escapes
    assert (b"\x1b[38;" in screen.raw or b"\x1b[3" in screen.raw) == colours
    wanted = said(name, gate.url)
    assert without_sizes(screen.lines()) == (wanted[-1:] if argv else wanted)


# --- Ctrl-C


def test_who_interrupts_ends_what_runs_and_is_told_what_is_done(
    bench: Workbench, tmp_path: Path
) -> None:
    for name, needs in (("done", ()), ("one", ("done",)), ("two", ("done",)), ("three", ("one",))):
        small(bench, name, *needs)
    meeting, size = tmp_path / "meeting", tmp_path / "meeting.size"
    meeting.mkdir()
    size.write_text("1", encoding="utf-8")
    there = bench.having(MEETING=str(meeting))
    assert there.railrel("publish", "done").code == 0
    size.write_text("99", encoding="utf-8")
    command = [sys.executable, "-m", "railrel", "publish", "--all", "--jobs", "9", "--json"]
    process = subprocess.Popen(
        command,
        cwd=bench.root,
        env={**there.environment, **IMPORTABLE},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    marks = (meeting / "one", meeting / "two")
    eventually(lambda: all(mark.exists() and is_held(mark) for mark in marks))

    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert process.returncode == ExitCode.INTERRUPTED, err
    eventually(lambda: not any(is_held(mark) for mark in marks))
    report = json.loads(out)
    assert report["code"] == ExitCode.INTERRUPTED
    assert {p["name"]: p["outcome"] for p in report["projects"]} == {
        "done": "already published",
        "one": "interrupted",
        "two": "interrupted",
        "three": "not tried",
    }
    assert report["next"] == "railrel publish one two three --jobs 9 --json"
    assert b"error: interrupted" in err
    assert list((bench.cache / "railrel" / "builds").glob("build-*/")) == []
    assert bench.railrel("publish", "one", "two", "three").code == 0
