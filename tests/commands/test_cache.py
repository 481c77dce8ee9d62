"""What builds keep is shown, and goes when nobody uses it."""

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from railrel.distributions.caches import pieces
from tests.distributions.test_backends import BACKEND, PYPROJECT
from tests.waiting import eventually
from tests.workbench import Workbench

HOUR = 3600
MONTHS = 100 * 24 * HOUR


@pytest.fixture
def used(bench: Workbench, tmp_path: Path) -> Workbench:
    """A cache of the test's own, with what one build leaves."""
    bench = replace(bench, cache=tmp_path / "cache")
    bench.write("my-lib/pyproject.toml", PYPROJECT)
    bench.write("my-lib/tools/backend.py", BACKEND)
    bench.write("my-lib/my_lib.py", "")
    bench.commit("my-lib", "v1.0")
    assert bench.railrel("publish", "my-lib").code == 0
    return bench


def grown_old(bench: Workbench) -> None:
    then = time.time() - MONTHS
    for path in (bench.cache / "railrel").rglob("*"):
        os.utime(path, (then, then), follow_symlinks=False)


def kinds(bench: Workbench, *argv: str) -> dict[str, str]:
    """The outcome for each kind of thing."""
    result = bench.railrel("cache", *argv, "--json")
    assert result.code == 0, result.err
    return {one["kind"]: one["outcome"] for one in json.loads(result.out)["pieces"]}


def test_what_a_build_leaves_is_listed_and_stays(used: Workbench) -> None:
    there = {"artefacts": "kept", "environment": "kept"}

    assert kinds(used) == there
    assert kinds(used, "prune") == {}
    assert kinds(used) == there
    assert "my-lib 1.0" in used.railrel("cache").out


def test_what_was_long_not_used_goes_and_a_dry_run_only_says_so(used: Workbench) -> None:
    grown_old(used)

    said = kinds(used, "prune", "--dry-run")
    still = kinds(used)
    done = kinds(used, "prune")

    assert said == {"artefacts": "would be removed", "environment": "would be removed"}
    assert set(still) == {"artefacts", "environment"}
    assert done == {"artefacts": "removed", "environment": "removed"}
    assert kinds(used) == {}


def test_all_goes_when_told_so_and_is_made_again(used: Workbench) -> None:
    assert set(kinds(used, "prune", "--all").values()) == {"removed"}
    assert kinds(used) == {}

    assert used.railrel("publish", "my-lib").code == 0

    assert set(kinds(used)) == {"artefacts", "environment"}


def test_a_use_makes_it_young_again(used: Workbench) -> None:
    grown_old(used)
    assert used.railrel("publish", "my-lib").code == 0

    assert kinds(used, "prune") == {"environment": "removed"}
    assert set(kinds(used)) == {"artefacts"}


def test_what_a_running_build_uses_stays(used: Workbench) -> None:
    go = used.root.parent / "go"
    waiting = f"{BACKEND}\n\nimport time\ndef on_sdist():\n    open({str(go)!r}, 'a').close()\n"
    used.write("my-lib/tools/backend.py", f"{waiting}    time.sleep(60)\n")
    used.commit("my-lib", "v1.0")
    process = used.start("publish", "my-lib")
    assert eventually(go.exists)

    done = kinds(used, "prune", "--all")
    process.kill()
    process.wait(10)

    assert done["environment"] == "in use"
    assert done["scratch"] == "in use"


def test_what_goes_while_it_is_listed_is_no_trouble(
    used: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    used.railrel("publish", "my-lib")
    cache, aside = used.cache / "railrel", used.cache / "aside"
    scratch = cache / "builds" / "build-0123"
    scratch.mkdir()
    (scratch / "file").touch()
    scratch.with_name("build-0123.alive").touch()
    moment = calls = 0

    def goes(name: str) -> None:
        ask = getattr(os, name)

        def asked(*args: object, **how: object) -> object:
            nonlocal calls
            calls += 1
            if calls == moment:
                cache.rename(aside)
            return ask(*args, **how)

        monkeypatch.setattr(os, name, asked)

    with monkeypatch.context():
        for name in ("stat", "lstat", "scandir", "listdir"):
            goes(name)
        while calls >= moment:
            moment, calls = moment + 1, 0
            list(pieces(used.world()))
            if aside.exists():
                aside.rename(cache)

    assert moment > 20


def test_what_a_killed_run_left_goes(used: Workbench) -> None:
    left = used.cache / "railrel" / "builds" / "build-0123"
    left.mkdir()
    (left / "file").touch()
    left.with_name("build-0123.alive").touch()

    assert kinds(used, "prune") == {"scratch": "removed"}

    assert not left.exists()


def test_what_was_being_written_when_it_was_killed_goes_unless_it_still_is(used: Workbench) -> None:
    cache = used.cache / "railrel"
    kept = cache / "artefacts" / "my-lib" / "1.0"
    old, new = (kept / f".0123.railrel-00000000000{number}" for number in "12")
    note = cache / ".last-backend.json.railrel-000000000003"
    for path in (old, new):
        path.mkdir()
        (path / "my_lib-1.0.tar.gz").touch()
    note.touch()
    for path in (old, note):
        os.utime(path, (time.time() - 2 * HOUR,) * 2)

    assert kinds(used, "prune", "--all")["scratch"] == "removed"

    assert (old.exists(), note.exists(), new.exists()) == (False, False, True)
