"""pip: a compiled requirements file, with a hash for each package."""

from collections.abc import Iterator

from railrel.errors import Problem
from railrel.images.installers.parts import (
    Lock,
    build_with_pip,
    compiled,
    environment,
    judged,
    ours,
    venv,
)
from railrel.images.installers.places import inside
from railrel.images.installers.protocol import VENV, Asked, Asking, Locked, Steps
from railrel.images.installers.requirements import Files, files_of, locked_in
from railrel.images.installers.trust import foreign, unhashed
from railrel.images.installers.wishes import always, wishes
from railrel.sources import Source

ID = "pip"
TITLE = "`requirements.txt` with hashes: `pip install --require-hashes`"

LOCKS = (
    "requirements.txt",
    "requirements/production.txt",
    "requirements/prod.txt",
    "requirements/base.txt",
)
_AGAIN = "uv pip compile --generate-hashes pyproject.toml -o requirements.txt"


def find(asked: Asked) -> Steps | list[Problem] | None:
    """Steps that install what the file pins."""
    tree = asked.tree
    name = next((name for name in LOCKS if tree.has(name)), None)
    if name is None:
        return None
    files = files_of(tree, name)
    source = files.installed[0]
    parts = {file: tuple(locked_in(file, tree)) for file in files.installed}
    locked = tuple(package for part in parts.values() for package in part)
    distrusted = [
        problem
        for file, part in parts.items()
        for problem in foreign(file, part, asked, _AGAIN)
        or unhashed(file, part, asked, _AGAIN)
        or _loose(file, part)
    ] or ([] if locked or files.missing else [_unpinned(source)])
    if distrusted:
        return distrusted
    lock = Lock(source, locked, locked, always(wishes(tree.project)), _AGAIN)
    holding = [file for file, part in parts.items() if any(ours(part, asked))]
    found = judged(lock, asked, *_not_beside(files), *_spread(holding), *_unhashable(lock))
    # The hashes decide, so a second index cannot bring in anything.
    more = f" --extra-index-url {asked.index.url}" if asked.index and found.internal else ""
    install = f"pip --python {VENV}/bin/python install --no-compile --no-deps --require-hashes{more} -r {source.path.name}"
    # The registry is asked for what stands in the last.
    every = (*files.constraints, *files.installed[1:], source)
    ordered = sorted(every, key=lambda file: file in holding)
    return Steps(
        tools=found.copies,
        environment=environment(),
        files=tuple(
            dict.fromkeys(file.path.relative_to(tree.project.folder).as_posix() for file in ordered)
        ),
        install=Asking(install, (venv(),), compiled(VENV)),
        build=build_with_pip(tree),
        internal=found.internal,
        pins=found.pins,
        unfit=found.unfit,
    )


def _not_beside(files: Files) -> Iterator[Problem]:
    for source, line in files.missing:
        yield Problem(
            f"{source.path.name} has {line}, which git does not know beside it",
            str(source.path),
            f"one file with all that is installed: {_AGAIN}",
            "include-elsewhere",
        )


def _spread(holding: list[Source]) -> Iterator[Problem]:
    """That the registry would have to be asked for what several files pin."""
    if len(holding) > 1:
        names = " and ".join(file.path.name for file in holding)
        yield Problem(
            f"{names} both pin packages of yours, and an image reads only one for them",
            str(holding[0].path),
            f"one file with all that is installed: {_AGAIN}",
            "include-elsewhere",
        )


def _loose(source: Source, locked: tuple[Locked, ...]) -> list[Problem]:
    """That the file pins something without a hash, which makes it no lock."""
    pinned = all(package.hashed or package.place for package in locked)
    return [] if pinned else [_unpinned(source)]


def _unpinned(source: Source) -> Problem:
    return Problem(
        f"{source.path.name} does not pin every package with its hash",
        str(source.path),
        _AGAIN,
        "no-hash",
    )


def _unhashable(lock: Lock) -> Iterator[Problem]:
    """Places within the project without a hash: pip takes none beside lines that have one."""
    for package in lock.taken:
        place = inside(package.place) if package.place else None
        if place and not package.hashed:
            yield Problem(
                f"{lock.source.path.name} has no hash of {package.place}",
                str(lock.source.path),
                _hash_hint(place),
                "no-hash",
            )


def _hash_hint(place: str) -> str:
    if place == ".":
        return "take it out: the project itself is installed anyway"
    if place.endswith((".whl", ".gz", ".zip")):
        return f"write --hash=sha256:… behind it: pip hash {place}"
    return f"a folder has none; build a wheel of it: pip wheel --no-deps {place}"
