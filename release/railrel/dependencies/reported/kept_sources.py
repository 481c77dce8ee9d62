"""Images of a project whose paths stay for development: they must install from the lock alone.

https://docs.astral.sh/uv/reference/cli/#uv-sync
"""

import re
from collections.abc import Iterator

from railrel.dependencies.references import Around, Finding
from railrel.dependencies.reported.mentions import DOCKERFILES
from railrel.errors import Problem
from railrel.sources import Source

ID = "kept-source-in-image"
TITLE = "with `--keep-source`: Dockerfiles whose `uv sync` would look at the path"
FILES = DOCKERFILES
MARKS = re.compile(rb"\buv\b")

_COMMAND = re.compile(r"\buv\s+(?:sync|run|pip\s+(?:install|sync))\b[^&|;\n]*")
_PASSES_OVER = re.compile(r"--frozen\b|--no-sources\b")
_ALWAYS = re.compile(rb"(?m)^\s*ENV\s.*\bUV_(?:FROZEN|NO_SOURCES)\b")
_LONGEST = 10_000


def find(source: Source, around: Around) -> Iterator[Finding]:
    """Each command of uv that reads the sources."""
    if not around.keep_source or _ALWAYS.search(source.data):
        return
    for line in source.lines:
        if line.text.lstrip().startswith("#") or len(line.text) > _LONGEST:
            continue
        for found in _COMMAND.finditer(line.text):
            if not _PASSES_OVER.search(found[0]):
                problem = Problem(
                    f"{source.path.name} runs {found[0].strip()}, which follows the path that is kept",
                    source.at(line.span(*found.span())),
                    "uv sync --frozen installs from the lock and looks at no path",
                    ID,
                )
                yield Finding(problem, "image")
