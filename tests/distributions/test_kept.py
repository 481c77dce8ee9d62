"""What was built of the very same before is taken, and nothing else is."""

import json
import shlex
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from railrel.effects.files import RealFiles
from railrel.errors import ExitCode
from tests.distributions.test_backends import BACKEND, PYPROJECT, Counted
from tests.servers.gitea import Gitea
from tests.workbench import IMPORTABLE, Result, Workbench

# Each build of it gives other bytes.
MOODY = "def on_sdist():\n    os.environ.get('EDITION_OF_MY_LIB')\n    FILES['mood.txt'] = os.urandom(16)\non_wheel = None\n"


@pytest.fixture
def moody(bench: Workbench, tmp_path: Path) -> Workbench:
    """A project no build of which can be repeated, and a cache of the test's own."""
    bench.write("my-lib/pyproject.toml", PYPROJECT)
    bench.write("my-lib/tools/backend.py", f"{BACKEND}\n\n{MOODY}".replace("    on_wheel()\n", ""))
    bench.write("my-lib/my_lib.py", "")
    bench.commit("my-lib", "v1.0")
    return replace(bench, cache=tmp_path / "cache")


def published_to(bench: Workbench, registry: str, *more: str) -> tuple[Result, int]:
    """Publish to a folder, and the number of processes that ran hooks."""
    counted = Counted()
    world = replace(bench.world(), processes=counted)
    argv = ("publish", "my-lib", "--registry", str(bench.root / registry), *more)
    return bench.railrel(*argv, world=world), len(counted.asked)


def files(bench: Workbench, registry: str) -> dict[str, bytes]:
    folder = bench.root / registry / "simple" / "my-lib"
    return {p.name: p.read_bytes() for p in folder.glob("my_lib-*")}


def entry(bench: Workbench) -> Path:
    (found,) = (bench.cache / "railrel" / "artefacts" / "my-lib" / "1.0").iterdir()
    return found


def test_the_same_is_built_once(moody: Workbench) -> None:
    first, _ = published_to(moody, "one")
    second, processes = published_to(moody, "other")

    assert (first.code, second.code) == (0, 0), second.err
    assert processes == 0
    assert "my-lib 1.0: building\n  built my_lib-1.0-py3-none-any.whl, " in first.err
    assert "my-lib 1.0: taking the files of an earlier build of the same sources\n" in second.err
    assert "  took my_lib-1.0-py3-none-any.whl, " in second.err
    assert "buil" not in second.err.replace("an earlier build", "")
    assert files(moody, "one") == files(moody, "other") != {}


def test_a_version_of_which_one_half_arrived_is_completed_with_the_other_half_of_that_build(
    moody: Workbench, gitea: Gitea
) -> None:
    owner = gitea.make_private_organisation()
    having = moody.having(
        RAILREL_REGISTRY=gitea.registry(owner), RAILREL_TOKEN=gitea.tokens["publish"]
    )
    assert having.railrel("publish", "my-lib").code == 0
    whole = gitea.files("my-lib", "1.0", owner)
    wheel = next(p for p in entry(having).iterdir() if p.suffix == ".whl")
    gitea.delete("my-lib", "1.0", owner)
    sent = gitea.upload_raw(
        wheel.name, wheel.read_bytes(), name="my-lib", version="1.0", owner=owner
    )
    sent.raise_for_status()

    again = having.railrel("publish", "my-lib")

    assert again.code == 0, again.err
    assert gitea.files("my-lib", "1.0", owner) == whole


class Pruning(RealFiles):
    """Somebody prunes the cache just when what is kept shall be copied."""

    def copy_tree(self, source: Path, names: tuple[str, ...], target: Path, seconds: int) -> None:
        if "artefacts" in source.parts:
            for name in names[1:]:
                (source / name).unlink()
        super().copy_tree(source, names, target, seconds)


def test_what_is_pruned_while_it_is_taken_is_built_again(moody: Workbench) -> None:
    published_to(moody, "one")

    result = moody.railrel(
        "publish", "my-lib", "--registry", str(moody.root / "other"),
        world=replace(moody.world(), files=Pruning()),
    )  # fmt: skip

    assert result.code == 0, result.err
    assert len(files(moody, "other")) == 2
    assert len(list(entry(moody).iterdir())) == 3


def test_when_told_so_it_is_built_anew_and_that_is_kept(moody: Workbench) -> None:
    published_to(moody, "one")
    _, processes = published_to(moody, "other", "--rebuild")
    published_to(moody, "third")

    assert processes > 0
    assert files(moody, "one") != files(moody, "other") == files(moody, "third")


def a_source(bench: Workbench) -> Workbench:
    bench.write("my-lib/my_lib.py", "x = 1\n")
    return bench


def a_mode(bench: Workbench) -> Workbench:
    (bench.root / "my-lib" / "my_lib.py").chmod(0o755)
    return bench


def a_flag(bench: Workbench) -> Workbench:
    return bench.having(CFLAGS="-O3")


def a_variable_that_only_the_source_knows(bench: Workbench) -> Workbench:
    return bench.having(EDITION_OF_MY_LIB="full")


def an_index(bench: Workbench) -> Workbench:
    return bench.having(UV_FIND_LINKS=str(bench.root))


@pytest.mark.parametrize(
    "change", [a_source, a_mode, a_flag, a_variable_that_only_the_source_knows, an_index]
)
def test_what_goes_into_a_build_makes_it_another(
    moody: Workbench, change: Callable[[Workbench], Workbench]
) -> None:
    published_to(moody, "one")
    changed = change(moody)
    moody.commit("my-lib", "v1.0")

    result, processes = published_to(changed, "other")

    assert result.code == 0, result.err
    assert processes > 0
    assert files(moody, "one") != files(moody, "other")


def test_a_variable_that_nothing_in_the_source_mentions_makes_no_difference(
    moody: Workbench,
) -> None:
    published_to(moody, "one")

    _, processes = published_to(moody.having(WINDOW_OF_THE_SHELL="7"), "other")

    assert processes == 0
    assert files(moody, "one") == files(moody, "other") != {}


def cut(folder: Path) -> None:
    wheel = next(folder.glob("*.whl"))
    wheel.write_bytes(wheel.read_bytes()[:-1])


def emptied(folder: Path) -> None:
    next(folder.glob("*.tar.gz")).unlink()


def without_note(folder: Path) -> None:
    (folder / "kept.json").unlink()


def noted_elsewhere(folder: Path) -> None:
    (folder / "kept.json").write_text(json.dumps({"../../x.whl": "0", "x.tar.gz": "0"}))


def noted_oddly(folder: Path) -> None:
    (folder / "kept.json").write_text("[1]")


@pytest.mark.parametrize("damage", [cut, emptied, without_note, noted_elsewhere, noted_oddly])
def test_what_is_damaged_is_not_taken_and_mended(
    moody: Workbench, damage: Callable[[Path], None]
) -> None:
    published_to(moody, "one")
    damage(entry(moody))

    result, processes = published_to(moody, "other")
    _, afterwards = published_to(moody, "third")

    assert result.code == 0, result.err
    assert processes > 0
    assert afterwards == 0
    assert files(moody, "other") == files(moody, "third")


def test_what_was_not_fit_is_not_kept(bench: Workbench, tmp_path: Path) -> None:
    bench = replace(bench, cache=tmp_path / "cache")
    bench.library("my-lib", "1.0", 'dependencies = ["x @ https://example.com/x.whl"]\n')
    bench.commit("my-lib", "v1.0")

    assert bench.railrel("publish", "my-lib").code == ExitCode.UNFIT

    assert not (bench.cache / "railrel" / "artefacts").exists()


def test_what_is_kept_is_nobody_elses(moody: Workbench) -> None:
    published_to(moody, "one")

    assert entry(moody).stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("folder", ["railrel", "railrel/artefacts", "railrel/build-environments"])
def test_nothing_is_taken_or_run_from_a_cache_that_anybody_can_write_to(
    moody: Workbench, folder: str
) -> None:
    published_to(moody, "one")
    (moody.cache / folder).chmod(0o777)

    result, processes = published_to(moody, "other")
    (moody.cache / folder).chmod(0o755)
    mended, _ = published_to(moody, "other")

    assert result.code == ExitCode.REFUSED, result.err
    assert processes == 0
    assert f"at: {moody.cache / folder}" in result.err
    assert "chmod" in result.err
    assert files(moody, "other") != {}
    assert mended.code == 0


def test_the_backend_of_the_last_build_is_not_started_from_a_cache_that_anybody_can_write_to(
    bench: Workbench, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    cache = tmp_path / "shared"
    python = cache / "railrel" / "evil" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f"#!/bin/sh\ntouch {ran}\n")
    python.chmod(0o755)
    (python.parents[1] / ".railrel-note").write_text("{}")
    last = {"python": str(python), "backend": "hatchling.build"}
    (cache / "railrel" / "last-backend.json").write_text(json.dumps(last))
    (cache / "railrel").chmod(0o777)
    bench.library("my-lib", "1.0")
    bench.commit("my-lib", "v1.0")

    result = replace(bench, cache=cache).railrel("publish", "my-lib")

    assert result.code == ExitCode.REFUSED, result.err
    assert not ran.exists()


def test_a_cache_is_ours_alone_also_where_a_shell_lets_everybody_write(moody: Workbench) -> None:
    command = shlex.join([sys.executable, "-m", "railrel", "publish", "my-lib"])

    for _ in range(2):
        moody.call(["sh", "-c", f"umask 0 && {command}"], None, **IMPORTABLE)

    assert not (moody.cache / "railrel").stat().st_mode & 0o002
