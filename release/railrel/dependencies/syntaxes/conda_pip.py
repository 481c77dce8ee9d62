"""conda's `environment.yml`: the lines that it hands to pip.

https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from railrel.dependencies.lines import path_line
from railrel.dependencies.references import Around, Finding, Index, PathDependency, Wanted
from railrel.dependencies.syntaxes.requirement_files import included, option_findings
from railrel.edits import Edit
from railrel.errors import Problem
from railrel.sources import BOM, Line, Source, Span
from railrel.values import dataclass

if TYPE_CHECKING:
    import yaml

ID = "conda-pip"
TITLE = (
    "conda's `environment.yml`: `- pip:` with paths, `-e`, `file:` URLs; reported: includes and "
    "`--find-links` that lead out of the project"
)
FILES = tuple(
    f"{name}.{suffix}"
    for suffix in ("yml", "yaml")
    for name in ("environment*", "conda*", "env", "env-*", "env_*", "*-env", "*-environment")
)
_SUSPECT = re.compile(rb"\.\./|file:|-e |--editable")
_INCLUDES = re.compile(rb"-r|--requirement|-c|--constraint")
MARKS = re.compile(rb"pip")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    span: Span
    """Of the text, without quotes."""
    plain: bool
    """Whether the file has the text as it is, and can have a comma in it."""

    def place(self, start: int, end: int) -> Span:
        """The bytes of characters of the text; of all of it where the file has it otherwise."""
        return Line(self.text, self.span.start).span(start, end) if self.plain else self.span


def find(source: Source, around: Around) -> Iterator[PathDependency | Finding]:
    """Lines with a local path."""
    lines = _lines(source)
    if lines is None:
        if _SUSPECT.search(source.data):
            yield _unreadable(source)
        return
    for number, line in enumerate(lines):
        path = path_line(line.text, around.folder)
        if path is None:
            yield from option_findings(source, around, line.text, line.place, "image")
            continue
        if not line.plain:
            problem = Problem(
                f"{path.written} stands in a text that railrel cannot change safely",
                source.at(line.span),
                "write it on one line without escapes",
                "odd-scalar",
            )
            yield Finding(problem, "image")
            continue
        yield PathDependency(
            name=path.name,
            syntax=ID,
            file=source.path,
            path=(number,),
            at=source.at(line.span),
            written=path.written,
            target=path.target,
            breaks="image",
        )


def edits(
    source: Source, around: Around, found: PathDependency, wanted: Wanted
) -> Iterator[Edit | Problem]:
    """The named range in place of the path."""
    line = (_lines(source) or ())[int(found.path[0])]
    path = path_line(line.text, around.folder)
    if path:
        change = path.change(wanted)
        span = line.place(change.start, change.end)
        yield Edit(span.start, span.end, change.text)


def index_entry(index: Index) -> None:
    """Indexes are given to pip by an option line."""
    del index


def includes(source: Source) -> Iterator[Path]:
    """The requirements files that it includes."""
    if _INCLUDES.search(source.data):
        for line in _lines(source) or ():
            yield from (place for _, place in included(line.text, source.path.parent))


@lru_cache(maxsize=4)
def _lines(source: Source) -> tuple[_Line, ...] | None:
    """What pip is handed; None when the file is not YAML of one document."""
    import yaml

    offset = len(source.data) - len(source.data.removeprefix(BOM))
    try:
        text = source.data[offset:].decode("utf-8")
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        return None
    return tuple(_line(text, offset, *found) for found in _pip_scalars(root))


def _line(text: str, offset: int, scalar: "yaml.ScalarNode", in_brackets: bool) -> _Line:  # noqa: FBT001 -- a pair
    raw = text[scalar.start_mark.index : scalar.end_mark.index]
    quote = 1 if scalar.style in ("'", '"') else 0
    body = raw[quote : len(raw) - quote]
    start = offset + len(text[: scalar.start_mark.index + quote].encode())
    span = Span(start, start + len(body.encode()))
    return _Line(scalar.value, span, body == scalar.value and not (in_brackets and not quote))


def _unreadable(source: Source) -> Finding:
    problem = Problem(
        f"{source.path.name} is not YAML of one document, and may name a path",
        f"{source.path}:1:1",
        "mend it, or look for paths in it yourself",
        "unreadable-yaml",
    )
    return Finding(problem, "image")


def _pip_scalars(root: object) -> "Iterator[tuple[yaml.ScalarNode, bool]]":
    """Each scalar, and whether it stands in a list in brackets."""
    import yaml

    for dependencies in _values(root, "dependencies"):
        if not isinstance(dependencies, yaml.SequenceNode):
            continue
        for entry in dependencies.value:
            for pip in _values(entry, "pip"):
                if isinstance(pip, yaml.SequenceNode):
                    scalars = (n for n in pip.value if isinstance(n, yaml.ScalarNode))
                    yield from ((n, bool(pip.flow_style)) for n in scalars)


def _values(node: object, key: str) -> Iterator[object]:
    import yaml

    if isinstance(node, yaml.MappingNode):
        yield from (value for name, value in node.value if getattr(name, "value", None) == key)
