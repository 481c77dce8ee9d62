"""What a Python file says, as Python reads it; nothing of it is run."""

import ast
import re
import warnings
from collections.abc import Iterator

_IMPORT = re.compile(r"^\s*(?:from|import)\s", re.MULTILINE)


def parsed(text: str) -> ast.Module | None:
    """None for what this version of Python cannot read."""
    try:
        with warnings.catch_warnings():
            # About other people's files, which are not ours to judge.
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def imported(text: str) -> frozenset[str]:
    """The first parts of all names that it imports, but for relative ones."""
    module = parsed(text) if _IMPORT.search(text) else None
    return frozenset(_imported(module)) if module else frozenset()


def _imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        match node:
            case ast.Import(names=names):
                yield from (alias.name.partition(".")[0] for alias in names)
            case ast.ImportFrom(module=str(name), level=0):
                yield name.partition(".")[0]
            case _:
                pass
