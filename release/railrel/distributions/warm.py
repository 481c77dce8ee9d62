"""The backend of the last build, started and loaded while we find out what is to be built.

Loading a backend takes as long as all that railrel does before it is needed. Whether it is the right
one shows later: it is used only if it runs in the very environment that the build is to have, as that
was when it started; else it is ended, and nothing but its work was for nothing.
"""

import contextlib
import json
from dataclasses import field
from pathlib import Path
from threading import Lock

from railrel.distributions.hook_process import MARK
from railrel.distributions.own_cache import is_own
from railrel.distributions.variables import seen_by_builds, with_programs
from railrel.errors import RailrelError
from railrel.values import dataclass
from railrel.world import Command, Conversation, World

SCRIPT = Path(__file__).with_name("hook_process.py")
# Without our own folder on its path, and without what the user has installed for himself.
ALONE = ("-P", "-s")
# What a backend loads only when a hook is called, which is most of what its first one takes.
_PARTS = {
    "hatchling.build": (
        "hatchling.builders.sdist", "hatchling.builders.wheel", "hatchling.metadata.core",
        "hatchling.bridge.app", "packaging.licenses", "packaging.requirements", "packaging.tags",
        "trove_classifiers", "email.headerregistry",
    ),
    # Not its wheel's part, which reads SOURCE_DATE_EPOCH as it is loaded.
    "pdm.backend": ("pdm.backend.sdist", "email.generator", "gzip"),
    "poetry.core.masonry.api": (
        "poetry.core.factory", "poetry.core.masonry.builders.sdist",
        "poetry.core.masonry.builders.wheel", "poetry.core.masonry.metadata",
        "poetry.core.masonry.utils.module", "poetry.core.json", "poetry.core.poetry",
        "poetry.core.packages.project_package", "poetry.core.packages.directory_dependency",
        "poetry.core.packages.file_dependency", "poetry.core.packages.url_dependency",
        "poetry.core.packages.vcs_dependency", "poetry.core.pyproject.toml",
        "poetry.core.spdx.helpers", "poetry.core.vcs.git", "poetry.core.version.helpers",
        "poetry.core.version.requirements", "lark",
    ),
    "setuptools.build_meta": (
        "setuptools.command.egg_info", "setuptools.command.sdist", "setuptools.command.bdist_wheel",
        "setuptools.command.build_ext", "setuptools.command.build_py",
        "setuptools.command.dist_info", "setuptools.command.easy_install",
        "setuptools.command.editable_wheel", "setuptools.command.install_scripts",
        "setuptools.config._validate_pyproject", "tarfile", "tomllib",
    ),
    "flit_core.buildapi": (),
    "uv_build": (),
}  # fmt: skip


@dataclass
class Warm:
    """One process that may be of use; it is taken at most once, by whichever thread comes first."""

    backend: str
    python: Path
    note: bytes
    """Of its environment, when it started."""
    conversation: Conversation
    _stack: contextlib.ExitStack
    _lock: Lock = field(default_factory=Lock)
    _taken: bool = False

    def take(self, python: Path) -> contextlib.ExitStack | None:
        """What ends it, which is the caller's now; None if it is taken or does not run this Python.

        Nor if the environment was made anew meanwhile.
        """
        with self._lock:
            if self._taken or self.python != python or self.note != noted(python):
                return None
            self._taken = True
            return self._stack.pop_all()

    def end(self) -> None:
        """End it, without waiting for what it still loads."""
        with contextlib.suppress(_NotNeededError), self._stack:
            raise _NotNeededError


class _NotNeededError(Exception):
    """Leaves the context of a process by its quick way out."""


def warm_up(world: World) -> Warm | None:
    """Start the backend of the last build; None where there was none, or it cannot be started."""
    if not all(map(is_own, (world.cache, environments_folder(world)))):
        return None
    try:
        last = json.loads(_last(world).read_bytes())
        python, backend = Path(str(last["python"])), str(last["backend"])
        note = noted(python) if python.parents[2] == environments_folder(world) else b""
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        return None
    if backend not in _PARTS or not note:
        return None
    variables = with_programs(seen_by_builds(world.environment), python)
    argv = (str(python), *ALONE, str(SCRIPT), backend, *_PARTS[backend])
    stack = contextlib.ExitStack()
    try:
        stack.enter_context(world.files.sharing(used_mark(python.parents[1])))
        process = world.processes.conversing(Command(argv, python.parents[1], variables), MARK)
        return Warm(backend, python, note, stack.enter_context(process), stack)
    except RailrelError:
        # Whoever needs it will say why.
        stack.close()
        return None


def remember(world: World, python: Path, backend: str) -> None:
    """Have the next run warm up this one."""
    text = json.dumps({"python": str(python), "backend": backend}).encode()
    if backend in _PARTS and not (_last(world).exists() and _last(world).read_bytes() == text):
        world.files.put(_last(world), text)


def noted(python: Path) -> bytes:
    """The note of the environment that a Python belongs to; empty where there is none."""
    try:
        return note_path(python.parents[1]).read_bytes()
    except OSError:
        return b""


def environments_folder(world: World) -> Path:
    """Where all of them are; beside each is the file that is held by who uses it."""
    return world.cache / "build-environments"


def note_path(folder: Path) -> Path:
    """Where the note of an environment is."""
    return folder / ".railrel-note"


def used_mark(folder: Path) -> Path:
    """The file that users of an environment hold; its time is that of the last use."""
    return folder.with_name(f"{folder.name}.used")


def _last(world: World) -> Path:
    return world.cache / "last-backend.json"
