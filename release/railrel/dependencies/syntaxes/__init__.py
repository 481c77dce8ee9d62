"""The ways of naming a neighbour that can be changed without guessing: one a file, listed here."""

from railrel.dependencies.references import Syntax
from railrel.dependencies.syntaxes import (
    conda_pip,
    pdm_groups,
    pep508_url,
    pipfile,
    pixi,
    poetry_path,
    requirement_files,
    scripts,
    setup_cfg,
    setup_py,
    uv_sources,
)
from railrel.documents import Document
from railrel.sources import Source

TOML: tuple[Syntax[Document], ...] = (
    pep508_url,
    uv_sources,
    poetry_path,
    pdm_groups,
    pipfile,
    pixi,
)
TEXT: tuple[Syntax[Source], ...] = (requirement_files, setup_cfg, setup_py, conda_pip, scripts)
