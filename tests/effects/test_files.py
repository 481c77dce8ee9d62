import contextlib
import io
import os
import signal
import stat
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from railrel.effects.files import RealFiles
from railrel.errors import ConflictError, RefusedError, UnfitError, UnreachableError
from railrel.world import FileChange
from tests.dying import AT_THE_NTH_CALL, COUNT_SYSTEM_CALLS
from tests.waiting import eventually, is_held, until_there
from tests.workbench import IMPORTABLE


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in "abc":
        (tmp_path / name).write_bytes(f"old {name}".encode())
    return tmp_path


def changes(root: Path, names: str = "abc") -> tuple[FileChange, ...]:
    return tuple(FileChange(root / n, f"old {n}".encode(), f"new {n}".encode()) for n in names)


def contents(root: Path) -> str:
    return " ".join((root / name).read_text().split()[0] for name in "abc")


def change(root: Path, what: tuple[FileChange, ...]) -> None:
    RealFiles().change(what, root, root / ".railrel" / "journal")


def leftovers(root: Path) -> list[str]:
    return sorted(p.name for p in root.rglob("*.json")) + sorted(
        p.name for p in root.iterdir() if "railrel-" in p.name
    )


def test_all_files_change_and_nothing_is_left_behind(root: Path) -> None:
    change(root, changes(root))

    assert contents(root) == "new new new"
    assert leftovers(root) == []


def test_a_file_that_changed_meanwhile_keeps_all_of_them_as_they_were(root: Path) -> None:
    planned = changes(root)
    (root / "b").write_text("edited by hand")

    with pytest.raises(ConflictError, match="b changed while railrel was working"):
        change(root, planned)

    assert contents(root) == "old edited old"
    assert leftovers(root) == []


def test_mode_and_links_within_the_workspace_survive(root: Path) -> None:
    (root / "a").chmod(0o640)
    (root / "link").symlink_to(root / "a")

    change(root, (FileChange(root / "link", b"old a", b"new a"),))

    assert (root / "link").is_symlink()
    assert (root / "a").read_text() == "new a"
    assert stat.S_IMODE((root / "a").stat().st_mode) == 0o640


def test_a_link_out_of_the_workspace_is_not_written_through(root: Path, tmp_path: Path) -> None:
    inner = root / "inner"
    inner.mkdir()
    (inner / "link").symlink_to(root / "a")

    with pytest.raises(RefusedError, match="leads out of the workspace"):
        change(inner, (FileChange(inner / "link", b"old a", b"new a"),))

    assert (tmp_path / "a").read_text() == "old a"


KILLED_AT = (
    AT_THE_NTH_CALL
    + COUNT_SYSTEM_CALLS
    + """
from railrel.effects import files
from railrel.world import FileChange, FileRemoval
root = Path(sys.argv[1])
planned = tuple(FileChange(root / n, f"old {n}".encode(), f"new {n}".encode()) for n in "abc")
if "b" in sys.argv[2:]:
    planned = (planned[0], FileRemoval(root / "b", b"old b"), planned[2])
files.RealFiles().change(planned, root, root / ".railrel" / "journal")
print(count)
"""
)


def killed_at(root: Path, moment: int, removed: str = "") -> int:
    """Change all files in a process that kills itself at its Nth system call; its exit code.

    One of them may be `removed`: b.
    """
    environment = {**os.environ, **IMPORTABLE}
    argv = [sys.executable, "-c", KILLED_AT, str(moment), str(root), removed]
    done = subprocess.run(argv, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode


@pytest.mark.parametrize("after", ["recover", "change"])
def test_killed_at_any_moment_the_files_are_all_old_or_all_new(tmp_path: Path, after: str) -> None:
    for moment in range(1, 60):
        root = tmp_path / str(moment)
        root.mkdir()
        for name in "abc":
            (root / name).write_bytes(f"old {name}".encode())

        code = killed_at(root, moment)
        if after == "recover":
            RealFiles().recover(root / ".railrel" / "journal")
            assert contents(root) in ("old old old", "new new new")
        else:
            state = "old" if (root / "a").read_text() == "old a" else "new"
            if state == "old" and contents(root) == "old old old":
                change_or_conflict(root)
            RealFiles().recover(root / ".railrel" / "journal")
            assert contents(root) == "new new new"
        assert leftovers(root) == []
        if code == 0:
            assert moment > 10, "the loop must have met real moments"
            return
    pytest.fail("the process never came to its end")


def change_or_conflict(root: Path) -> None:
    """A plain re-run: it recovers first, and may find that all is done already."""
    try:
        change(root, changes(root))
    except ConflictError:
        assert contents(root) == "new new new"


def test_killed_at_any_moment_a_removed_file_is_gone_with_the_others_new(tmp_path: Path) -> None:
    met = set()
    for moment in range(1, 60):
        root = tmp_path / str(moment)
        root.mkdir()
        for name in "abc":
            (root / name).write_bytes(f"old {name}".encode())

        code = killed_at(root, moment, removed="b")
        RealFiles().recover(root / ".railrel" / "journal")

        found = [(root / name).read_text() for name in "abc" if (root / name).exists()]
        assert found in (["old a", "old b", "old c"], ["new a", "new c"])
        assert leftovers(root) == []
        met.add(len(found))
        if code == 0:
            assert met == {2, 3}
            return
    pytest.fail("the process never came to its end")


@pytest.mark.parametrize("edited", ["b", "c"])
def test_a_user_who_edits_after_a_removal_was_killed_loses_nothing(root: Path, edited: str) -> None:
    for moment in range(1, 60):
        for name in "abc":
            (root / name).write_bytes(f"old {name}".encode())
        if killed_at(root, moment, removed="b") == 0:
            return
        (root / edited).write_text("edited by hand")

        with contextlib.suppress(ConflictError):
            RealFiles().recover(root / ".railrel" / "journal")

        assert (root / edited).read_text() == "edited by hand"
        assert leftovers(root) == []
    pytest.fail("the process never came to its end")


def test_a_user_who_edits_after_the_kill_loses_nothing(root: Path) -> None:
    for moment in range(1, 60):
        if killed_at(root, moment) == 0:
            pytest.fail("no moment left a committed journal")
        if list((root / ".railrel" / "journal").glob("*.committed.json")):
            break
    (root / "c").write_text("edited by hand")

    RealFiles().recover(root / ".railrel" / "journal")

    assert (root / "c").read_text() == "edited by hand"
    assert leftovers(root) == []


def test_scratch_folders_of_the_dead_are_swept_and_those_of_the_living_are_not(
    tmp_path: Path,
) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom railrel.effects.files import RealFiles\n"
        "with RealFiles().scratch(Path(sys.argv[1]), 'x-') as folder:\n"
        "    (folder / 'file').touch()\n    print(folder, flush=True)\n    time.sleep(60)\n"
    )
    environment = {**os.environ, **IMPORTABLE}
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], env=environment, stdout=subprocess.PIPE
    )
    assert process.stdout
    folder = Path(process.stdout.readline().decode().strip())

    with RealFiles().scratch(tmp_path, "x-"):
        assert folder.exists()
    process.kill()
    process.communicate()
    with RealFiles().scratch(tmp_path, "x-") as own:
        assert not folder.exists()

    assert not own.exists()
    assert [p.name for p in tmp_path.iterdir()] == ["x-lock"]


def test_a_program_that_outlives_its_killed_starter_keeps_the_folder_until_it_ends(
    tmp_path: Path,
) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom railrel.effects.files import RealFiles\n"
        "from railrel.effects.processes import RealProcesses\nfrom railrel.world import Command\n"
        "with RealFiles().scratch(Path(sys.argv[1]), 'x-') as folder:\n"
        f"    code = 'echo $$ > pid; {until_there('stop')}; rm pid'\n"
        "    RealProcesses().run(Command(('sh', '-c', code), folder, {'PATH': sys.argv[2]}))\n"
    )
    environment = {**os.environ, **IMPORTABLE}
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path), os.environ["PATH"]], env=environment
    )
    pid = eventually(lambda: next(tmp_path.glob("x-*/pid"), None))
    process.kill()
    process.wait()

    with RealFiles().scratch(tmp_path, "x-"):
        assert pid.exists()
    (pid.parent / "stop").touch()

    def swept() -> bool:
        with RealFiles().scratch(tmp_path, "x-"):
            return not pid.parent.exists()

    assert eventually(swept)
    assert [p.name for p in tmp_path.iterdir()] == ["x-lock"]


def test_a_mark_whose_folder_was_never_made_is_swept_and_nothing_else_changes(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o775)
    (tmp_path / "x-0123456789abcdef.alive").touch()

    with RealFiles().scratch(tmp_path, "x-"):
        pass

    assert [p.name for p in tmp_path.iterdir()] == ["x-lock"]
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o775


def archive(path: Path, *members: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz") as opened:
        for member in members:
            member.size = 1 if member.isreg() else 0
            opened.addfile(member, io.BytesIO(b"x") if member.isreg() else None)
    return path


def link(name: str, to: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, to
    return member


@pytest.mark.parametrize(
    "members",
    [
        [tarfile.TarInfo("lib-1/../../escaped")],
        [tarfile.TarInfo("/escaped")],
        [link("lib-1/link", "/etc/passwd")],
        [link("lib-1/link", "/etc/passwd", tarfile.LNKTYPE)],
        [link("lib-1/pipe", "", tarfile.FIFOTYPE)],
        [tarfile.TarInfo("lib-1/a"), tarfile.TarInfo("other/a")],
        [],
    ],
    ids=["dots", "absolute", "symlink", "hard link", "pipe", "two tops", "empty"],
)
def test_an_sdist_that_reaches_out_of_its_folder_is_not_unpacked(
    tmp_path: Path, members: list[tarfile.TarInfo]
) -> None:
    path = archive(tmp_path / "lib-1.tar.gz", *members)

    with pytest.raises(UnfitError):
        RealFiles().unpack_sdist(path, tmp_path / "inside")

    assert not (tmp_path / "escaped").exists()


def test_a_cut_sdist_is_an_error(tmp_path: Path) -> None:
    whole = archive(tmp_path / "lib-1.tar.gz", tarfile.TarInfo("lib-1/a")).read_bytes()
    (tmp_path / "lib-1.tar.gz").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(UnfitError, match="cannot be unpacked"):
        RealFiles().unpack_sdist(tmp_path / "lib-1.tar.gz", tmp_path / "inside")


def test_two_at_once_take_turns(tmp_path: Path) -> None:
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom railrel.effects.files import RealFiles\n"
        "path = Path(sys.argv[1])\n"
        "for _ in range(50):\n"
        "    with RealFiles().locked(path / 'lock'):\n"
        "        count = int((path / 'count').read_text())\n"
        "        (path / 'count').write_text(str(count + 1))\n"
    )
    (tmp_path / "count").write_text("0")
    environment = {**os.environ, **IMPORTABLE}
    argv = [sys.executable, "-c", script, str(tmp_path)]
    both = [subprocess.Popen(argv, env=environment) for _ in range(2)]

    assert [process.wait(60) for process in both] == [0, 0]
    assert (tmp_path / "count").read_text() == "100"


def test_a_lock_is_held_on_by_a_program_that_outlives_us_but_not_by_one_that_outlives_the_lock(
    tmp_path: Path,
) -> None:
    script = (
        "import sys, subprocess\nfrom pathlib import Path\n"
        "from railrel.effects.files import RealFiles\n"
        f"code = '{until_there('go')}'\n"
        "with RealFiles().locked(Path('lock'), by_programs=True):\n"
        "    subprocess.Popen(['sh', '-c', code], close_fds=False)\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.readline()\n"
        "print('freed', flush=True)\n"
        "sys.stdin.readline()\n"
    )
    environment = {**os.environ, **IMPORTABLE}
    lock, go = tmp_path / "lock", tmp_path / "go"

    for killed in (True, False):
        with subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=tmp_path, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stdin
            assert process.stdout
            assert process.stdout.readline() == "held\n"
            if not killed:
                process.stdin.write("\n")
                process.stdin.flush()
                assert process.stdout.readline() == "freed\n"
            process.kill()
        assert is_held(lock) is killed
        go.touch()
        eventually(lambda: not is_held(lock))
        go.unlink()


def test_two_threads_take_turns_as_processes_do(tmp_path: Path) -> None:
    files, order = RealFiles(), []

    def second() -> None:
        with files.locked(tmp_path / "lock"):
            order.append("second")

    thread = threading.Thread(target=second)
    with files.locked(tmp_path / "lock"):
        thread.start()
        thread.join(0.3)
        order.append("first")
    thread.join(30)

    assert order == ["first", "second"]


def test_a_write_protected_file_is_left_alone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Root may write everything, so the system's answer is given here.
    monkeypatch.setattr(os, "access", lambda path, mode: (path, mode) != (root / "a", os.W_OK))

    with pytest.raises(RefusedError, match="write-protected"):
        change(root, changes(root))

    assert contents(root) == "old old old"


def test_the_hint_of_a_write_protected_file_can_be_typed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = root / "with a space"
    path.write_text("old")
    monkeypatch.setattr(os, "access", lambda *_: False)

    with pytest.raises(RefusedError) as refused:
        change(root, (FileChange(path, b"old", b"new"),))

    assert refused.value.problems[0].hint == f"chmod u+w '{path}'"


def test_a_full_disk_changes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full: Callable[[int], None] = os.fsync
    calls = [0]

    def fsync(descriptor: int) -> None:
        calls[0] += 1
        if calls[0] == 4:
            raise OSError(28, "No space left on device")
        full(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)

    with pytest.raises(RefusedError, match="No space left"):
        change(root, changes(root))

    assert contents(root) == "old old old"
    assert leftovers(root) == []


def test_the_journal_holds_no_contents(root: Path) -> None:
    journal = root / ".railrel" / "journal"
    moment = next(n for n in range(1, 60) if killed_at(root, n) and list(journal.glob("*.json")))

    notes = [path.read_text() for path in journal.glob("*.json")]

    assert moment
    assert notes
    assert not [note for note in notes if "old a" in note or "new a" in note]


def test_what_is_nobody_elses_business_is_not_readable_for_them(tmp_path: Path) -> None:
    files = RealFiles()

    with files.scratch(tmp_path, "x-") as scratch:
        files.put(scratch / "in" / "netrc", b"token", 0o600)

        assert stat.S_IMODE(scratch.stat().st_mode) == 0o700
        assert stat.S_IMODE((scratch / "in" / "netrc").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"", b"new\n"), (b"old\n", b"old\nnew\n"), (b"left open", b"left open\nnew\n")],
)
def test_what_is_appended_begins_on_a_line_of_its_own(
    tmp_path: Path, before: bytes, after: bytes
) -> None:
    (tmp_path / "output").write_bytes(before)

    RealFiles().append(tmp_path / "output", b"new\n")

    assert (tmp_path / "output").read_bytes() == after


def test_nothing_is_appended_to_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="cannot write"):
        RealFiles().append(tmp_path / "output", b"new\n")

    assert not (tmp_path / "output").exists()


def test_who_waits_for_a_lock_in_vain_is_told_how_to_see_who_holds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("railrel.effects.held._WAIT_SECONDS", 0)
    lock = tmp_path / "a folder" / "x.lock"

    with (
        RealFiles().locked(lock),
        pytest.raises(UnreachableError) as refused,
        RealFiles().locked(lock),
    ):
        pass

    assert refused.value.problems[0].hint == (
        f"wait for it, or see who it is and end it: fuser -v '{lock}'"
    )


@pytest.mark.parametrize("moment", [1, 2])
def test_a_lock_that_is_removed_while_it_is_taken_is_taken_anew(
    tmp_path: Path, moment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, calls, ask = tmp_path / "used", 0, os.stat

    def asked(path: str | int, **how: bool) -> os.stat_result:
        nonlocal calls
        if str(path) == str(lock):
            calls += 1
            if calls == moment:
                lock.unlink()
        return ask(path, **how)

    monkeypatch.setattr(os, "stat", asked)
    with RealFiles().sharing(lock), RealFiles().alone(lock) as nobody:
        assert not nobody


def test_what_vanishes_before_it_is_copied_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "there").write_text("x")

    RealFiles().copy_tree(tmp_path, ("gone", "there"), tmp_path / "copy", 1_000_000_000)

    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["there"]
