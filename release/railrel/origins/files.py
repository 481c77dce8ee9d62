"""Which files are looked at for lines that let packages come from elsewhere."""

from typing import Final

from railrel.dependencies.reported.mentions import COMMANDS, COMPOSE, DOCKERFILES
from railrel.dependencies.syntaxes import requirement_files

LARGEST: Final = 2_000_000
"""Bytes. Nobody writes that much by hand."""

GLOBS: Final = tuple(
    dict.fromkeys(
        (
            *(
                "pyproject.toml",
                "uv.toml",
                "poetry.toml",
                "pdm.toml",
                "Pipfile",
                "pixi.toml",
                "hatch.toml",
            ),
            *("pip.conf", "pip.ini", ".pypirc", ".env", ".env.*", ".envrc"),
            *("setup.cfg", "tox.ini", "tox.toml", "noxfile.py"),
            *("environment*.yml", "environment*.yaml", ".pre-commit-config.yaml"),
            *requirement_files.FILES,
            *DOCKERFILES,
            *COMPOSE,
            *COMMANDS,
        )
    )
)
