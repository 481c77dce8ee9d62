"""Which Python an image gets."""

import re

from railrel.errors import Problem
from railrel.images.tree import Tree
from railrel.workspace.pythons import minors, requires_python

_MINOR = re.compile(r"\s*(?:cpython-|python)?(3\.\d+)")


def python_version(tree: Tree, wanted: str = "") -> str | Problem:
    """`3.12`: what was asked for, else `.python-version`, else the lowest that may be used.

    The lowest is what the project promises to work with, and does not change with time.
    """
    if wanted:
        return wanted
    if tree.has(".python-version"):
        found = _MINOR.match(tree.text(".python-version"))
        if found:
            return found[1]
    document = tree.project.document
    written = requires_python(document)
    if not written:
        return Problem(
            f"{tree.project.name} does not say which Python it needs",
            document.at(("project",)),
            'write requires-python = ">=3.11" below [project], or set image-python = "3.12"',
            "no-python",
        )
    admitted = minors(written)
    if not admitted:
        return Problem(
            f"no Python 3 is in {written}",
            document.at(("project", "requires-python")),
            'mend it, or set image-python = "3.12"',
            "no-python",
        )
    return f"3.{admitted[0]}"
