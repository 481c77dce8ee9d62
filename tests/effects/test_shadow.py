"""Copies are of their own: nothing that is written to one reaches what it was made from."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from railrel.effects.shadow import copy_files
from tests.workbench import IMPORTABLE


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "plain").write_bytes(b"plain")
    (folder / "empty").write_bytes(b"")
    (folder / "deep" / "er" / "run.sh").write_bytes(b"#!/bin/sh\n")
    (folder / "deep" / "er" / "run.sh").chmod(0o755)
    os.utime(folder / "plain", (1_000_000_000, 1_000_000_000))
    return folder


def test_content_mode_and_time_are_copied_and_the_copy_is_another_file(
    source: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"

    copy_files(source, ["plain", "empty", "deep/er/run.sh", "gone"], copy)
    (copy / "plain").write_bytes(b"written to")

    assert (source / "plain").read_bytes() == b"plain"
    assert (copy / "plain").stat().st_ino != (source / "plain").stat().st_ino
    assert (source / "plain").stat().st_nlink == 1
    assert (copy / "empty").read_bytes() == b""
    assert stat.S_IMODE((copy / "deep/er/run.sh").stat().st_mode) == 0o755
    assert not (copy / "gone").exists()


def test_times_are_kept(source: Path, tmp_path: Path) -> None:
    copy_files(source, ["plain"], tmp_path / "copy")

    assert (tmp_path / "copy" / "plain").stat().st_mtime == 1_000_000_000


def test_links_within_lead_into_the_copy_and_others_are_replaced_by_what_they_lead_to(
    source: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "file").write_bytes(b"outside")
    (source / "in").symlink_to(source / "plain")
    (source / "deep" / "up").symlink_to("../plain")
    (source / "out").symlink_to(tmp_path / "outside" / "file")
    (source / "folder").symlink_to("../outside")
    (source / "nowhere").symlink_to("not/there")
    copy = tmp_path / "copy"

    copy_files(source, ["plain", "in", "deep/up", "out", "folder", "nowhere"], copy)
    for link in ("in", "deep/up", "out", "folder/file"):
        (copy / link).write_bytes(b"written to")

    assert (source / "plain").read_bytes() == b"plain"
    assert (tmp_path / "outside" / "file").read_bytes() == b"outside"
    assert (copy / "plain").read_bytes() == b"written to"
    assert (copy / "nowhere").readlink() == Path("not/there")


def test_a_link_that_leads_in_by_way_of_the_outside_leads_into_the_copy(
    source: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "hop").symlink_to(source / "plain")
    (source / "detour").symlink_to(outside / "hop")
    (source / "round").symlink_to("../source/plain")
    (source / "later").symlink_to(source / "not yet")
    (source / "folder").symlink_to(outside)
    copy = tmp_path / "copy"

    copy_files(source, ["plain", "detour", "round", "later", "folder"], copy)
    for link in ("detour", "round", "folder/hop", "later"):
        (copy / link).write_bytes(link.encode())

    assert (source / "plain").read_bytes() == b"plain"
    assert (copy / "plain").read_bytes() == b"folder/hop"
    assert not (source / "not yet").exists()
    assert (copy / "not yet").read_bytes() == b"later"


def test_what_a_link_within_says_stays_as_it_was_written(source: Path, tmp_path: Path) -> None:
    texts = {"lib.so": "lib.so.1", "lib.so.1": "plain", "dir": "deep/er/", "self": "."}
    for name, text in texts.items():
        (source / name).symlink_to(text)
    (source / "deep" / "er" / "up").symlink_to("../../lib.so")

    copy_files(source, [*texts, "plain", "deep/er/up"], tmp_path / "copy")

    copied = {name: (tmp_path / "copy" / name).readlink() for name in texts}
    assert copied == {name: Path(text) for name, text in texts.items()}
    assert (tmp_path / "copy" / "deep" / "er" / "up").readlink() == Path("../../lib.so")


def test_a_link_over_a_linked_folder_and_back_leads_to_the_same_file(
    source: Path, tmp_path: Path
) -> None:
    (source / "short").symlink_to("deep/er")
    (source / "deep" / "file").write_bytes(b"in deep")
    (source / "tricky").symlink_to("short/../file")

    copy_files(source, ["short", "deep/file", "deep/er/run.sh", "tricky"], tmp_path / "copy")

    assert (tmp_path / "copy" / "tricky").read_bytes() == b"in deep"


def test_a_link_to_the_folder_around_both_ends(source: Path, tmp_path: Path) -> None:
    (tmp_path / "neighbour").mkdir()
    (tmp_path / "neighbour" / "file").write_bytes(b"x")
    (source / "up").symlink_to("..")
    copy = tmp_path / "copy"

    copy_files(source, ["plain", "up"], copy)

    assert (copy / "up" / "neighbour" / "file").read_bytes() == b"x"
    assert (copy / "up" / "source").resolve() == copy
    assert (copy / "up" / "copy").resolve() == copy


def test_folders_full_of_links_to_each_other_are_copied_once(source: Path, tmp_path: Path) -> None:
    web = [tmp_path / "outside" / str(number) for number in range(8)]
    for folder in web:
        folder.mkdir(parents=True)
        for other in web:
            (folder / other.name).symlink_to(other)
    (source / "web").symlink_to(tmp_path / "outside")

    copy_files(source, ["web"], tmp_path / "copy")

    copied = list((tmp_path / "copy" / "web").rglob("*"))
    assert sum(path.is_dir() and not path.is_symlink() for path in copied) == 8
    assert (tmp_path / "copy" / "web" / "1" / "2" / "3" / "4").is_dir()


def test_a_tree_however_deep_is_copied_whole(source: Path, tmp_path: Path) -> None:
    leaf = source.joinpath("sub", *["d"] * 300)
    leaf.mkdir(parents=True)
    (leaf / "leaf").write_bytes(b"x")

    copy_files(source, ["sub"], tmp_path / "copy")

    assert (tmp_path / "copy").joinpath("sub", *["d"] * 300, "leaf").exists()


def test_names_that_come_twice_or_within_each_other_are_copied_once(
    source: Path, tmp_path: Path
) -> None:
    copy_files(source, ["plain", "plain", "deep/er/run.sh", "deep", "deep/"], tmp_path / "copy")

    assert (tmp_path / "copy" / "plain").read_bytes() == b"plain"
    assert (tmp_path / "copy" / "deep" / "er" / "run.sh").is_file()


def test_what_vanishes_in_between_is_skipped(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = Path.is_file

    def and_removed(path: Path) -> bool:
        answer = looked_at(path)
        if path == source / "plain":
            path.unlink()
        return answer

    monkeypatch.setattr(Path, "is_file", and_removed)

    copy_files(source, ["plain", "empty"], tmp_path / "copy")

    assert not (tmp_path / "copy" / "plain").exists()
    assert (tmp_path / "copy" / "empty").exists()


def test_a_link_that_masks_stays_and_those_that_lead_out_to_nothing_are_left_out(
    source: Path, tmp_path: Path
) -> None:
    (source / "masked.service").symlink_to("/dev/null")
    (source / "device").symlink_to("/dev/zero")
    (source / "out").symlink_to(tmp_path / "not there")
    copy = tmp_path / "copy"

    copy_files(source, ["masked.service", "device", "out"], copy)

    assert [path.name for path in copy.iterdir()] == ["masked.service"]
    assert (copy / "masked.service").readlink() == Path("/dev/null")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_an_error(source: Path, tmp_path: Path) -> None:
    (source / "plain").chmod(0)

    with pytest.raises(PermissionError):
        copy_files(source, ["plain"], tmp_path / "copy")


def test_a_huge_file_is_not_read_into_memory(source: Path, tmp_path: Path) -> None:
    with (source / "huge").open("wb") as file:
        file.truncate(300_000_000)
    limit = "import resource; resource.setrlimit(resource.RLIMIT_DATA, (100_000_000,) * 2)\n"
    code = "import sys; from pathlib import Path; from railrel.effects.shadow import copy_files\n"
    call = "copy_files(Path(sys.argv[1]), ['huge'], Path(sys.argv[2]))"
    argv = [sys.executable, "-c", limit + code + call, str(source), str(tmp_path / "copy")]

    subprocess.run(argv, env={**os.environ, **IMPORTABLE}, timeout=120, check=True)

    assert (tmp_path / "copy" / "huge").stat().st_size == 300_000_000


def test_circles_of_links_and_pipes_do_not_hold_it_up(source: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "again").symlink_to(outside)
    (source / "loop").symlink_to("loop")
    (source / "circle").symlink_to(outside)
    os.mkfifo(source / "pipe")

    copy_files(source, ["loop", "circle", "pipe"], tmp_path / "copy")

    assert not (tmp_path / "copy" / "pipe").exists()
    assert (tmp_path / "copy" / "circle").is_dir()


def test_a_submodule_comes_without_its_repository(source: Path, tmp_path: Path) -> None:
    (source / "deep" / ".git").write_text("gitdir: ../.git/modules/deep")

    copy_files(source, ["deep"], tmp_path / "copy")

    assert (tmp_path / "copy" / "deep" / "er" / "run.sh").exists()
    assert not (tmp_path / "copy" / "deep" / ".git").exists()


def test_names_that_are_not_utf_8_are_copied(source: Path, tmp_path: Path) -> None:
    name = os.fsdecode(b"gr\xfcn")
    (source / name).write_bytes(b"x")

    copy_files(source, [name], tmp_path / "copy")

    assert (tmp_path / "copy" / name).read_bytes() == b"x"
