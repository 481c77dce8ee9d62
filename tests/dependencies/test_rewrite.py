"""Whole files, before and after. `INDEX` is a server; without one the range stands alone."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from railrel.dependencies.look import Neighbourhood, Request
from railrel.dependencies.references import Index
from railrel.dependencies.rewrite import Rewrite, plan
from railrel.documents import Document
from railrel.errors import Problem
from railrel.workspace.projects import Project, project_of

INDEX = Index("acme", "https://git.example.com/simple/", "https://git.example.com/pypi")
INDEX_SECTION = """
[[tool.uv.index]]
name = "acme"
url = "https://git.example.com/simple/"
publish-url = "https://git.example.com/pypi"
explicit = true
"""
HEAD = '[project]\nname = "app"\nversion = "1.0"\n'


def project(folder: str, text: bytes) -> Project:
    found = project_of(Document(Path("/ws") / folder / "pyproject.toml", text))
    assert found
    return found


SIBLING = project("issue-core", b'[project]\nname = "issue-core"\nversion = "0.2.3"\n')
MEMBERS = {SIBLING.name: SIBLING.folder}


@dataclass(frozen=True)
class Result:
    """The file afterwards, and what was said."""

    plan: Rewrite
    after: bytes

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self.plan.problems


def rewritten(data: bytes, index: Index | None = None) -> Result:
    def project_at(folder: Path) -> Project | None:
        return SIBLING if folder == SIBLING.folder else None

    variables = {"HOME": "/ws/people/me", "SIBLINGS": "/ws"}
    neighbourhood = Neighbourhood(MEMBERS, project_at, variables=variables)
    found = plan(project("app", data), neighbourhood, Request(index))
    return Result(found, found.files[0].after if found.files else data)


def text(body: str) -> bytes:
    return (HEAD + dedent(body)).encode()


REQUIREMENTS = [
    pytest.param(before, after, id=before)
    for before, after in [
        ('"issue-core @ ../issue-core"', '"issue-core>=0.2,<0.3"'),
        ('"issue-core @ file:///ws/issue-core"', '"issue-core>=0.2,<0.3"'),
        ('"issue-core @ file://localhost/ws/issue-core"', '"issue-core>=0.2,<0.3"'),
        ('"issue-core@file:../issue-core"', '"issue-core>=0.2,<0.3"'),
        ('"issue-core @ {root:uri}/../issue-core"', '"issue-core>=0.2,<0.3"'),
        ('"issue-core @ {root:parent:uri}/issue-core"', '"issue-core>=0.2,<0.3"'),
        ('"issue-core @ file:///${PROJECT_ROOT}/../issue-core"', '"issue-core>=0.2,<0.3"'),
        ('"issue-core @ {home}/../../issue-core"', '"issue-core>=0.2,<0.3"'),
        ('"issue-core @ {home:parent:parent:uri}/issue-core"', '"issue-core>=0.2,<0.3"'),
        ('"issue-core @ {env:SIBLINGS}/issue-core"', '"issue-core>=0.2,<0.3"'),
        ('"issue-core @ {env:UNSET:/ws}/issue-core"', '"issue-core>=0.2,<0.3"'),
        ('"issue-core @ git+file:///ws/issue-core@v0.2.3"', '"issue-core>=0.2,<0.3"'),
        ('"issue-core @ git+../issue-core"', '"issue-core>=0.2,<0.3"'),
        ('"issue-core @ file:///ws/issue%2Dcore#egg=issue-core"', '"issue-core>=0.2,<0.3"'),
        ('"issue-core @ file:///ws#subdirectory=issue-core&egg=x"', '"issue-core>=0.2,<0.3"'),
        (
            "'Issue_Core [mail, x] @ ../issue-core ; python_version >= \"3.11\"'",
            "'Issue_Core [mail, x]>=0.2,<0.3 ; python_version >= \"3.11\"'",
        ),
        (
            r'"issue-core[mail] @ ../issue-core ; sys_platform == \"linux\""',
            r'"issue-core[mail]>=0.2,<0.3 ; sys_platform == \"linux\""',
        ),
        (r'"issue\u002Dcore @ ../issue-core"', r'"issue\u002Dcore>=0.2,<0.3"'),
        ('"""issue-core @ ../issue-core"""', '"""issue-core>=0.2,<0.3"""'),
    ]
]


@pytest.mark.parametrize(("before", "after"), REQUIREMENTS)
@pytest.mark.parametrize(
    "table",
    [
        "dependencies = [\n  'x',\n  {},  # why\n]\n",
        "optional-dependencies.extra = [{}]\n",
        "\n[dependency-groups]\ndev = [{{ include-group = 'lint' }}, {}]\nlint = []\n",
    ],
    ids=["dependencies", "extras", "groups"],
)
def test_a_url_in_a_requirement_becomes_a_range(before: str, after: str, table: str) -> None:
    result = rewritten(text(table.format(before)))

    assert result.problems == ()
    assert result.after.decode() == text(table.format(after)).decode()


def test_uv_source_becomes_an_index_and_the_requirement_gets_its_range() -> None:
    before = text("""\
        dependencies = ["issue-core", "issue_core[mail]>=0.2.1,!=0.2.2; sys_platform == 'linux'"]

        # ours
        [tool.uv.sources]
        issue-core = { path = "../issue-core", editable = true }  # checked out beside this
        other = { git = "https://example.com/x" }
        """)

    assert (
        rewritten(before, INDEX).after.decode()
        == text("""\
        dependencies = ["issue-core>=0.2,<0.3", "issue_core[mail]>=0.2.1,!=0.2.2; sys_platform == 'linux'"]

        # ours
        [tool.uv.sources]
        issue-core = { index = "acme" }  # checked out beside this
        other = { git = "https://example.com/x" }
        """).decode()
        + INDEX_SECTION
    )


def test_without_an_index_the_source_goes_and_its_comment_stays() -> None:
    before = text("""\
        dependencies = ["issue-core"]

        [tool.uv.sources]
        issue-core = { path = "../issue-core" }  # checked out beside this

        [tool.ruff]
        """)

    assert (
        rewritten(before).after.decode()
        == text("""\
        dependencies = ["issue-core>=0.2,<0.3"]

        [tool.uv.sources]
        # checked out beside this

        [tool.ruff]
        """).decode()
    )


def test_a_section_that_holds_nothing_any_more_goes() -> None:
    before = text("""\
        dependencies = ["issue-core"]

        [tool.uv.sources]
        issue-core.path = "../issue-core"
        issue-core.editable = true

        [tool.ruff]
        """)

    assert (
        rewritten(before).after.decode()
        == text("""\
        dependencies = ["issue-core>=0.2,<0.3"]

        [tool.ruff]
        """).decode()
    )


SPELLINGS = [
    pytest.param(before, after, id=name)
    for name, before, after in [
        (
            "inline table",
            '[tool.uv.sources]\nissue-core = {path = "../issue-core"}\n',
            '[tool.uv.sources]\nissue-core = {index = "acme"}\n' + INDEX_SECTION,
        ),
        (
            "quoted key",
            '[tool.uv.sources]\n"Issue.Core" = { path = "../issue-core" }\n',
            '[tool.uv.sources]\n"Issue.Core" = { index = "acme" }\n' + INDEX_SECTION,
        ),
        (
            "dotted keys",
            '[tool.uv]\nsources.issue-core.path = "../issue-core"\nsources.issue-core.editable = true\n',
            '[tool.uv]\nsources.issue-core.index = "acme"\n' + INDEX_SECTION,
        ),
        (
            "a section of its own",
            '[tool.uv.sources.issue-core]\npath = "../issue-core" # here\neditable = true\n',
            '[tool.uv.sources.issue-core]\nindex = "acme" # here\n' + INDEX_SECTION,
        ),
        (
            "a table within a table",
            "[tool]\nuv = { sources = { issue-core = { workspace = true } } }\n",
            '[tool]\nuv = { sources = { issue-core = { index = "acme" } }, index = [{ name = "acme", '
            'url = "https://git.example.com/simple/", publish-url = "https://git.example.com/pypi", '
            "explicit = true }] }\n",
        ),
        (
            "a list by markers",
            '[tool.uv.sources]\nissue-core = [\n  { path = "../issue-core", marker = "os_name == \'nt\'" },\n'
            '  { index = "other", marker = "os_name != \'nt\'" },\n]\n',
            '[tool.uv.sources]\nissue-core = [\n  { index = "acme", marker = "os_name == \'nt\'" },\n'
            '  { index = "other", marker = "os_name != \'nt\'" },\n]\n' + INDEX_SECTION,
        ),
        (
            "an array of tables",
            '[[tool.uv.sources.issue-core]]\npath = "../issue-core"\nmarker = "os_name == \'nt\'"\n',
            '[[tool.uv.sources.issue-core]]\nindex = "acme"\nmarker = "os_name == \'nt\'"\n'
            + INDEX_SECTION,
        ),
        (
            "an index list that is there",
            '[tool.uv]\nindex = [\n  { name = "x", url = "https://x" }, # one\n]\n'
            'sources = { issue-core = { path = "../issue-core" } }\n',
            '[tool.uv]\nindex = [\n  { name = "x", url = "https://x" }, { name = "acme", '
            'url = "https://git.example.com/simple/", publish-url = "https://git.example.com/pypi", '
            'explicit = true }, # one\n]\nsources = { issue-core = { index = "acme" } }\n',
        ),
        (
            "our index is there",
            '[tool.uv.sources]\nissue-core = { path = "../issue-core" }\n' + INDEX_SECTION,
            '[tool.uv.sources]\nissue-core = { index = "acme" }\n' + INDEX_SECTION,
        ),
        (
            "no newline at the end",
            '[tool.uv.sources]\nissue-core = { path = "../issue-core" }',
            '[tool.uv.sources]\nissue-core = { index = "acme" }\n' + INDEX_SECTION,
        ),
    ]
]


@pytest.mark.parametrize(("before", "after"), SPELLINGS)
def test_every_spelling_of_a_uv_source_is_understood(before: str, after: str) -> None:
    bare, ranged = 'dependencies = ["issue-core"]\n', 'dependencies = ["issue-core>=0.2,<0.3"]\n'

    result = rewritten(text(bare + before), INDEX)

    assert result.problems == ()
    assert result.after.decode() == text(ranged + after).decode()


@pytest.mark.parametrize(("before", "after"), SPELLINGS)
def test_without_an_index_no_spelling_leaves_a_path(before: str, after: str) -> None:
    del after

    result = rewritten(text('dependencies = ["issue-core"]\n' + before))

    assert b"../issue-core" not in result.after
    assert tomllib.loads(result.after.decode())["project"]["dependencies"] == [
        "issue-core>=0.2,<0.3"
    ]


POETRY = [
    pytest.param(before, after, id=name)
    for name, before, after in [
        (
            "a path",
            'issue-core = { path = "../issue-core", develop = true, extras = ["mail"], python = ">=3.11" }\n',
            'issue-core = { version = ">=0.2,<0.3", extras = ["mail"], python = ">=3.11" }\n',
        ),
        (
            "several constraints",
            'issue-core = [\n  { path = "../issue-core", python = ">=3.11" },\n  { version = "^0.1" },\n]\n',
            'issue-core = [\n  { version = ">=0.2,<0.3", python = ">=3.11" },\n  { version = "^0.1" },\n]\n',
        ),
        (
            "dotted keys",
            'issue-core.path = "../issue-core"\nissue-core.optional = true\n',
            'issue-core.version = ">=0.2,<0.3"\nissue-core.optional = true\n',
        ),
    ]
]


@pytest.mark.parametrize(("before", "after"), POETRY)
@pytest.mark.parametrize("table", ["dependencies", "dev-dependencies", "group.test.dependencies"])
def test_a_path_in_a_poetry_table_becomes_a_version(before: str, after: str, table: str) -> None:
    head = f"[tool.poetry.{table}]\n"

    result = rewritten((HEAD + head + before).encode())

    assert result.problems == ()
    assert result.after.decode() == HEAD + head + after


def test_poetry_is_told_of_the_index_in_its_own_way() -> None:
    before = text("""\
        [tool.poetry.dependencies]
        issue-core = { path = "../issue-core" }
        """)

    assert (
        rewritten(before, INDEX).after.decode()
        == text("""\
        [tool.poetry.dependencies]
        issue-core = { version = ">=0.2,<0.3", source = "acme" }

        [[tool.poetry.source]]
        name = "acme"
        url = "https://git.example.com/simple/"
        priority = "explicit"
        """).decode()
    )


def test_where_poetry_publishes_the_standard_requirement_that_one_gets_the_range() -> None:
    before = text("""\
        dependencies = ["issue-core (!=0.2.1)"]

        [tool.poetry.dependencies]
        issue-core = { path = "../issue-core", develop = true }
        python = ">=3.11"
        """)

    assert (
        rewritten(before).after.decode()
        == text("""\
        dependencies = ["issue-core (!=0.2.1,>=0.2,<0.3)"]

        [tool.poetry.dependencies]
        python = ">=3.11"
        """).decode()
    )


def test_crlf_a_byte_order_mark_and_odd_spacing_come_out_as_they_went_in() -> None:
    before = (
        b"\xef\xbb\xbf[project]\r\nname='app'\r\nversion  =  '1'  # v\r\n\r\n"
        b"dependencies = [ 'issue-core' ,\t'z' ]\r\n"
        b"[tool.uv.sources]\r\nissue-core={path='../issue-core'}\r\n"
    )

    assert rewritten(before, INDEX).after == (
        b"\xef\xbb\xbf[project]\r\nname='app'\r\nversion  =  '1'  # v\r\n\r\n"
        b"dependencies = [ 'issue-core>=0.2,<0.3' ,\t'z' ]\r\n"
        b'[tool.uv.sources]\r\nissue-core={index = "acme"}\r\n'
        + INDEX_SECTION.replace("\n", "\r\n").encode()
    )


@pytest.mark.parametrize(
    ("body", "rule", "line"),
    [
        ('dependencies = ["issue-core @ ../nowhere"]', "path-to-nothing", "4:17"),
        ('dependencies = ["other @ ../issue-core"]', "path-to-another", "4:17"),
        ('dependencies = ["issue-core @ ../issue-core#subdirectory=x"]', "path-to-nothing", "4:17"),
        ('dependencies = [\n  "issue-core @ {env:NOWHERE_AT_ALL}/x"]', "path-not-followed", "5:3"),
        (
            'dependencies = ["issue-core @ ../d/issue_core.whl"]',
            "path-not-followed",
            "4:17",
        ),
        ('dependencies = ["issue-core>=1"]\ntool = 1', None, ""),
        (
            'dependencies = ["issue-core>=1"]\n[tool.uv.sources]\nissue-core = {path = "../issue-core"}',
            "outside-range",
            "4:17",
        ),
        ("[tool.uv.sources]\nother = { workspace = true }", "path-not-followed", "5:1"),
    ],
)
def test_what_cannot_be_rewritten_is_named_with_its_place_and_nothing_changes(
    body: str, rule: str | None, line: str
) -> None:
    before = (HEAD + body + "\n").encode()

    result = rewritten(before, INDEX)

    assert result.after == before
    assert [p.rule for p in result.problems] == ([rule] if rule else [])
    assert all(p.at == f"/ws/app/pyproject.toml:{line}" for p in result.problems)


def test_an_index_of_our_name_that_leads_elsewhere_is_a_conflict() -> None:
    before = text("""\
        dependencies = ["issue-core"]
        [tool.uv.sources]
        issue-core = { path = "../issue-core" }
        [[tool.uv.index]]
        name = "acme"
        url = "https://elsewhere.example.com/simple"
        """)

    result = rewritten(before, INDEX)

    assert result.after == before
    assert [p.rule for p in result.problems] == ["index-name-taken"]


# --- properties

names = st.sampled_from(["issue-core", "Issue_Core", "issue.core", "ISSUE--core"])
extras = st.sampled_from(["", "[mail]", "[mail, x]", " [mail]"])
ranges = st.sampled_from(["", ">=0.2.1", "!=0.2.2", ">=0.2.1,!=0.2.2", " >= 0.2 , < 1", "(>=0.2)"])
markers = st.sampled_from(["", "; python_version >= '3.11'", " ; extra == 'mail'"])
noise = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x7f"), max_size=12
)
newlines = st.sampled_from(["\n", "\r\n"])


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, str]:
    """A project file in many styles, and the requirement in it."""
    by_url = draw(st.booleans())
    requirement = draw(names) + draw(extras)
    requirement += " @ ../issue-core" if by_url else draw(ranges)
    marker = draw(markers)
    requirement += f" {marker}" if by_url and marker else marker
    quote = '"'
    newline = draw(newlines)
    lines = [
        f"# {draw(noise)}",
        "[project]",
        f"name{' ' * draw(st.integers(0, 3))}= 'app'",
        f"version = '1.0'\t# {draw(noise)}",
        f"dependencies = [{quote}x{quote},{quote}{requirement}{quote}] # {draw(noise)}",
    ]
    if not by_url:
        lines += ["[tool.uv.sources]", f'issue-core = {{ path = "../issue-core" }} # {draw(noise)}']
    lines += ["[tool.other]", f"a.'{draw(st.sampled_from(['b', 'ü', 'c d']))}' = 1 # {draw(noise)}"]
    bom = b"\xef\xbb\xbf" if draw(st.booleans()) else b""
    return bom + newline.join(lines).encode() + draw(newlines).encode(), requirement


@given(files(), st.sampled_from([None, INDEX]))
def test_only_the_requirement_and_the_source_change(
    case: tuple[bytes, str], index: Index | None
) -> None:
    before, _ = case

    result = rewritten(before, index)

    assert result.problems == ()
    after = result.after
    old, new = (tomllib.loads(d.decode("utf-8-sig").replace("\r\n", "\n")) for d in (before, after))
    wrote, stands = (Requirement(t["project"]["dependencies"][1]) for t in (old, new))
    assert (stands.name, stands.extras, str(stands.marker)) == (
        wrote.name, wrote.extras, str(wrote.marker),
    )  # fmt: skip
    assert stands.url is None
    assert {str(s) for s in wrote.specifier} <= {str(s) for s in stands.specifier}
    assert stands.specifier.contains("0.2.3")
    for table in (old, new):
        table["project"].pop("dependencies")
        table["tool"].pop("uv", None)
    assert old == new
    # Each comment, and each line that holds neither, is there to the byte and in order.
    kept = [line for line in before.split(b"\n") if b"issue" not in line.lower()]
    found = iter(after.split(b"\n"))
    dropped = {b"[tool.uv.sources]", b"[tool.uv.sources]\r"}
    assert all(line in found for line in kept if line not in dropped)


@given(files(), st.sampled_from([None, INDEX]))
def test_a_second_rewrite_changes_nothing(case: tuple[bytes, str], index: Index | None) -> None:
    once = rewritten(case[0], index).after

    assert rewritten(once, index).after == once
