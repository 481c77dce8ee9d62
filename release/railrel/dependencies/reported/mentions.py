"""Commands and configuration that lead to a sibling's folder: tox, nox, CI, Dockerfiles and others.

They are read by the line: what they mean depends on tools that railrel does not know whole, so
they are reported and left to a person.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from packaging.utils import NormalizedName

from railrel.dependencies.paths import Folder, from_path
from railrel.dependencies.references import Around, Breaks, Finding
from railrel.errors import Problem
from railrel.sources import Source, Span

DOCKERFILES = (
    "Dockerfile",
    "Dockerfile.*",
    "*.Dockerfile",
    "*.dockerfile",
    "Containerfile",
    "docker/Dockerfile*",
)
COMPOSE = (
    "compose*.yml",
    "compose*.yaml",
    "docker-compose*.yml",
    "docker-compose*.yaml",
    "docker-bake.*",
)
WORKFLOWS = (
    ".gitea/workflows/*.yml",
    ".gitea/workflows/*.yaml",
    ".forgejo/workflows/*.yml",
    ".forgejo/workflows/*.yaml",
    ".github/workflows/*.yml",
    ".github/workflows/*.yaml",
    ".gitlab-ci.yml",
    ".woodpecker*.yml",
    ".woodpecker*.yaml",
    ".woodpecker/*.yml",
    ".woodpecker/*.yaml",
)
COMMANDS = ("Makefile", "*.mk", "justfile", "Justfile", "*.sh", "scripts/*.sh", *WORKFLOWS)
# What stands for the project's folder in these files.
_HERE = r"(?:\{toxinidir\}|\{tox_root\}|\{project\}|\{package\}|\$\{?(?:PWD|GITHUB_WORKSPACE|CI_PROJECT_DIR)\}?|\$\(CURDIR\)|\.)/"
_OUTSIDE = re.compile(rf"(?P<here>{_HERE})*(?P<path>\.\.(?:[/\\][\w.@+~-]+)+)")
_MARKS = re.compile(rb"\.\.")
_MARKS_OF_DOCKER = re.compile(rb"\.\.|from=|install")
_FROM = re.compile(r"--from=(?P<name>[\w.-]+)|[,\s]from=(?P<mount>[\w.-]+)")
_STAGE = re.compile(r"(?i)\s*FROM\s.*\sAS\s+(?P<name>[\w.-]+)\s*$")
# A longer line was written by no person, and expressions take long over it.
_LONGEST = 1_000
# Nobody reads more of one file.
_MOST = 20
_INSTALL = re.compile(
    r"\bpip3?\s+install\b[^\n|&;]*?\s(?:-e\s+)?(?P<place>/[\w./-]*/(?P<name>[\w.-]+))(?:\[[^\]]*\])?(?=\s|$)"
)


def siblings_in(text: str, around: Around) -> Iterator[tuple[re.Match[str], str]]:
    """Each path of a text that leads out of the project into a sibling, with the sibling's name."""
    for found in _OUTSIDE.finditer(text):
        target = from_path(found["path"], around.folder)
        folder = target.folder if isinstance(target, Folder) else None
        for place in (folder, *folder.parents) if folder else ():
            if place in around.siblings:
                yield found, around.siblings[place]
                break


@dataclass(frozen=True)
class Mentions:
    """One kind of file, and what a path in it stands in the way of."""

    ID: str
    TITLE: str
    FILES: tuple[str, ...]
    breaks: Breaks
    hint: str
    docker: bool = False

    @property
    def MARKS(self) -> re.Pattern[bytes]:  # noqa: N802 -- a constant of each reporter
        """See `Reporter`."""
        return _MARKS_OF_DOCKER if self.docker else _MARKS

    def find(self, source: Source, around: Around) -> Iterator[Finding]:
        """Each line that leads to a project outside, once."""
        names = frozenset(around.siblings.values())
        lines = [line for line in source.lines if len(line.text) < _LONGEST]
        stages = {s["name"] for line in lines if (s := _STAGE.match(line.text))}
        said = 0
        for line in lines:
            if line.text.lstrip().startswith("#"):
                continue
            for start, end, name in self._of_line(line.text, around, names, stages):
                yield self._finding(source, line.span(start, end), name)
                said += 1
            if said >= _MOST:
                return

    def _of_line(
        self, line: str, around: Around, names: AbstractSet[NormalizedName], stages: set[str]
    ) -> Iterator[tuple[int, int, str]]:
        for found, name in siblings_in(line, around):
            yield *found.span(), name
            return
        if not self.docker:
            return
        for found in _FROM.finditer(line):
            name = found["name"] or found["mount"]
            if name in names and name not in stages:
                yield *found.span(), name
                return
        for found in _INSTALL.finditer(line):
            if found["name"] in names:
                yield *found.span("place"), found["name"]

    def _finding(self, source: Source, span: Span, name: str) -> Finding:
        return Finding(
            Problem(
                f"{source.path.name} takes {name} from a folder: {source.raw(span).strip()}",
                source.at(span),
                self.hint.format(name=name),
                self.ID,
            ),
            self.breaks,
            blocks=False,
        )


KINDS: tuple[Mentions, ...] = (
    Mentions(
        "test-runner-path",
        "tox and nox: `deps`, `session.install`",
        ("tox.ini", "tox.toml", "noxfile.py"),
        "development",
        "name {name} with a range and an index there too, if others are to run it",
    ),
    Mentions(
        "pre-commit-path",
        "pre-commit: `additional_dependencies`",
        (".pre-commit-config.yaml", ".pre-commit-config.yml"),
        "development",
        "name {name} with a range; pre-commit installs it from the registry that pip is told of",
    ),
    Mentions(
        "dockerfile-path",
        "Dockerfiles: `COPY --from=NAME`, `RUN --mount=…from=NAME`, `COPY ../…`, `pip install /src/NAME`",
        DOCKERFILES,
        "image",
        "install {name} from the registry in the image instead",
        docker=True,
    ),
    Mentions(
        "compose-path",
        "compose files: `additional_contexts`, `context: ..`",
        COMPOSE,
        "image",
        "take the context of {name} out; the image installs it from the registry",
    ),
    Mentions(
        "build-command-path",
        "Makefiles, scripts and CI: `--build-context`, `pip install -e ../…`",
        COMMANDS,
        "development",
        "install {name} from the registry there instead",
    ),
)
