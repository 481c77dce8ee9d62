"""Projects of several shapes, as repositories that workflows are written for."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.workbench import Workbench

REGISTRY = "https://git.example.com/api/packages/acme/pypi"
FORGES = ("gitea", "forgejo", "github")
FOLDERS = {forge: f".{forge}/workflows" for forge in FORGES}
NAME = "tender-api"

_BUILD = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n'
_PROJECT = f'[project]\nname = "{NAME}"\nversion = "1.2.0"\nrequires-python = ">=3.11"\n'
_TESTS = {"tests/test_it.py": "def test_it() -> None:\n    pass\n"}
_APP = {
    "tender_api/__init__.py": "",
    "tender_api/__main__.py": "print('hello')\n",
}

Files = Mapping[str, str]
Tree = dict[str, Any]
"""What YAML holds; its shape is what the tests ask for."""


def library(bench: Workbench) -> Path:
    """No lock, tests with a group."""
    group = '\n[dependency-groups]\ntest = ["pytest>=8"]\n'
    return _made(bench, {"pyproject.toml": f"{_BUILD}{_PROJECT}{group}", **_APP, **_TESTS})


def uv_app(bench: Workbench) -> Path:
    """A uv lock, a program to start, and a group for development."""
    group = '\n[dependency-groups]\ndev = ["pytest>=8"]\n'
    lock = (
        'version = 1\nrequires-python = ">=3.11"\n\n[[package]]\nname = "tender-api"\n'
        'version = "1.2.0"\nsource = { editable = "." }\n'
    )
    files = {"pyproject.toml": f"{_BUILD}{_PROJECT}{group}", "uv.lock": lock, **_APP, **_TESTS}
    return _made(bench, files)


def poetry_app(bench: Workbench) -> Path:
    """Poetry's lock, an optional group."""
    text = (
        '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n\n'
        f'[tool.poetry]\nname = "{NAME}"\nversion = "1.2.0"\ndescription = ""\nauthors = []\n\n'
        "[tool.poetry.group.test]\noptional = true\n\n"
        '[tool.poetry.group.test.dependencies]\npytest = "^8"\n'
    )
    lock = 'package = []\n\n[metadata]\nlock-version = "2.1"\n'
    return _made(bench, {"pyproject.toml": text, "poetry.lock": lock, **_APP, **_TESTS})


def pdm_app(bench: Workbench) -> Path:
    """PDM's lock."""
    lock = '[metadata]\ngroups = ["default"]\nlock_version = "4.5.0"\n'
    files = {"pyproject.toml": f"{_BUILD}{_PROJECT}", "pdm.lock": lock, **_APP, **_TESTS}
    return _made(bench, files)


def pip_site(bench: Workbench) -> Path:
    """Requirements beside a project that is not built."""
    files = {
        "pyproject.toml": _PROJECT,
        "requirements.txt": "django==5.2\n",
        "requirements-dev.txt": "pytest\n",
        **_APP,
        **_TESTS,
    }
    return _made(bench, files)


def from_tags(bench: Workbench) -> Path:
    """The version is in the tags, and there are no tests."""
    text = (
        '[build-system]\nrequires = ["hatchling", "hatch-vcs"]\n'
        'build-backend = "hatchling.build"\n\n'
        f'[project]\nname = "{NAME}"\ndynamic = ["version"]\n\n'
        '[tool.hatch.version]\nsource = "vcs"\n'
    )
    return _made(bench, {"pyproject.toml": text, **_APP})


def monorepo(bench: Workbench) -> Path:
    """Two projects of one repository, in folders with blanks in their names."""
    bench.write("railrel.toml", "")
    root = bench.root / "mono"
    text = '[tool.uv.workspace]\nmembers = ["all packages/*"]\n'
    other = f"{_BUILD}[project]\nname = 'tender-core'\nversion = '2'\n"
    files = {
        "pyproject.toml": text,
        f"all packages/{NAME}/pyproject.toml": f"{_BUILD}{_PROJECT}",
        **{f"all packages/{NAME}/{name}": text for name, text in {**_APP, **_TESTS}.items()},
        "all packages/tender-core/pyproject.toml": other,
    }
    for name, content in files.items():
        bench.write(f"mono/{name}", content)
    bench.write("railrel.toml", 'members = ["mono/all packages/*"]\n')
    bench.commit("mono")
    return root


def private(bench: Workbench) -> Path:
    """railrel itself comes from the team's registry, which wants to know everybody."""
    root = library(bench)
    bench.write(
        "railrel.toml",
        f'railrel-index = "{REGISTRY}/simple/"\nrailrel-version = "0.9"\n'
        'runner = "linux host"\ntoken-secret = "acme_packages"\ntest-command = "make \\"test\\""\n'
        'checkout-action = "actions/checkout@v5"\n',
    )
    return root


SHAPES: Mapping[str, Callable[[Workbench], Path]] = {
    "library": library,
    "uv app": uv_app,
    "poetry app": poetry_app,
    "pdm app": pdm_app,
    "pip site": pip_site,
    "version from tags": from_tags,
    "monorepo": monorepo,
    "private index": private,
}


def ready(bench: Workbench, shape: str = "library") -> tuple[Workbench, Path]:
    """A workbench with the registry set, and the root of the repository."""
    root = SHAPES[shape](bench)
    return bench.having(RAILREL_REGISTRY=REGISTRY), root


def written(root: Path) -> dict[str, str]:
    """The workflows in a repository."""
    paths = sorted(path for folder in FOLDERS.values() for path in (root / folder).glob("*"))
    return {path.relative_to(root).as_posix(): path.read_text() for path in paths}


def read(text: str) -> Tree:
    """A workflow's values, all of them as texts: YAML 1.1 takes `on` for a truth."""
    found: Tree = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 -- the safest of them
    return found


def job_of(text: str) -> Tree:
    """The one job of a workflow."""
    (job,) = read(text)["jobs"].values()
    found: Tree = job
    return found


def step_of(text: str, name: str) -> Tree:
    """One step of its job."""
    found: Tree = next(step for step in job_of(text)["steps"] if step["name"] == name)
    return found


def _made(bench: Workbench, files: Files) -> Path:
    for name, text in files.items():
        bench.write(f"{NAME}/{name}", text)
    bench.commit(NAME)
    return bench.root / NAME
