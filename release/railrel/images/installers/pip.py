"""pip: a compiled requirements file, with a hash for each package."""

import re
from collections.abc import Iterator

from packaging.utils import canonicalize_name

from railrel.dependencies.lines import path_line
from railrel.dependencies.syntaxes.requirement_files import logical_lines
from railrel.errors import Problem
from railrel.images.installers.parts import (
    build_with_pip,
    compiled,
    environment,
    internal_of,
    pins_of,
    unhashed,
    venv,
)
from railrel.images.installers.protocol import VENV, Asked, Asking, Locked, Steps
from railrel.sources import Source, read_source

ID = "pip"
TITLE = "`requirements.txt` with hashes: `pip install --require-hashes`"

FILES = (
    "requirements.txt",
    "requirements/production.txt",
    "requirements/prod.txt",
    "requirements/base.txt",
)
_PINNED = re.compile(
    r"\s*(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:\[[^]]*\])?\s*===?\s*(?P<version>[^\s;\\]+)"
)
_AGAIN = "uv pip compile --generate-hashes pyproject.toml -o requirements.txt"


def find(asked: Asked) -> Steps | list[Problem] | None:
    """Steps that install what the file pins."""
    tree = asked.tree
    name = next((name for name in FILES if tree.has(name)), None)
    if name is None:
        return None
    source = read_source(tree.project.folder / name)
    locked = list(_locked(source))
    missing = unhashed(source, locked, asked, _AGAIN) or _loose(source, locked)
    if missing:
        return missing
    internal = internal_of(locked, asked)
    # The hashes decide, so a second index cannot bring in anything.
    more = f" --extra-index-url {asked.index.url}" if asked.index and internal else ""
    install = f"pip --python {VENV}/bin/python install --no-compile --no-deps --require-hashes{more} -r {source.path.name}"
    return Steps(
        tools=(),
        environment=environment(),
        files=(name,),
        install=Asking(install, (venv(),), compiled(VENV)),
        build=build_with_pip(tree),
        internal=internal,
        pins=pins_of(locked, internal),
    )


def _loose(source: Source, locked: list[Locked]) -> list[Problem]:
    """That the file pins no hashes at all, which makes it no lock."""
    if locked and all(package.hashed or package.local for package in locked):
        return []
    return [
        Problem(
            f"{source.path.name} does not pin every package with its hash",
            str(source.path),
            _AGAIN,
            "no-hash",
        )
    ]


def _locked(source: Source) -> Iterator[Locked]:
    for line in logical_lines(source):
        text = line.text.strip()
        path = path_line(line.text, source.path.parent)
        pinned = _PINNED.match(text)
        if path and path.name:
            yield Locked(path.name, None, hashed=False, local=True, version="")
        elif pinned:
            name = canonicalize_name(pinned["name"])
            hashed = "--hash=" in text
            yield Locked(name, None, hashed=hashed, local=False, version=pinned["version"])
        elif text and not text.startswith("-"):
            yield Locked(
                canonicalize_name(re.split(r"[^\w.-]", text)[0] or "x"),
                None,
                hashed=False,
                local=False,
                version="",
            )
