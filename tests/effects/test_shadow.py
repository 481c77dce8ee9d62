"""Copies are of their own: nothing that is written to one reaches what it was made from."""

import os
import stat
from pathlib import Path

import pytest

from railrel.effects.shadow import copy_files


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
