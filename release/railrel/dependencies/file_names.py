"""Names of the files that are looked at: globs below a project's folder, and what is there of them.

`*` is any part of a name, `**` any number of folders, `{no suffix}` a name without a dot. Upper and
lower case are the same, as `makefile` and `Requirements.txt` are to those who write them.
"""

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

NO_SUFFIX = "{no suffix}"
_PIECE = re.compile(r"\{no suffix\}|\*\*/|\*|[^*{]+|\{")
_PIECES = {NO_SUFFIX: r"[^/.]+", "**/": r"(?:[^/]+/)*", "*": r"[^/]*"}
# Nobody's own files; they can be many.
_PASSED_OVER = re.compile(r"\.|(?:__pycache__|node_modules|site-packages|venv)\Z")
_OUTPUT = frozenset({"build", "dist"})
_MADE_ELSEWHERE = frozenset({"pyproject.toml", "pyvenv.cfg"})


@lru_cache(maxsize=4096)
def matches(globs: tuple[str, ...], relative: str) -> bool:
    """Whether a path below the project's folder is one of these."""
    return bool(_one_of(globs).fullmatch(relative))


def files_like(folder: Path, globs: tuple[str, ...]) -> Iterator[str]:
    """The files below a folder that are one of these, in order. No other folder is looked into."""
    yield from _files_below(folder, "", _one_of(globs), _on_the_way(globs))


def _files_below(
    folder: Path, below: str, wanted: re.Pattern[str], way: re.Pattern[str]
) -> Iterator[str]:
    files, folders = _entries(folder / below if below else folder, linked=not below)
    if below and "pyproject.toml" in files:
        # Another project's, which looks at them itself.
        return
    yield from (below + name for name in files if wanted.fullmatch(below + name))
    for name in folders:
        if way.fullmatch(f"{below}{name}/") and not (below and _PASSED_OVER.match(name)):
            yield from _files_below(folder, f"{below}{name}/", wanted, way)


@lru_cache(maxsize=64)
def _one_of(globs: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(_pattern, globs)), re.IGNORECASE | re.DOTALL)


@lru_cache(maxsize=8)
def _on_the_way(globs: tuple[str, ...]) -> re.Pattern[str]:
    """The folders that such a file may be in, with a slash at the end."""
    ways: dict[str, None] = {}
    for glob in globs:
        parts = glob.split("/")[:-1]
        ways |= dict.fromkeys(
            _pattern("/".join(parts[:number]) + "/") for number in range(1, len(parts) + 1)
        )
    return re.compile("|".join(ways) or r"(?!)", re.IGNORECASE)


def _pattern(glob: str) -> str:
    return "".join(_PIECES.get(piece) or re.escape(piece) for piece in _PIECE.findall(glob))


def _entries(folder: Path, *, linked: bool) -> tuple[list[str], list[str]]:
    """Names of the files and of the folders in a folder; links to folders are followed once."""
    try:
        with os.scandir(folder) as entries:
            found = sorted((e.name, e.is_dir(follow_symlinks=linked)) for e in entries)
    except OSError:
        # Not there, or not ours to look into.
        return [], []
    return [n for n, is_dir in found if not is_dir], [n for n, is_dir in found if is_dir]


def scripts_below(folder: Path) -> Iterator[str]:
    """Files below a folder that may be scripts, but for those of other projects."""
    for place, folders, files in os.walk(folder):
        if place != str(folder) and not _MADE_ELSEWHERE.isdisjoint(files):
            folders.clear()
            continue
        own = (name for name in folders if not _PASSED_OVER.match(name) and name not in _OUTPUT)
        folders[:] = sorted(own)
        below = Path(place).relative_to(folder)
        yield from ((below / n).as_posix() for n in sorted(files) if may_be_script(n))


def may_be_script(name: str) -> bool:
    """Whether a script of Python can have this name."""
    return name.endswith(".py") or "." not in name
