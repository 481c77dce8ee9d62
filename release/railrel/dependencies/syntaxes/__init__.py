"""The ways in which a `pyproject.toml` names a neighbour: one a file, listed here."""

from railrel.dependencies.references import Syntax
from railrel.dependencies.syntaxes import pep508_url, poetry_path, uv_sources

SYNTAXES: tuple[Syntax, ...] = (pep508_url, uv_sources, poetry_path)
