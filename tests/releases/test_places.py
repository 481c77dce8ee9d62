"""Where a version is written, and that nothing else changes with it."""

from pathlib import Path

import pytest

from railrel.documents import read
from railrel.errors import Problem
from railrel.releases.places import places_of, with_version
from railrel.workspace.projects import Project, project_of

CASES: dict[str, dict[str, tuple[str, str]]] = {
    "project.version": {
        "pyproject.toml": (
            "[project]\nname = 'core'  # us\nversion = '1.2.3'  # now\n",
            "[project]\nname = 'core'  # us\nversion = '1.3.0'  # now\n",
        )
    },
    "poetry": {
        "pyproject.toml": (
            '[tool.poetry]\nname = "core"\nversion = "1.2.3"\r\n',
            '[tool.poetry]\nname = "core"\nversion = "1.3.0"\r\n',
        )
    },
    "both tables": {
        "pyproject.toml": (
            '[project]\nname = "core"\nversion = "1.2.3"\n[tool.poetry]\nversion = "1.2.3"\n',
            '[project]\nname = "core"\nversion = "1.3.0"\n[tool.poetry]\nversion = "1.3.0"\n',
        )
    },
    "a package that says the same": {
        "pyproject.toml": (
            'project = { name = "core", version = "1.2.3" }\n',
            'project = { name = "core", version = "1.3.0" }\n',
        ),
        "src/core/__init__.py": (
            '"""Ä."""\n\n__version__: str = "1.2.3"  # see pyproject.toml\n',
            '"""Ä."""\n\n__version__: str = "1.3.0"  # see pyproject.toml\n',
        ),
    },
    "a package that says something else": {
        "pyproject.toml": (
            '[project]\nname = "core"\nversion = "1.2.3"\n',
            '[project]\nname = "core"\nversion = "1.3.0"\n',
        ),
        "core/__init__.py": ('__version__ = "7"\n', '__version__ = "7"\n'),
    },
    "hatch": {
        "pyproject.toml": (
            '[project]\nname = "core"\ndynamic = ["version"]\n'
            '[tool.hatch.version]\npath = "core/about.py"\n',
        ) * 2,
        "core/about.py": ("a = 1\r\n__version__ = 'v1.2.3'\r\n", "a = 1\r\n__version__ = 'v1.3.0'\r\n"),
    },
    "hatch with a pattern": {
        "pyproject.toml": (
            '[project]\nname = "core"\ndynamic = ["version"]\n'
            '[tool.hatch.version]\npath = "VERSION"\npattern = "^now: (?P<version>.*)$"\n',
        ) * 2,
        "VERSION": ("was: 1\r\nnow: 1.2.3\r\n", "was: 1\r\nnow: 1.3.0\r\n"),
    },
    "setuptools' attribute": {
        "pyproject.toml": (
            '[project]\nname = "core"\ndynamic = ["version"]\n'
            '[tool.setuptools.dynamic]\nversion = { attr = "core.RELEASE" }\n',
        ) * 2,
        "src/core/__init__.py": ("RELEASE = '1.2.3'\n", "RELEASE = '1.3.0'\n"),
    },
    "setuptools' file": {
        "pyproject.toml": (
            '[project]\nname = "core"\ndynamic = ["version"]\n'
            '[tool.setuptools.dynamic]\nversion = { file = "VERSION" }\n',
        ) * 2,
        "VERSION": ("  1.2.3\n\n", "  1.3.0\n\n"),
    },
    "pdm": {
        "pyproject.toml": (
            '[project]\nname = "core"\ndynamic = ["version"]\n'
            '[tool.pdm.version]\nsource = "file"\npath = "core.py"\n',
        ) * 2,
        "core.py": ('__version__ = "1.2.3"\n', '__version__ = "1.3.0"\n'),
    },
    "flit": {
        "pyproject.toml": (
            '[build-system]\nbuild-backend = "flit_core.buildapi"\n'
            '[project]\nname = "core"\ndynamic = ["version"]\n',
        ) * 2,
        "core.py": ('"""Core."""\n__version__ = "1.2.3"\n', '"""Core."""\n__version__ = "1.3.0"\n'),
    },
    "tags": {
        "pyproject.toml": (
            '[project]\nname = "core"\ndynamic = ["version"]\n[tool.hatch.version]\nsource = "vcs"\n',
        ) * 2,
    },
}  # fmt: skip


def laid(folder: Path, files: dict[str, str]) -> Project:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    found = project_of(read(folder / "pyproject.toml"))
    assert found
    return found


@pytest.mark.parametrize("case", CASES)
def test_the_version_changes_where_it_is_written_and_nothing_else_does(
    case: str, tmp_path: Path
) -> None:
    files = CASES[case]
    project = laid(tmp_path, {name: before for name, (before, _) in files.items()})

    places = places_of(project)
    assert not isinstance(places, Problem)
    for change in with_version(places, "1.3.0"):
        change.path.write_bytes(change.after)

    now = {name: (tmp_path / name).read_bytes().decode() for name in files}
    assert now == {name: after for name, (_, after) in files.items()}


def test_a_version_in_pieces_is_told(tmp_path: Path) -> None:
    project = laid(
        tmp_path,
        {
            "pyproject.toml": '[project]\nname = "core"\ndynamic = ["version"]\n'
            '[tool.setuptools.dynamic]\nversion = { attr = "core.VERSION" }\n',
            "core.py": "VERSION = '1.2' '.3'\n",
        },
    )

    told = places_of(project)

    assert isinstance(told, Problem)
    assert told.rule == "version-in-pieces"
    assert str(project.version) == "1.2.3"
