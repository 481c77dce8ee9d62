"""What is installed in the place of a neighbour: it, its own neighbours, and what they need."""

from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from railrel.documents import Document
from railrel.images.siblings import Sibling, needed, sibling
from railrel.workspace.projects import project_of

ROOT = Path("/work")


def read(text: str) -> Sibling:
    project = project_of(Document(ROOT / "Mail_Kit/pyproject.toml", text.encode()))
    assert project
    return sibling(project, ">=1,<2")


def test_a_project_tells_what_it_requires() -> None:
    found = read(
        '[project]\nname = "Mail_Kit"\nversion = "1.0"\ndependencies = ["a>=1", "b"]\n'
        '[project.optional-dependencies]\nHTML_Mail = ["c"]\n'
    )

    assert found == Sibling(
        "Mail_Kit", ROOT / "Mail_Kit", ">=1,<2", ("a>=1", "b"), {"html-mail": ("c",)}
    )


@pytest.mark.parametrize(
    "text",
    [
        '[project]\nname = "k"\nversion = "1"\ndynamic = ["dependencies"]\n',
        '[tool.poetry]\nname = "k"\nversion = "1"\n[tool.poetry.dependencies]\na = "^1"\n',
        '[project]\nname = "k"\nversion = "1"\n[tool.poetry.dependencies]\na = "^1"\n',
    ],
    ids=["dynamic", "Poetry", "Poetry beside [project]"],
)
def test_what_only_a_tool_knows_is_not_told(text: str) -> None:
    assert read(text).requires is None


def test_neighbours_of_neighbours_are_internal_too_in_a_circle_as_well() -> None:
    siblings = {
        one.key: one
        for one in (
            Sibling("A", ROOT, ">=1,<2", ("b>=2.1; python_version<'4'", "x")),
            Sibling("b", ROOT, ">=2,<3", ("a[all]", "c @ ../c", "y ; os_name == 'nt'")),
            Sibling("c", ROOT, "~=3.0", None),
        )
    }

    result = needed([(canonicalize_name("A"), frozenset())], siblings)

    assert result.internal == (
        "'A[all]>=1,<2'",
        "'b>=2,<3,>=2.1 ; python_version < \"4\"'",
        "'c~=3.0'",
    )
    assert result.public == ("'x'", "'y ; os_name == \"nt\"'")
    assert [one.name for one in result.untold] == ["c"]
