"""Commands and configuration that lead to a sibling's folder: tox, nox, CI, Dockerfiles and others.

They are read by the line, with those that continue it: what they mean depends on tools that railrel does not know whole, so
they are reported and left to a person.
"""

import re
from collections.abc import Iterator

from railrel.dependencies.outside import file_outside
from railrel.dependencies.references import Around, Breaks, Finding
from railrel.dependencies.shell_lines import whole_lines
from railrel.dependencies.sibling_places import (
    Place,
    contexts_in,
    files_in,
    installed_in,
    of_docker,
    siblings_in,
)
from railrel.dependencies.syntaxes.requirement_files import Logical
from railrel.errors import Problem
from railrel.sources import Source, Span
from railrel.values import dataclass

_FOLDERS_OF_IMAGES = (
    *("docker", "docker/*", "deploy", "deploy/*", "deployment", "containers", "images", "images/*"),
    *("build", "ci", "infra", "ops", ".devcontainer"),
)
DOCKERFILES = (
    *(
        "Dockerfile",
        "Dockerfile.*",
        "Dockerfile-*",
        "*.Dockerfile",
        "Containerfile",
        "Containerfile.*",
    ),
    *(
        f"{folder}/{name}"
        for folder in _FOLDERS_OF_IMAGES
        for name in ("*Dockerfile*", "Containerfile*")
    ),
)
COMPOSE = (
    "compose*.yml",
    "compose*.yaml",
    "docker-compose*.yml",
    "docker-compose*.yaml",
    "docker-bake.*",
    *(
        f"{folder}/*compose*.{suffix}"
        for folder in ("docker", "deploy", ".devcontainer")
        for suffix in ("yml", "yaml")
    ),
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
COMMANDS = (
    "Makefile",
    "*.mk",
    "GNUmakefile",
    "justfile",
    "*.sh",
    *(f"{folder}/*.sh" for folder in ("scripts", "bin", "tools", "ci", "docker", "deploy")),
    *WORKFLOWS,
)
_MARKS = re.compile(rb"/|\.\.|(?i:from)")
_STAGE = re.compile(r"(?i)\s*FROM\s.*\sAS\s+(?P<name>[\w.-]+)\s*$")
_ABOVE = re.compile(
    r"\b(?:context|build)\b[\"']?\s*[:=]\s*[\"']?(?P<place>\.\.(?:/\.\.)*/?)[\"']?\s*$"
)
_SECTION = re.compile(r"\s*\[(?P<name>[^\]]+)\]")
# Nobody reads more of one file.
_MOST = 20


@dataclass(frozen=True)
class Mentions:
    """One kind of file, and what a path in it stands in the way of."""

    ID: str
    TITLE: str
    FILES: tuple[str, ...]
    breaks: Breaks
    hint: str
    docker: bool = False
    compose: bool = False
    MARKS: re.Pattern[bytes] = _MARKS

    def find(self, source: Source, around: Around) -> Iterator[Finding]:
        """Each line that leads to a project outside, once for each of them."""
        lines = tuple(
            _of_test_runner(source) if source.path.name == "setup.cfg" else whole_lines(source)
        )
        stages = frozenset(s["name"].lower() for line in lines if (s := _STAGE.match(line.text)))
        said = 0
        for line in lines:
            seen: set[str] = set()
            for place in self._of_line(line.text, source, around, stages):
                if place.name not in seen:
                    yield self._finding(source, line.span(place.start, place.end), place.name)
                seen.add(place.name)
            above = _ABOVE.search(line.text) if self.compose else None
            if above and file_outside(above["place"], source.path.parent, around.folder):
                yield self._above(source, line.span(*above.span("place")))
            said += len(seen)
            if said >= _MOST:
                return

    def _of_line(
        self, line: str, source: Source, around: Around, stages: frozenset[str]
    ) -> Iterator[Place]:
        own = source.path.parent
        yield from siblings_in(line, around, *((own,) if self.compose else (around.folder, own)))
        if self.docker:
            yield from of_docker(line, around, stages)
            yield from (place for place in files_in(line) if place.name in around.members)
        else:
            yield from contexts_in(line, around, keyed=self.compose)
            yield from files_in(line)
        yield from installed_in(line, around, anywhere=self.docker)

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

    def _above(self, source: Source, span: Span) -> Finding:
        return Finding(
            Problem(
                f"{source.path.name} builds from {source.raw(span)}, outside of the project",
                source.at(span),
                "build from the project's own folder: its siblings come from the registry",
                self.ID,
            ),
            self.breaks,
            blocks=False,
        )


def _of_test_runner(source: Source) -> Iterator[Logical]:
    """The lines of a `setup.cfg` that tox reads."""
    section = ""
    for line in whole_lines(source):
        found = _SECTION.match(line.text)
        section = found["name"] if found else section
        if section.startswith(("testenv", "tox")):
            yield line


KINDS: tuple[Mentions, ...] = (
    Mentions(
        "test-runner-path",
        "tox and nox: `deps`, `session.install`; tox in `setup.cfg`",
        ("tox.ini", "tox.toml", "noxfile.py", "setup.cfg"),
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
        "Dockerfiles: `FROM NAME`, `COPY --from=NAME`, `RUN --mount=…from=NAME`, `COPY ../…`, "
        "`pip install /src/NAME`, `uv add`, `poetry add`",
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
        compose=True,
    ),
    Mentions(
        "build-command-path",
        "Makefiles, scripts and CI: `--build-context NAME=…`, `pip install -e ../…`, `~/…`, `$(VARIABLE)/…`",
        COMMANDS,
        "development",
        "install {name} from the registry there instead",
    ),
)
