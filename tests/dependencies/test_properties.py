"""Any valid file: only what names the neighbour changes, a second run is empty, undo gives it back."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from packaging.requirements import Requirement

from railrel.dependencies.look import Neighbourhood, Request
from railrel.dependencies.references import Index
from railrel.dependencies.rewrite import Rewrite, plan
from railrel.dependencies.undo import record, taken_back
from railrel.documents import KeyPath, read
from railrel.workspace.discovery import load
from railrel.workspace.projects import Project, project_of

SIBLING = '[project]\nname = "issue-core"\nversion = "0.2.3"\n'
INDEX = Index("acme", "https://git.example.com/simple/", "https://git.example.com/pypi")

names = st.sampled_from(["issue-core", "Issue_Core", "issue.core", "ISSUE--core"])
extras = st.sampled_from(["", "[mail]", "[mail, x]", " [mail]"])
urls = st.sampled_from(
    ["@ ../issue-core", " @ file:../issue-core", " @ {root:parent:uri}/issue-core"]
)
ranges = st.sampled_from(["", ">=0.2.1", "!=0.2.2", ">=0.2.1,!=0.2.2", " >= 0.2 , < 1"])
markers = st.sampled_from(["", " ; python_version >= '3.11'", " ; extra == 'mail'"])
noise = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x7f"), max_size=8)  # fmt: skip
keys = st.sampled_from(["a", '"b c"', "'ü'", "d.e", "f.'g h'"])

# Tables in which requirement strings are listed: the header, and the key of the list.
LISTS = (
    ("project", "dependencies"),
    ("project.optional-dependencies", "mail"),
    ("dependency-groups", "dev"),
    ("build-system", "requires"),
    ("tool.uv", "dev-dependencies"),
    ("tool.hatch.envs.default", "extra-dependencies"),
    ("tool.rye", "dev-dependencies"),
)
# Tables in which the name is a key: the header, and how a path is written there.
TABLES = (
    ("tool.uv.sources", '{{ path = "../issue-core", editable = true{more} }}'),
    ("tool.poetry.dependencies", '{{ path = "../issue-core", develop = true{more} }}'),
    ("tool.poetry.group.test.dependencies", '{{ path = "../issue-core"{more} }}'),
    ("tool.pixi.pypi-dependencies", '{{ path = "../issue-core", editable = true{more} }}'),
)

# Other spellings of uv's table: the header, and what stands below it.
SOURCES = (
    'tool|uv.sources.NAME.path = "../issue-core"',
    'tool.uv|sources.NAME = { path = "../issue-core", editable = true } # why',
    'tool.uv|sources = { NAME = { path = "../issue-core" }, other = { git = "https://x/y" } }',
    'tool.uv.sources.NAME|path = "../issue-core" # why\neditable = true',
    'tool|uv = { sources = { NAME = { path = "../issue-core" } } }',
    """tool.uv.sources|NAME = [
  { path = "../issue-core", marker = "os_name == 'posix'" }, # here
  { git = "https://x/y", marker = "os_name != 'posix'" },
]""",
)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A project's file with the neighbour in several of its tables, in many styles."""
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    sections: dict[str, list[str]] = {
        "project": ["name = 'app'", f"version = '1.0'\t# {draw(noise)}"]
    }
    for header, key in draw(st.lists(st.sampled_from(LISTS), max_size=4, unique=True)):
        items = [_quoted(draw, item) for item in draw(st.lists(_requirements(), max_size=3))]
        separator = draw(st.sampled_from([", ", ",", f", # {draw(noise)}{newline}  "]))
        sections.setdefault(header, []).append(f"{key} = [{separator.join(items)}]")
    spelled = draw(st.sampled_from(["", *SOURCES]))
    if spelled:
        header, _, body = spelled.partition("|")
        sections[header] = [body.replace("NAME", draw(names).replace(".", "-"))]
    for header, form in draw(st.lists(st.sampled_from(TABLES), max_size=2, unique=True)):
        if spelled and header == "tool.uv.sources":
            continue
        more = draw(st.sampled_from(["", ", markers = \"os_name == 'posix'\""]))
        entry = form.format(more="" if header == "tool.uv.sources" else more)
        sections.setdefault(header, []).append(f"{draw(names)} = {entry} # {draw(noise)}")
    sections["tool.other"] = [f"{draw(keys)} = {draw(st.integers())} # {draw(noise)}"]
    lines: list[str] = []
    for header in draw(st.permutations(sorted(sections))):
        lines += [f"[{header}] # {draw(noise)}", *sections[header], ""]
    bom = b"\xef\xbb\xbf" if draw(st.booleans()) else b""
    text = newline.join(lines)
    assume(_is_toml(text))
    return bom + text.encode()


def _is_toml(text: str) -> bool:
    """Whether the spellings that were drawn may stand in one file."""
    try:
        tomllib.loads(text.replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError:
        return False
    return True


@st.composite
def _requirements(draw: st.DrawFn) -> str:
    head = draw(names) + draw(extras)
    return draw(st.sampled_from([head + draw(urls), head + draw(ranges), "other>=1"])) + draw(
        markers
    )


def _quoted(draw: st.DrawFn, text: str) -> str:
    form = draw(st.sampled_from(['"{}"', '"""{}"""', '"{}"']))
    return form.format(text.replace("issue-core @", "issue\\u002Dcore @"))


@dataclass(frozen=True)
class Rewritten:
    before: bytes
    after: bytes
    plan: Rewrite


def rewritten(root: Path, data: bytes, request: Request) -> Rewritten:
    for name, text in (("issue-core", SIBLING.encode()), ("app", data)):
        (root / name).mkdir(exist_ok=True)
        (root / name / "pyproject.toml").write_bytes(text)
    workspace = load(root)
    app = workspace.at(root / "app")
    assert app

    def project_at(folder: Path) -> Project | None:
        file = folder / "pyproject.toml"
        return project_of(read(file)) if file.is_file() else None

    found = plan(app, Neighbourhood(workspace.folders, project_at, workspace.uv_roots.get), request)
    return Rewritten(data, found.files[0].after if found.files else data, found)


@settings(max_examples=300)
@given(files(), st.sampled_from([None, INDEX]))
def test_only_what_names_the_neighbour_changes(data: bytes, index: Index | None) -> None:
    with TemporaryDirectory() as name:
        root = Path(name).resolve()
        done = rewritten(root, data, Request(index))
        if done.plan.problems:
            # A source that nothing names, or a range that does not admit 0.2.3: said, not done.
            assert done.after == data
            return

        old, new = dict(_leaves(_parsed(data))), dict(_leaves(_parsed(done.after)))
        for path in old.keys() | new.keys():
            if old.get(path) != new.get(path):
                assert _is_intended(path, old.get(path), new.get(path)), (path, old.get(path))
        # Lines without the neighbour's name are there to the byte and in their order.
        lines = iter(done.after.split(b"\n"))
        kept = [line for line in data.split(b"\n") if b"ssue" not in line.lower()]
        assert all(line in lines for line in kept if b"sources" not in line and line != b"]")
        assert list(_bare(data, _URLS)) == list(_bare(done.after, _RANGES))

        again = rewritten(root, done.after, Request(index))
        assert again.plan.files == ()
        for file in record(done.plan.files, root).files:
            assert taken_back(file, done.after, root / file.path) == data


_URLS = re.compile(rb"\s*@\s*(?:file:)?(?:\{root:parent:uri\}/|\.\./)issue-core")
_RANGES = re.compile(rb",?>=0\.2,<0\.3")
_NEIGHBOUR = re.compile(rb"(?i)issue(?:[-_.]+|\\u002d)core")
_LISTS = re.compile(
    rb"(?:dependencies|mail|dev|requires|dev-dependencies|extra-dependencies) = \[|  \""
)


def _bare(data: bytes, added: re.Pattern[bytes]) -> Iterator[bytes]:
    """The lines with requirements in them, without what is changed in them, to the byte."""
    for line in data.split(b"\n"):
        if _NEIGHBOUR.search(line) and _LISTS.match(line):
            yield added.sub(b"", line)


def _parsed(data: bytes) -> dict[str, object]:
    return tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"))


def _leaves(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            # One of several sources may go; the others are known by their markers.
            key = item["marker"] if isinstance(item, dict) and "marker" in item else index
            yield from _leaves(item, (*path, key))
    else:
        yield path, value


def _is_intended(path: KeyPath, old: object, new: object) -> bool:
    """A path key that went, what stands in its place, or a requirement that got a range alone."""
    if path[-1] in ("path", "editable", "develop") and new is None:
        return True
    if path[:3] == ("tool", "uv", "sources") and path[-1] == "marker" and new is None:
        # The whole entry went with its path.
        return old == "os_name == 'posix'"
    if path[-1] in ("version", "index", "source") and old is None:
        return True
    if path[:3] in (("tool", "uv", "index"), ("tool", "poetry", "source")):
        return old is None
    if not isinstance(old, str) or not isinstance(new, str):
        return False
    was, now = Requirement(old.replace("{root:parent:uri}", "file:///x")), Requirement(new)
    same = (was.name, was.extras, str(was.marker)) == (now.name, now.extras, str(now.marker))
    kept = {str(s) for s in was.specifier} <= {str(s) for s in now.specifier}
    return same and kept and now.url is None and now.specifier.contains("0.2.3")
