"""Which files are a project's source: what git knows, or what looks like it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from railrel.errors import Problem, first_few
from railrel.sources import read_bytes
from railrel.world import PARTIAL_MARK, Git, GitState

_HALF_WRITTEN = re.compile(rf"(.*/)?\.[^/]+{re.escape(PARTIAL_MARK)}[0-9a-f]{{12}}", re.DOTALL)
_LEFT_OUT = frozenset(
    {".git", ".hg", ".venv", "venv", ".tox", ".nox", "node_modules", "__pycache__", "dist", "build"}
)


def source_names(git: Git, folder: Path) -> tuple[str, ...]:
    """The files of a folder: what git knows; without a repository all but what tools leave behind.

    Nor what we write beside a file that is to be changed, at this moment or before we were killed.
    """
    names = git.files(folder)
    found = tuple(sorted(_walk(folder))) if names is None else names
    return tuple(name for name in found if not _HALF_WRITTEN.fullmatch(name))


def sent_names(folder: Path, names: tuple[str, ...]) -> tuple[str, ...]:
    """Of these files those that an image build from the folder is sent."""
    for name in ("Dockerfile.dockerignore", ".dockerignore"):
        if (folder / name).is_file():
            # Only images are sent files.
            from railrel.workspace.dockerignore import dockerignore

            text = read_bytes(folder / name).decode("utf-8", "replace")
            return dockerignore(text).kept(names)
    return names


def _walk(folder: Path) -> Iterator[str]:
    for at, folders, files in os.walk(folder):
        folders[:] = [f for f in folders if not _left_out(Path(at) / f)]
        for name in files:
            path = Path(at) / name
            if path.is_file() and not name.endswith(".pyc"):
                yield path.relative_to(folder).as_posix()


def _left_out(folder: Path) -> bool:
    name = folder.name
    left_behind = name in _LEFT_OUT or name.endswith(".egg-info") or name.startswith(".railrel")
    # A virtual environment can be called anything.
    return left_behind or (folder / "pyvenv.cfg").is_file()


def links_out(folder: Path, links: tuple[str, ...], root: Path) -> list[Problem]:
    """Of a folder's links those that lead out of the workspace, nowhere, or around themselves: not ours to publish."""
    inside = root.resolve()
    problems: list[Problem] = []
    for name in links:
        path = folder / name
        trouble = _trouble(path, inside)
        if trouble:
            problems.append(
                Problem(
                    f"{name} is a link that {trouble}",
                    at=str(path),
                    hint="put the file itself into the project",
                    rule="link-out",
                )
            )
    return problems


def uncommitted_behind(git: Git, folder: Path, links: tuple[str, ...]) -> list[Problem]:
    """Of a folder's links those out of it to what no commit holds: nothing says what would be published."""
    here = folder.resolve()
    targets = {name: (folder / name).resolve() for name in links}
    out = {name: target for name, target in targets.items() if not target.is_relative_to(here)}
    states = {place: git.state(place) for place in set(map(_folder_of, out.values()))}
    return [
        Problem(
            f"{name} leads to {changes}",
            at=str(folder / name),
            hint="commit it there, or add --allow-dirty",
            rule="dirty",
        )
        for name, target in out.items()
        if (changes := _uncommitted(states[_folder_of(target)], target))
    ]


def _folder_of(target: Path) -> Path:
    return target if target.is_dir() else target.parent


def _uncommitted(state: GitState | None, target: Path) -> str:
    if state is None:
        return "what is in no git repository"
    changed = {name: state.root / name for name in state.dirty}
    # Of a folder that is new as a whole git names the folder alone.
    about = [
        name
        for name, path in changed.items()
        if path.is_relative_to(target) or target.is_relative_to(path)
    ]
    return f"changes that no commit holds: {first_few(about)}" if about else ""


def _trouble(link: Path, inside: Path) -> str:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return "leads nowhere"
    if not target.is_relative_to(inside):
        return "leads out of the workspace"
    if not target.is_dir():
        return ""
    if link.parent.resolve().is_relative_to(target):
        return "leads to a folder around itself"
    for at, folders, files in os.walk(target):
        if any((Path(at) / entry).is_symlink() for entry in (*folders, *files)):
            return "leads to a folder with links in it"
    return ""
