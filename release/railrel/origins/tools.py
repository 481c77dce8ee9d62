"""The tools that can be told, and which of them a project uses."""

from collections.abc import Collection, Mapping
from pathlib import Path

from railrel.documents import Document
from railrel.origins import pdm, pipenv, poetry, uv
from railrel.origins.protocol import Tool

TOOLS: tuple[Tool, ...] = (uv, poetry, pdm, pipenv)
PIP = "pip"
"""It can be told nothing of the kind; `pip.py` does what can be done."""
IDS = (PIP, *(tool.ID for tool in TOOLS))


def used(
    pyproject: Document, beside: Mapping[str, Path], said: Collection[str] = ()
) -> tuple[Tool, ...]:
    """Those that the files of the project tell of, or those that are said."""
    return tuple(
        tool
        for tool in TOOLS
        if (tool.ID in said if said else tool.claims(pyproject, beside))
        if tool.FILE == "pyproject.toml" or tool.FILE in beside
    )
