"""What twine's check refuses, we refuse in its words; and its renderer is loaded only to render."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twine.commands.check import check
from twine.exceptions import InvalidDistribution

from railrel.distributions.twine_check import modules_needed, twine_problems
from tests.wheels import sdist, wheel

NAMED = "Metadata-Version: 2.4\nName: lib\nVersion: 1.0\n"
BROKEN = "Title\n==\n\n.. nosuch:: x\n"
GOOD = "Title\n=====\n\n*Text*\n"
CASES = {
    "no description": NAMED,
    "a description without a type": NAMED + "\n" + GOOD,
    "a broken description without a type": NAMED + "\n" + BROKEN,
    "a type without a description": NAMED + "Description-Content-Type: text/x-rst\n",
    "an unknown description": NAMED + "\nUNKNOWN\n",
    "an unknown description that goes on": NAMED + "\nUNKNOWN thing_\n",
    "a description of white space": NAMED + "\n \n",
    "a description in a header": NAMED
    + "Description: "
    + BROKEN.replace("\n", "\n        ")
    + "\n",
    "two descriptions": NAMED + "Description: one\n\ntwo\n",
    "no metadata version": "Name: lib\nVersion: 1.0\n",
    "an unknown metadata version": NAMED.replace("2.4", "9.9"),
    "a metadata version that is none": NAMED.replace("2.4", "two"),
    "a type older than its metadata": NAMED.replace("2.4", "1.2")
    + f"Description-Content-Type: text/x-rst\n\n{BROKEN}",
    "no name": "Metadata-Version: 2.4\nVersion: 1.0\n",
    "no version": "Metadata-Version: 2.4\nName: lib\n",
    "a version that is none": NAMED.replace("1.0", "one"),
    "an unknown field": NAMED + "Colour: red\n",
    "a broken requirement": NAMED + "Requires-Dist: ???\n",
    "two faults": NAMED + "Requires-Dist: ???\nRequires-Python: x\n",
    "license files too early": NAMED.replace("2.4", "2.1") + "License-File: LICENSE\n",
}
TYPES = (
    "text/plain",
    "text/markdown",
    "text/x-rst",
    "TEXT/Plain",
    "Text/MarkDown; charset=UTF-8; variant=GFM",
    "text/markdown; variant=CommonMark",
    "text/markdown; variant=commonmark",
    "text/markdown; variant=Other",
    "text/markdown;",
    "text/markdown ; charset=UTF-8",
    "text/markdown; charset=ISO-8859-1",
    "text/plain; charset=utf-8",
    "text/plain; format=flowed",
    "text/plain; charset",
    "text/plain; =",
    "text/markdown, text/x-rst",
    "text/plain (text/x-rst)",
    "=?utf-8?q?text/plain?=",
    "text/x-rst; charset=UTF-8",
    "TEXT/X-RST",
    "text/x-rst; text/markdown",
    "text/html",
    "text/html; text/plain",
    "text",
    "text/",
    "/",
    "markdown",
    "text/plain/more",
    '"text/plain"',
    "",
    "text/märkdown",
)


@pytest.fixture
def said_by_twine(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.ERROR, "twine")
    return caplog


def same_as_twine(path: Path, said_by_twine: pytest.LogCaptureFixture) -> None:
    """What twine refuses, and nothing else, is refused in its words."""
    said_by_twine.clear()
    try:
        refused = [said_by_twine.messages[0]] if check([str(path)]) else []
    except (InvalidDistribution, ValueError) as error:
        refused = [str(error)]
    ours = [problem.message for problem in twine_problems([path])]
    prefix = "twine's metadata check refuses it: "
    assert [message.split() for message in ours] == [(prefix + one).split() for one in refused]


def both(folder: Path, metadata: str) -> tuple[Path, Path]:
    """A wheel and an sdist with this metadata."""
    return (
        wheel(folder, members={"lib-1.0.dist-info/METADATA": metadata}),
        sdist(folder, members={"PKG-INFO": metadata}),
    )


@pytest.mark.parametrize("metadata", CASES.values(), ids=CASES)
def test_metadata_is_refused_as_twine_refuses_it(
    metadata: str, tmp_path: Path, said_by_twine: pytest.LogCaptureFixture
) -> None:
    for path in both(tmp_path, metadata):
        same_as_twine(path, said_by_twine)


@pytest.mark.parametrize("body", [GOOD, BROKEN, "UNKNOWN", ""], ids=repr)
@pytest.mark.parametrize("content_type", TYPES, ids=repr)
def test_a_description_is_refused_as_twine_refuses_it(
    content_type: str, body: str, tmp_path: Path, said_by_twine: pytest.LogCaptureFixture
) -> None:
    metadata = f"{NAMED}Description-Content-Type: {content_type}\n\n{body}"

    for path in both(tmp_path, metadata):
        same_as_twine(path, said_by_twine)


TAILS = [";", "=", '"', "(", ")", ",", " ", "\t", "é", "=?", "?=", "charset=UTF-8", "x-rst"]
CONTENT_TYPES = st.builds(
    "".join, st.tuples(st.sampled_from(TYPES), *[st.sampled_from(["", *TAILS])] * 3)
)
LINES = st.sampled_from(["Title", "==", "=====", "", "*open", "`x`_", ".. nosuch:: x", "UNKNOWN"])


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.none() | CONTENT_TYPES, st.lists(LINES, max_size=5).map("\n".join))
def test_any_description_is_refused_as_twine_refuses_it(
    tmp_path: Path, said_by_twine: pytest.LogCaptureFixture, content_type: str | None, body: str
) -> None:
    header = "" if content_type is None else f"Description-Content-Type: {content_type}\n"

    path = wheel(tmp_path, members={"lib-1.0.dist-info/METADATA": f"{NAMED}{header}\n{body}"})

    same_as_twine(path, said_by_twine)


def test_only_what_is_rendered_needs_the_renderer(tmp_path: Path) -> None:
    markdown = "Description-Content-Type: text/markdown; charset=UTF-8\n\n# Title\n"
    rst = f"Description-Content-Type: text/x-rst\n\n{GOOD}"
    renderer = {"docutils", "readme_renderer", "pygments"}

    assert not renderer & loaded_for(wheel(tmp_path / "bare"))
    assert not renderer & loaded_for(sdist(tmp_path / "markdown", more=markdown))
    assert renderer <= loaded_for(wheel(tmp_path / "rst", more=rst))


def loaded_for(path: Path) -> set[str]:
    """The packages that a Python has loaded after it judged this file."""
    code = (
        "import pathlib, sys\n"
        "from railrel.distributions.twine_check import twine_problems\n"
        "assert twine_problems([pathlib.Path(sys.argv[1])]) == []\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "readme",
    ["README.rst", {"file": "docs/README.RST"}, {"text": "x", "content-type": "text/x-rst"}],
    ids=str,
)
def test_a_project_with_a_readme_in_rst_has_the_renderer_loaded_beside_its_build(
    readme: object,
) -> None:
    assert "twine.commands.check" in modules_needed({"readme": readme})


@pytest.mark.parametrize(
    "project",
    [{}, {"readme": "README.md"}, {"dynamic": ["readme"]}, {"readme": {"file": "first"}}],
    ids=str,
)
def test_no_other_project_has(project: dict[str, object]) -> None:
    assert "twine.commands.check" not in modules_needed(project)
