"""Workspaces that put a member's folder in the place of its name: PDM's, and Hatch environments'."""

import re
from collections.abc import Iterator

from railrel.dependencies.listed import at_keys
from railrel.dependencies.references import Around, Finding
from railrel.documents import Document, KeyPath
from railrel.errors import Problem

ID = "workspace-members"
TITLE = "members of `tool.pdm.workspace` and of Hatch environments' `workspace`"
FILES = ("pyproject.toml", "hatch.toml")
MARKS = re.compile(rb"members")

_HATCH = ("envs", "*", "workspace", "members")


def find(source: Document, around: Around) -> Iterator[Finding]:
    """Each member that lies outside the project's folder, and each list of PDM's."""
    for path, value in at_keys(source.values, ("tool", "pdm", "workspace", "members")):
        if value:
            yield _finding(source, path, "PDM takes each member of its workspace from its folder")
    prefix = () if source.path.name == "hatch.toml" else ("tool", "hatch")
    for path, value in at_keys(source.values, (*prefix, *_HATCH)):
        for index, item in enumerate(value if isinstance(value, list) else []):
            written = item.get("path") if isinstance(item, dict) else item
            if isinstance(written, str) and written.startswith(".."):
                message = f"the environment takes {written} from its folder"
                yield _finding(source, (*path, index), message)
    del around


def _finding(source: Document, path: KeyPath, message: str) -> Finding:
    return Finding(
        Problem(
            message,
            source.at(path),
            "for images list it by name and range; keep this for development",
            "workspace-member",
        ),
        "development",
    )
