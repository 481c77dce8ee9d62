"""Scripts that carry their own requirements in a comment (PEP 723)."""

import re
from collections.abc import Iterator
from dataclasses import replace

from railrel.dependencies.file_names import NO_SUFFIX
from railrel.dependencies.references import Around, Finding, Index, PathDependency, Wanted
from railrel.dependencies.syntaxes import pep508_url, uv_sources
from railrel.documents import Document
from railrel.edits import Edit
from railrel.errors import ConfigError, Problem
from railrel.sources import Source, Span

ID = "script"
TITLE = (
    "scripts with their own requirements (PEP 723): reported where scripts usually are; found in every "
    "folder and changed with `--scripts`"
)
FILES = (
    "*.py",
    *(
        f"{folder}/**/{name}"
        for folder in ("scripts", "bin", "tools", "examples")
        for name in ("*.py", NO_SUFFIX)
    ),
)
MARKS = re.compile(rb"# /// script")

# The expression of PEP 723, on bytes as characters.
_BLOCK = re.compile(
    r"(?m)^# /// script[ \t]*\r?\n(?P<content>(?:^#(?:| [^\r\n]*)\r?\n)+)^# ///[ \t]*\r?$"
)


def find(source: Source, around: Around) -> Iterator[PathDependency | Finding]:
    """What the block takes from a local path."""
    block = _block(source)
    if block is None:
        return
    document, offsets = block
    # What a script writes is relative to its own folder.
    inner = replace(around, uv_root=None, folder=source.path.parent)
    try:
        found = [*pep508_url.find(document, inner), *uv_sources.find(document, inner)]
    except ConfigError as error:
        # Nobody can run it, and nobody knows what it needs.
        line = source.data[: offsets[0]].count(b"\n") + 1
        message = f"the block of {source.path.name} is not TOML: {error.problems[0].message}"
        problem = Problem(message, f"{source.path}:{line}:1", "mend it", "unreadable-script")
        yield Finding(problem, "development", blocks=False)
        return
    for one in found:
        if not isinstance(one, PathDependency):
            continue
        at = source.at(_outward(document, offsets, one))
        if around.scripts:
            yield replace(one, path=(one.syntax, *one.path), syntax=ID, at=at, breaks="development")
        else:
            yield Finding(
                Problem(
                    f"the script takes {one.shown} from {one.written}",
                    at,
                    "railrel fix-deps --scripts changes it as well",
                    "script-path",
                ),
                "development",
            )


def edits(
    source: Source, around: Around, found: PathDependency, wanted: Wanted
) -> Iterator[Edit | Problem]:
    """The same edits as in a `pyproject.toml`, behind the comment signs."""
    block = _block(source)
    if block is None:
        return
    document, offsets = block
    inner = replace(found, syntax=str(found.path[0]), path=found.path[1:])
    syntax = pep508_url if inner.syntax == pep508_url.ID else uv_sources
    # A script has no place for an index of its own that is sure to be there; the range must do.
    plain = replace(wanted, index=None)
    for result in syntax.edits(document, replace(around, uv_root=None), inner, plain):
        if isinstance(result, Problem):
            yield replace(result, at=found.at)
        else:
            text = result.text.replace("\n", "\n# ")
            start, end = offsets[result.start], offsets[result.end]
            whole_lines = document.data[: result.start].endswith(b"\n") or result.start == 0
            if not result.text and whole_lines and document.data[: result.end].endswith(b"\n"):
                start, end = _line_start(source, start), _line_start(source, end)
            yield Edit(start, end, text)


def index_entry(index: Index) -> None:
    """None: see `edits`."""
    del index


def _block(source: Source) -> tuple[Document, list[int]] | None:
    """The block as TOML, and for each of its bytes (and its end) where it is in the file."""
    found = _BLOCK.search(source.octets) if b"# /// script" in source.data else None
    if found is None:
        return None
    data = bytearray()
    offsets: list[int] = []
    position = found.start("content")
    for line in re.findall(r"[^\n]*\n", found["content"]):
        skip = 2 if line.startswith("# ") else 1
        data += line[skip:].encode("latin-1")
        offsets += range(position + skip, position + len(line))
        position += len(line)
    return Document(source.path, bytes(data)), [*offsets, position]


def _outward(document: Document, offsets: list[int], found: PathDependency) -> Span:
    place = next(document.below(found.path))
    return Span(offsets[place.whole.start], offsets[place.whole.end])


def _line_start(source: Source, offset: int) -> int:
    return source.data.rfind(b"\n", 0, offset) + 1
