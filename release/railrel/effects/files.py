"""Files: whole or not at all, also when the process is killed between two lines.

A change of several files is first announced in a journal, then prepared beside its targets, then
committed by renaming the journal, then carried out. A later run that finds the journal takes an
announced change back and completes a committed one.
"""

import contextlib
import fcntl
import gzip
import hashlib
import json
import os
import secrets
import shutil
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import TypeVar

from railrel.effects.shadow import copy_files
from railrel.errors import (
    ConfigError,
    ConflictError,
    Problem,
    RefusedError,
    UnfitError,
    UnreachableError,
)
from railrel.world import FileChange

T = TypeVar("T")

_LOCK_SECONDS = 300
_ANNOUNCED = ".announced.json"
_COMMITTED = ".committed.json"
_HEX_DIGITS = 64
_MANY = 8
# In place of the digest of a file that is to be made.
_ABSENT = "0" * _HEX_DIGITS


class RealFiles:
    """This machine's disk."""

    def change(self, changes: tuple[FileChange, ...], root: Path, journal: Path) -> None:
        self._own_folder(journal)
        with self.locked(journal / "lock"):
            self._recover(journal)
            targets = [_target(change, root) for change in changes]
            for change, target in zip(changes, targets, strict=True):
                _same(target, change.before)
            _transact(list(zip(changes, targets, strict=True)), journal)

    def recover(self, journal: Path) -> None:
        if journal.is_dir() and any(path.name != "lock" for path in journal.iterdir()):
            with self.locked(journal / "lock"):
                self._recover(journal)

    def put(self, path: Path, data: bytes) -> None:
        with _explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            mode = path.stat().st_mode & 0o7777 if path.exists() else 0o644
            _replace_with(path, data, mode=mode)

    def copy(self, source: Path, target: Path) -> None:
        with _explained(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = _beside(target)
            try:
                shutil.copyfile(source, partial)
                partial.chmod(0o644)
                _sync(partial)
                partial.replace(target)
                _sync(target.parent)
            finally:
                partial.unlink(missing_ok=True)

    @contextlib.contextmanager
    def locked(self, path: Path) -> Iterator[None]:
        import filelock

        with _explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(path, timeout=_LOCK_SECONDS)
            try:
                lock.acquire()
            except filelock.Timeout as error:
                raise UnreachableError(
                    f"another railrel has been at work here for {_LOCK_SECONDS} seconds",
                    at=str(path),
                    hint="wait for it, or end it, and run the same command again",
                ) from error
        try:
            yield
        finally:
            lock.release()

    @contextlib.contextmanager
    def scratch(self, parent: Path, prefix: str) -> Iterator[Path]:
        # Under a lock: a mark that is made but not yet held looks like a dead process's.
        with self.locked(parent / f"{prefix}lock"), _explained(parent):
            _sweep(parent, prefix)
            folder = parent / f"{prefix}{secrets.token_hex(8)}"
            alive = _hold(parent / f"{folder.name}.alive")
            folder.mkdir()
        try:
            yield folder
        finally:
            _remove(folder)
            (parent / f"{folder.name}.alive").unlink(missing_ok=True)
            os.close(alive)

    def copy_tree(self, source: Path, names: tuple[str, ...], target: Path, seconds: int) -> None:
        with _explained(target):
            for name in names:
                destination = target / name
                destination.parent.mkdir(parents=True, exist_ok=True)
                if (source / name).is_dir():
                    # Git lists a submodule, and a link to a folder, as one name.
                    shutil.copytree(
                        source / name, destination, ignore=shutil.ignore_patterns(".git")
                    )
                else:
                    shutil.copy2(source / name, destination)
            for path in (*target.rglob("*"), target):
                os.utime(path, (seconds, seconds))

    def shadow(self, source: Path, names: tuple[str, ...], target: Path) -> None:
        with _explained(target):
            copy_files(source, names, target)

    def link(self, target: Path, at: Path) -> None:
        with _explained(at):
            at.parent.mkdir(parents=True, exist_ok=True)
            at.symlink_to(target)

    def settle_sdist(self, archive: Path, seconds: int) -> None:
        with _explained(archive), _readable(archive):
            if not _is_settled(archive, seconds):
                _settle(archive, seconds)

    def unpack_sdist(self, archive: Path, target: Path) -> Path:
        with _explained(target), _readable(archive) as opened:
            tops = {_unpack(opened, member, target) for member in opened}
        if len(tops) != 1:
            raise UnfitError(
                f"{archive.name} has not one top folder but {len(tops)}", at=str(archive)
            )
        return target / tops.pop()

    def discard(self, path: Path) -> None:
        with contextlib.suppress(OSError):
            path.unlink()

    def remove_tree(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)

    def sweep(self, folder: Path) -> None:
        for path in folder.glob(".*.railrel-*"):
            path.unlink(missing_ok=True)

    def _own_folder(self, journal: Path) -> None:
        """Make `.railrel/journal`, and keep git from seeing it."""
        with _explained(journal):
            journal.mkdir(parents=True, exist_ok=True)
            ignore = journal.parent / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")

    def _recover(self, journal: Path) -> None:
        self.sweep(journal)
        for note in sorted(journal.glob(f"*{_ANNOUNCED}")):
            for entry in _entries(note):
                Path(entry["partial"]).unlink(missing_ok=True)
            note.unlink(missing_ok=True)
        for note in sorted(journal.glob(f"*{_COMMITTED}")):
            _carry_out(note)


# --- transactions


def _transact(changes: list[tuple[FileChange, Path]], journal: Path) -> None:
    name = secrets.token_hex(8)
    entries = [
        {
            "target": str(target),
            "partial": str(_beside(target)),
            "before": _digest(change.before) if change.before is not None else _ABSENT,
            "after": _digest(change.after),
        }
        for change, target in changes
    ]
    announced = journal / f"{name}{_ANNOUNCED}"
    committed = journal / f"{name}{_COMMITTED}"
    with _explained(journal):
        _replace_with(announced, json.dumps(entries).encode(), mode=0o600)
    try:
        prepared = zip(entries, changes, strict=True)
        _each(
            lambda one: _prepare(Path(one[0]["partial"]), one[1][0].after, one[1][1]),
            list(prepared),
        )
    except BaseException:
        for entry in entries:
            Path(entry["partial"]).unlink(missing_ok=True)
        announced.unlink(missing_ok=True)
        raise
    announced.replace(committed)
    _sync(journal)
    _carry_out(committed)


def _sync_folder(folder: Path) -> None:
    with _explained(folder):
        _sync(folder)


def _prepare(partial: Path, data: bytes, target: Path) -> None:
    with _explained(target):
        _write_like(partial, data, target)


def _each(work: Callable[[T], None], items: list[T]) -> None:
    """Do it for each; several at a time where there are many, for most of it is waiting on a disk."""
    if len(items) < _MANY:
        for item in items:
            work(item)
        return
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=8) as pool:
        for _ in pool.map(work, items):
            pass


def _carry_out(note: Path) -> None:
    """Rename every prepared file into place. Doing it again does nothing more.

    Where somebody changed a target after the kill: nothing done yet means all is taken back; else
    the rest is completed and the changed file is left to its owner, with a ConflictError.
    """
    entries = [(Path(e["target"]), Path(e["partial"]), e["before"]) for e in _entries(note)]
    waiting = [entry for entry in entries if entry[1].exists()]
    stale = [e for e in waiting if _state(e[0]) != e[2]]
    take_back = bool(stale) and len(waiting) == len(entries)
    for target, partial, before in waiting:
        with _explained(target):
            if take_back or (target, partial, before) in stale:
                partial.unlink()
            else:
                partial.replace(target)
    # Before the note goes: without it nobody would complete what a power cut undid.
    _each(_sync_folder, list(dict.fromkeys(target.parent for target, _, _ in entries)))
    note.unlink(missing_ok=True)
    if stale and not take_back:
        raise ConflictError.of(
            Problem(
                f"{target.name} was changed after railrel was interrupted while changing it",
                at=str(target),
                hint="it was left as it is; look at it, then run the same command again",
            )
            for target, _, _ in stale
        )


def _state(path: Path) -> str:
    """The digest of a file, or that it is not there."""
    return _digest(path.read_bytes()) if path.exists() else _ABSENT


def _entries(note: Path) -> list[dict[str, str]]:
    """What a note says. It may not have us touch anything but partial files beside their targets."""
    try:
        entries: list[dict[str, str]] = json.loads(note.read_bytes())
        if all(_is_ours(entry) for entry in entries):
            return entries
    except (ValueError, KeyError, TypeError, AttributeError):
        # Said below, like a note that we did not write.
        pass
    raise ConfigError(
        "a note about an interrupted change cannot be understood",
        at=str(note),
        hint=f"look at it; if it is of no use to you: rm '{note}'",
    )


def _is_ours(entry: dict[str, str]) -> bool:
    target, partial = Path(entry["target"]), Path(entry["partial"])
    named = partial.name.startswith(f".{target.name}.railrel-")
    return named and partial.parent == target.parent and len(entry["before"]) == _HEX_DIGITS


def _target(change: FileChange, root: Path) -> Path:
    """The file itself, behind links; links may not lead out of the workspace."""
    target = change.path.resolve()
    named_inside = change.path.is_relative_to(root)
    if (named_inside or change.path.is_symlink()) and not target.is_relative_to(root.resolve()):
        raise RefusedError(
            f"{change.path.name} lies behind a link that leads out of the workspace",
            at=str(change.path),
            hint=f"it leads to {target}; change that file where it lives",
        )
    if change.before is None:
        with _explained(target):
            target.parent.mkdir(parents=True, exist_ok=True)
        return target
    if not os.access(target, os.W_OK):
        raise RefusedError(
            f"{change.path.name} is write-protected", at=str(target), hint=f"chmod u+w {target}"
        )
    return target


def _same(path: Path, before: bytes | None) -> None:
    if (path.read_bytes() if path.exists() else None) != before:
        raise ConflictError(
            f"{path.name} changed while railrel was working",
            at=str(path),
            hint="run the same command again",
        )


# --- single files


def _replace_with(path: Path, data: bytes, *, mode: int) -> None:
    partial = _beside(path)
    try:
        _write(partial, data, mode)
        partial.replace(path)
        _sync(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def _write_like(path: Path, data: bytes, model: Path) -> None:
    """Write a new file with the mode, and as far as allowed the owner, of another."""
    if not model.exists():
        _write(path, data, 0o600)
        return
    status = model.stat()
    _write(path, data, status.st_mode & 0o7777)
    if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
        with contextlib.suppress(PermissionError):
            os.chown(path, status.st_uid, status.st_gid)
        path.chmod(status.st_mode & 0o7777)


def _write(path: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


def _beside(path: Path) -> Path:
    # The same folder, so that the rename stays within one file system.
    return path.with_name(f".{path.name}.railrel-{secrets.token_hex(6)}")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Turn what the system says about a file into something to act on."""
    try:
        yield
    except OSError as error:
        where = str(error.filename or path)
        if isinstance(error, PermissionError):
            hint = f"check who owns it: ls -ld {Path(where).parent}"
        else:
            hint = "make room or choose another disk, then run the same command again"
        raise RefusedError(f"cannot write: {error.strerror}", at=where, hint=hint) from error


# --- scratch folders


def _hold(path: Path) -> int:
    """Create a file and keep it locked as long as this process lives, or what it runs attached."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    # A program that runs in the folder in our place holds it too, should we be killed before it.
    os.set_inheritable(descriptor, True)  # noqa: FBT003 -- as the function has it
    return descriptor


def _sweep(parent: Path, prefix: str) -> None:
    """Remove scratch folders whose process is gone: nobody holds their lock."""
    for mark in parent.glob(f"{prefix}*.alive"):
        try:
            descriptor = os.open(mark, os.O_RDWR)
        except OSError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        else:
            _remove(parent / mark.name.removesuffix(".alive"))
            mark.unlink(missing_ok=True)
        finally:
            os.close(descriptor)


def _remove(folder: Path) -> None:
    """Remove a folder, also where a program took away the right to."""

    def make_writable(_: object, name: str, __: object) -> None:
        with contextlib.suppress(OSError):
            Path(name).parent.chmod(0o700)
            if Path(name).is_symlink():
                # What it leads to is not ours.
                Path(name).unlink()
                return
            Path(name).chmod(0o700)
            if Path(name).is_dir():
                shutil.rmtree(name, ignore_errors=True)
            else:
                Path(name).unlink()

    shutil.rmtree(folder, onerror=make_writable)
    shutil.rmtree(folder, ignore_errors=True)


# --- archives


@contextlib.contextmanager
def _readable(archive: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(archive) as opened:
            yield opened
    except (tarfile.TarError, EOFError) as error:
        raise UnfitError(f"{archive.name} cannot be unpacked: {error}", at=str(archive)) from error


def _is_settled(archive: Path, seconds: int) -> bool:
    """Whether nothing in the archive tells when or by whom it was made."""
    # RFC 1952: bytes 4 to 8 of the header are the time of making.
    if int.from_bytes(archive.read_bytes()[4:8], "little") > seconds:
        return False
    with tarfile.open(archive) as opened:
        return all(
            member.mtime <= seconds and not (member.uid or member.gid or member.uname)
            for member in opened
        )


def _settle(archive: Path, seconds: int) -> None:
    """Pack again, with no time later than `seconds` and no owner."""
    partial = _beside(archive)
    try:
        with (
            tarfile.open(archive) as before,
            partial.open("wb") as raw,
            gzip.GzipFile("", "wb", 9, raw, mtime=seconds) as packed,
            tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as after,
        ):
            for member in before:
                member.mtime = int(min(member.mtime, seconds))
                member.uid = member.gid = 0
                member.uname = member.gname = ""
                member.pax_headers = {
                    key: value for key, value in member.pax_headers.items() if "time" not in key
                }
                after.addfile(member, before.extractfile(member) if member.isreg() else None)
        partial.replace(archive)
    finally:
        partial.unlink(missing_ok=True)


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> str:
    """Unpack one member and give its top folder. Only plain files and folders are let through.

    `tarfile.data_filter` would do, but the 3.11 of Debian 12 does not have it.
    """
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts or not name.parts:
        raise UnfitError(f"the sdist would write outside its folder: {member.name}")
    place = target.joinpath(*name.parts)
    if member.isdir():
        place.mkdir(parents=True, exist_ok=True)
        return name.parts[0]
    content = archive.extractfile(member) if member.isreg() else None
    if content is None:
        raise UnfitError(
            f"the sdist holds a link or a device: {member.name}",
            hint="replace it with the file that it leads to",
        )
    place.parent.mkdir(parents=True, exist_ok=True)
    with content, place.open("wb") as file:
        shutil.copyfileobj(content, file)
    place.chmod(0o755 if member.mode & 0o111 else 0o644)
    os.utime(place, (member.mtime, member.mtime))
    return name.parts[0]
