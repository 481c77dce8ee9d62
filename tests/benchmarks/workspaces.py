"""Workspaces of any size: each project in its own folder, every fifth with a neighbour by path.

What is in them follows from their size alone, so that two are alike and one can be made fresh.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SHARE = 5
"""One project in so many has a path dependency."""

_PROJECT = """\
# Made for the benchmarks; as long as such files are, with the tables that they have.
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "{version}"
description = "Part {number} of a workspace of many parts"
readme = "README.md"
requires-python = ">=3.11"
license = {{ text = "MIT" }}
authors = [{{ name = "A. Muster", email = "muster@example.com" }}]
keywords = ["billing", "internal"]
classifiers = [
  "Programming Language :: Python :: 3",
  "Typing :: Typed",
]
dependencies = [
  "httpx>=0.27,<1",
  "pydantic>=2.7",  # settings and models
{requirement}]

[project.optional-dependencies]
cli = ["click>=8.1", "rich>=13.7"]

[project.scripts]
{name} = "part_{number}.cli:main"

[dependency-groups]
dev = ["pytest>=8", "mypy>=1.11", "ruff>=0.6"]

{sources}[tool.hatch.build.targets.wheel]
packages = ["src/part_{number}"]

[tool.ruff]
line-length = 100
target-version = "py311"

[tool.ruff.lint]
select = ["E", "F", "I", "UP", "B"]
ignore = ["E501"]  # the formatter's

[tool.mypy]
strict = true
packages = ["part_{number}"]

[tool.pytest.ini_options]
addopts = ["--strict-markers", "-ra"]
testpaths = ["tests"]
"""

_POETRY = """\
# Made for the benchmarks; as long as such files are, with the tables that they have.
[tool.poetry]
name = "{name}"
version = "{version}"
description = "Part {number} of a workspace of many parts"
authors = ["A. Muster <muster@example.com>"]
readme = "README.md"
license = "MIT"
packages = [{{ include = "part_{number}", from = "src" }}]
classifiers = [
  "Programming Language :: Python :: 3",
  "Typing :: Typed",
]

[tool.poetry.dependencies]
python = ">=3.11,<4.0"
httpx = ">=0.27,<1"
pydantic = ">=2.7"  # settings and models
{requirement}
[tool.poetry.group.dev.dependencies]
pytest = ">=8"
mypy = ">=1.11"
ruff = ">=0.6"

[tool.poetry.scripts]
{name} = "part_{number}.cli:main"

[tool.ruff]
line-length = 100
target-version = "py311"

[tool.ruff.lint]
select = ["E", "F", "I", "UP", "B"]
ignore = ["E501"]  # the formatter's

[tool.mypy]
strict = true
packages = ["part_{number}"]

[tool.pytest.ini_options]
addopts = ["--strict-markers", "-ra"]
testpaths = ["tests"]

[build-system]
requires = ["poetry-core>=2"]
build-backend = "poetry.core.masonry.api"
"""


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to write a neighbour down; `{other}` is its name, `{root}` the workspace."""

    requirement: str
    sources: str = ""
    template: str = _PROJECT


_NONE = Spelling("")
_SPELLINGS = (
    Spelling('  "{other}",\n', '[tool.uv.sources]\n{other} = {{ path = "../{other}" }}\n\n'),
    Spelling('  "{other} @ file://{root}/{other}",\n'),
    Spelling(
        '  "{other}",\n',
        '[tool.uv.sources]\n{other} = {{ path = "../{other}", editable = true }}\n\n',
    ),
    Spelling('  "{other} @ ../{other}",\n'),
    Spelling('{other} = {{ path = "../{other}", develop = true }}\n', template=_POETRY),
)


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder with so many projects."""

    root: Path
    size: int

    def make(self) -> None:
        """Write every file."""
        self.root.mkdir(parents=True)
        (self.root / "railrel.toml").touch()
        for number in range(self.size):
            file = self._file(number)
            file.parent.mkdir()
            file.write_text(self._content(number), encoding="utf-8")

    def refresh(self) -> None:
        """Make it as it was before anything changed it."""
        shutil.rmtree(self.root / ".railrel", ignore_errors=True)
        for number in self._with_neighbour():
            self._file(number).write_text(self._content(number), encoding="utf-8")

    def unchanged(self) -> list[Path]:
        """Files that still name a neighbour by its place."""
        files = (self._file(number) for number in self._with_neighbour())
        return [f for f in files if any(trace in f.read_bytes() for trace in (b"../", b"file:"))]

    def _with_neighbour(self) -> Iterator[int]:
        return iter(range(0, self.size, SHARE))

    def _file(self, number: int) -> Path:
        return self.root / _name(number) / "pyproject.toml"

    def _content(self, number: int) -> str:
        spelling = _NONE
        if number % SHARE == 0:
            spelling = _SPELLINGS[number // SHARE % len(_SPELLINGS)]
        place = {"other": _name((number + 1) % self.size), "root": str(self.root)}
        return spelling.template.format(
            name=_name(number),
            number=number,
            version=f"{number % 3}.{number % 7 + 1}.{number % 11}",
            requirement=spelling.requirement.format_map(place),
            sources=spelling.sources.format_map(place),
        )


def _name(number: int) -> str:
    return f"acme-part-{number:05}"
