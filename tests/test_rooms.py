"""The house: which room may import which is in pyproject.toml, and docs/design.md draws it."""

import re
import subprocess
import sys

import pytest

from tests.workbench import REPOSITORY, scripts

SOURCE = REPOSITORY / "release" / "railrel"

pytestmark = pytest.mark.skipif(not SOURCE.is_dir(), reason="only the wheel is here, no checkout")


def lint(folder: str | None = None) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(scripts() / "lint-imports"), "--no-cache"],
        cwd=folder or REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_every_room_imports_only_rooms_below_it() -> None:
    done = lint()

    assert done.returncode == 0, done.stdout


def test_the_picture_in_the_design_page_shows_what_is_there() -> None:
    page = (REPOSITORY / "docs" / "design.md").read_text()
    picture = page.partition("```text")[2].partition("```")[0]

    drawn = set(re.findall(r"^  ([\w.]+)/?\s", picture, re.MULTILINE))

    nothing_to_read = {"__init__.py", "__pycache__", "py.typed"}
    assert drawn == {p.name for p in SOURCE.iterdir()} - nothing_to_read


def test_no_room_is_empty() -> None:
    rooms = [p for p in SOURCE.rglob("*") if p.is_dir() and p.name != "__pycache__"]

    assert not [room for room in rooms if len(list(room.glob("*.py"))) < 2]


def test_help_loads_no_verb_and_nothing_heavy() -> None:
    code = (
        "import sys\nfrom railrel.cli import root\n"
        "try:\n    root.main(['--help'], obj={})\nexcept SystemExit:\n    pass\n"
        "print(sorted(n for n in sys.modules if n.startswith('railrel.commands.')), "
        "{'rich', 'httpx', 'git', 'tomlkit', 'twine', 'build'} & set(sys.modules), file=sys.stderr)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY / "release",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stderr.strip() == "[] set()"
