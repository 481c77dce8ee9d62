"""`setup.py`: requirement strings that are written out; what is computed is only reported.

Nothing of the file is run.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from railrel.dependencies.outside import index_outside
from railrel.dependencies.python_texts import COMPUTED, Text, texts, tree_of
from railrel.dependencies.references import Around, Finding, Index, PathDependency, Wanted
from railrel.dependencies.requirements import Written
from railrel.edits import Edit
from railrel.errors import Problem
from railrel.sources import Source, Span

ID = "setup-py"
TITLE = (
    "`setup.py`: requirements written as plain strings, and the requirements files that it reads; "
    "reported: requirements that are computed, `dependency_links`"
)
FILES = ("setup.py",)
MARKS = re.compile(rb"@|dependency_links")

_HEAD = r"(?:^|(?<=[\s'\"(\[,;|]))[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?\s*(?:\[[^\]]*\])?"
_NAME_BEFORE = re.compile(_HEAD + r"\s*\Z")
_LOCAL = re.compile(r"\s*(?:git\+)?(?:file:|\.\.?[/\\])")
_PERHAPS_LOCAL = re.compile(r"\s*(?:\Z|[\r\n]|\{|%[(sr]|\$|[/~]|[A-Za-z]:[/\\])")
_A_PATH = re.compile(r"[/\\]|^\.|^file:|\.(?:whl|zip|tar\.gz)$|^[{$]")
_NEAR = 200
_READABLE = re.compile(
    r"(?i)(?:[\w.-]+/)*[\w.-]*(?:req|dep|constraint)[\w.-]*(?<!\.py)(?<!\.toml)(?<!\.md)(?<!\.rst)(?<!\.json)"
)
_OF_DATA = frozenset({"data_files", "package_data"})
_READS = re.compile(rb"(?i)(?:req|dep|constraint)[\w.-]*[\"']")


def find(source: Source, around: Around) -> Iterator[PathDependency | Finding]:
    """Strings that are requirements with a local path."""
    if tree_of(source) is None:
        if _may_be_local(source.octets):
            yield _unreadable(source)
        return
    for number, text in enumerate(texts(source)):
        found = _required(source, around, number, text)
        if found:
            yield found
        elif text.named == "dependency_links" and _is_link(text, around.folder):
            yield _link(source, text)
        elif _may_be_local(text.value):
            yield _computed(source, text.span)


def _required(source: Source, around: Around, number: int, text: Text) -> PathDependency | None:
    """A requirement that stands there as such, by itself."""
    if not (text.is_given and text.inside):
        return None
    requirement = Written(text.value)
    local = requirement.local(around.folder)
    if local is None or (requirement.parsed is None and requirement.url is None):
        return None
    if not _A_PATH.search(requirement.url or ""):
        # jane@example.com is a requirement too, to the letter of PEP 508.
        return None
    return PathDependency(
        name=requirement.name,
        syntax=ID,
        file=source.path,
        path=(number,),
        at=source.at(text.span),
        written=local[0],
        target=local[1],
        breaks="publish",
    )


def edits(
    source: Source, around: Around, found: PathDependency, wanted: Wanted
) -> Iterator[Edit | Problem]:
    """The range in place of `@ …`, within the quotes."""
    del around
    text = texts(source)[int(found.path[0])]
    if text.inside:
        change = Written(text.value).with_range_for_url(wanted)
        span = text.inside.span(change.start, change.end)
        yield Edit(span.start, span.end, change.text)


def index_entry(index: Index) -> None:
    """The file knows no indexes."""
    del index


def reads(source: Source) -> Iterator[str]:
    """Files whose lines it reads as requirements, as far as their names tell."""
    if _READS.search(source.data):
        names = (text.value for text in texts(source) if text.named not in _OF_DATA)
        yield from (name for name in names if len(name) < _NEAR and _READABLE.fullmatch(name))


def _may_be_local(text: str) -> bool:
    """Whether a requirement with a local path may be in a text, or be put together from it."""
    for sign in re.finditer("@", text):
        before, after = (
            text[max(0, sign.start() - _NEAR) : sign.start()],
            text[sign.end() :][:_NEAR],
        )
        if _LOCAL.match(after):
            return True
        # Without a blank it is user@host.
        has_blank = before[-1:].isspace() or after[:1].isspace()
        if has_blank and _PERHAPS_LOCAL.match(after) and _NAME_BEFORE.search(before):
            return True
    return False


def _is_link(text: Text, folder: Path) -> bool:
    return index_outside(text.value.replace(COMPUTED, ""), folder)


def _link(source: Source, text: Text) -> Finding:
    return Finding(
        Problem(
            f"dependency_links takes {text.value} from this machine, which no image build has",
            source.at(text.span),
            "publish what is in it to the registry, and take the line out",
            "local-index",
        ),
        "image",
    )


def _unreadable(source: Source) -> Finding:
    problem = Problem(
        f"{source.path.name} is no Python that this Python reads, and may name a path",
        f"{source.path}:1:1",
        "look for @ file: in it, and write ranges there by hand",
        "unreadable-setup",
    )
    return Finding(problem, "publish")


def _computed(source: Source, span: Span) -> Finding:
    return Finding(
        Problem(
            "setup.py puts a requirement with a local path together when it runs",
            source.at(span),
            "write the range there by hand, for example issue-core>=1.2,<2",
            "computed-requirement",
        ),
        "publish",
    )
