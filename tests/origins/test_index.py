"""What `railrel index` writes: whole files before and after, with no tool run."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from railrel.errors import ExitCode
from tests.servers.static import serving
from tests.workbench import Workbench

URL = "https://git.example.com/api/packages/acme/pypi"
HEAD = '[project]\nname = "app"\nversion = "1.0"\ndependencies = ["mid>=1", "httpx"]\n'
GROUP = '\n[dependency-groups]\nrailrel-internal = ["core"]\n'
UV_SOURCES = '\n[tool.uv.sources]\ncore = { index = "acme" }\nmid = { index = "acme" }\n'
UV_INDEX = f"""
[[tool.uv.index]]
name = "acme"
url = "{URL}/simple/"
publish-url = "{URL}"
explicit = true
"""
POETRY_SOURCE = f"""
[[tool.poetry.source]]
name = "acme"
url = "{URL}/simple/"
priority = "explicit"
"""
POETRY_GROUP = """
[tool.poetry.group.railrel-internal]
optional = true

[tool.poetry.group.railrel-internal.dependencies]
core = { version = "*", source = "acme" }
"""
PDM = f"""
[[tool.pdm.source]]
name = "acme"
url = "{URL}/simple/"
exclude_packages = ["*"]
include_packages = ["core", "mid"]
"""
EMPTY: Mapping[str, str] = {}

CASES = {
    "uv, told of nothing": ({"uv.lock": ""}, HEAD, HEAD + UV_INDEX + GROUP + UV_SOURCES),
    "uv, told of what is not safe": (
        EMPTY,
        f'{HEAD}[tool.uv] # ours\nindex-strategy = "unsafe-best-match" # why\n'
        f'extra-index-url = ["{URL}/simple", "https://other.example.com/simple"]\n',
        f"{HEAD}[tool.uv] # ours\n# why\n"
        f'extra-index-url = ["https://other.example.com/simple"]\n{UV_INDEX}{GROUP}{UV_SOURCES}',
    ),
    "uv, by an index of another name that is asked for all": (
        {"uv.lock": ""},
        f'{HEAD}[[tool.uv.index]]\nname = "git" # ours\nurl = "{URL}/simple"\n',
        f'{HEAD}[[tool.uv.index]]\nname = "git" # ours\nurl = "{URL}/simple"\nexplicit = true\n'
        f"{GROUP}{UV_SOURCES}".replace('"acme"', '"git"'),
    ),
    "uv, with all from our registry": (
        {"uv.lock": ""},
        f'{HEAD}[[tool.uv.index]]\nurl = "{URL}/simple"\ndefault = true\n',
        f'{HEAD}[[tool.uv.index]]\nurl = "{URL}/simple"\ndefault = true\n',
    ),
    "uv, with a group of names that nobody needs any more": (
        {"uv.lock": ""},
        f'{HEAD}{UV_INDEX}\n[dependency-groups]\nrailrel-internal = ["gone"]\ndev = ["x"]\n{UV_SOURCES}',
        f'{HEAD}{UV_INDEX}\n[dependency-groups]\nrailrel-internal = ["core"]\ndev = ["x"]\n{UV_SOURCES}',
    ),
    "Poetry, with the standard's dependencies": (
        {"poetry.lock": ""},
        HEAD,
        f'{HEAD}{POETRY_SOURCE}\n[tool.poetry.dependencies]\nmid = {{ source = "acme" }}\n{POETRY_GROUP}',
    ),
    "Poetry, with its own and a source that adds to the others": (
        EMPTY,
        '[tool.poetry]\nname = "app"\nversion = "1.0"\n\n[tool.poetry.dependencies]\npython = "^3.11"\n'
        'Mid = "^1" # why\n\n[tool.poetry.group.dev.dependencies]\ncore = [{ version = "^0.2", python = "3" }]\n'
        f'\n[[tool.poetry.source]]\nname = "acme"\nurl = "{URL}/simple/"\npriority = "supplemental" # !\n',
        '[tool.poetry]\nname = "app"\nversion = "1.0"\n\n[tool.poetry.dependencies]\npython = "^3.11"\n'
        'Mid = { version = "^1", source = "acme" } # why\n\n[tool.poetry.group.dev.dependencies]\n'
        'core = [{ version = "^0.2", python = "3", source = "acme" }]\n'
        f'\n[[tool.poetry.source]]\nname = "acme"\nurl = "{URL}/simple/"\npriority = "explicit" # !\n',
    ),
    "PDM": ({"pdm.lock": ""}, HEAD, HEAD + PDM),
    "PDM, with a source that is asked for all": (
        {"pdm.lock": ""},
        f'{HEAD}\n[[tool.pdm.source]]\nname = "acme" # ours\nurl = "{URL}/simple/"\n',
        f'{HEAD}\n[[tool.pdm.source]]\nname = "acme" # ours\nurl = "{URL}/simple/"\n'
        'include_packages = ["core", "mid"]\nexclude_packages = ["*"]\n',
    ),
    "what still comes from a folder": (
        {"uv.lock": "", "poetry.lock": ""},
        HEAD.replace("mid>=1", "core @ file:///nowhere/core"),
        f"{HEAD}{UV_INDEX}{POETRY_SOURCE}".replace("mid>=1", "core @ file:///nowhere/core"),
    ),
    "nothing of ours": (
        {"uv.lock": "", "pdm.lock": ""},
        HEAD.replace('"mid>=1", ', ""),
        HEAD.replace('"mid>=1", ', ""),
    ),
}


def team(bench: Workbench) -> None:
    bench.write("railrel.toml", f'registry = "{URL}"\n')
    bench.library("core", "0.2.3")
    bench.library("mid", "1.0", 'dependencies = ["core>=0.2"]\n')


@pytest.mark.parametrize("case", list(CASES))
def test_ours_come_from_our_index_and_nothing_else_does(bench: Workbench, case: str) -> None:
    files, before, after = CASES[case]
    team(bench)
    bench.write("app/pyproject.toml", before)
    for name, text in files.items():
        bench.write(f"app/{name}", text)
    changes = before != after

    check = bench.railrel("index", "app", "--check")
    first = bench.railrel("index", "app", "--no-lock")
    written = (bench.root / "app" / "pyproject.toml").read_text()
    again = bench.railrel("index", "app", "--check")

    assert check.code == (ExitCode.FOUND if changes else ExitCode.DONE), check.err
    assert first.code == again.code == 0, first.err + again.err
    assert written == after
    if changes:
        assert bench.railrel("index", "app", "--undo").code == 0
        assert (bench.root / "app" / "pyproject.toml").read_text() == before


@pytest.fixture
def with_pip(bench: Workbench, tmp_path: Path) -> Iterator[Workbench]:
    """An app with requirements for pip, and a registry that holds what it takes."""
    team(bench)
    for name, version in (("core", "0.2.3"), ("mid", "1.0")):
        page = tmp_path / "registry/simple" / name / "index.html"
        page.parent.mkdir(parents=True)
        file = f"{name}-{version}-py3-none-any.whl"
        page.write_text(f'<a href="{file}#sha256={"0" * 64}">{file}</a>')
    bench.write("app/pyproject.toml", '[project]\nname = "app"\nversion = "1.0"\n')
    with serving(tmp_path / "registry") as url:
        bench.write("railrel.toml", f'registry = "{url}"\n')
        text = f"--extra-index-url {url}/simple\nmid>=1\n"
        bench.write("app/requirements.txt", text)
        yield bench


def test_what_was_made_for_pip_is_taken_back_with_the_rest(with_pip: Workbench) -> None:
    bench = with_pip
    before = bench.snapshot(bench.root / "app")
    assert bench.railrel("index", "app").code == 0
    assert "core==0.2.3\nmid==1.0\n" in (bench.root / "app/internal-constraints.txt").read_text()

    diff = bench.railrel("index", "app", "--undo", "--diff")
    undone = bench.railrel("index", "app", "--undo")

    assert "--- a/app/internal-constraints.txt\n+++ /dev/null\n" in diff.out
    assert "-mid==1.0\n" in diff.out
    assert undone.out == (
        "app: app/requirements.txt as it was before\napp: app/internal-constraints.txt gone again\n"
    )
    assert bench.snapshot(bench.root / "app") == before
    assert bench.railrel("index", "app", "--undo").code == ExitCode.USAGE


def test_what_was_made_for_pip_again_is_taken_back_to_what_it_was(with_pip: Workbench) -> None:
    bench = with_pip
    pins = bench.write("app/internal-constraints.txt", "# mine\nmid==0.9\n")
    assert bench.railrel("index", "app").code == 0
    assert pins.read_text() != "# mine\nmid==0.9\n"

    assert bench.railrel("index", "app", "--undo", "--json").code == 0

    assert pins.read_text() == "# mine\nmid==0.9\n"


def test_what_was_made_for_pip_and_changed_since_is_left(with_pip: Workbench) -> None:
    bench = with_pip
    assert bench.railrel("index", "app").code == 0
    pins = bench.root / "app/internal-constraints.txt"
    pins.write_text(pins.read_text() + "other==1\n")
    edited = bench.snapshot(bench.root / "app")

    refused = bench.railrel("index", "app", "--undo")
    kept = bench.snapshot(bench.root / "app")
    pins.unlink()
    allowed = bench.railrel("index", "app", "--undo")

    assert refused.code == ExitCode.CONFLICT
    assert "internal-constraints.txt was changed since railrel made it" in refused.err
    assert f"rm '{pins}'" in refused.err
    assert kept == edited
    assert allowed.code == 0
    assert "--extra-index-url" in (bench.root / "app/requirements.txt").read_text()


def test_pipfile_names_the_index_of_each_category_by_what_it_needs(bench: Workbench) -> None:
    team(bench)
    bench.write("app/pyproject.toml", '[project]\nname = "app"\nversion = "1.0"\n')
    bench.write("app/Pipfile", '[packages]\nmid = "*" # why\n\n[dev-packages]\npytest = "*"\n')

    assert bench.railrel("index", "app", "--no-lock").code == 0

    assert (bench.root / "app" / "Pipfile").read_text() == (
        '[packages]\nmid = { version = "*", index = "acme" } # why\n'
        'core = { version = "*", index = "acme" }\n\n[dev-packages]\npytest = "*"\n'
        '\n[[source]]\nname = "pypi"\nurl = "https://pypi.org/simple"\nverify_ssl = true\n'
        f'\n[[source]]\nname = "acme"\nurl = "{URL}/simple/"\nverify_ssl = true\n'
    )


def test_names_that_a_setting_adds_are_ours_and_those_that_it_takes_out_are_not(
    bench: Workbench,
) -> None:
    team(bench)
    bench.write("railrel.toml", f'registry = "{URL}"\ninternal = ["acme-*", "!core", "!mid"]\n')
    bench.write("app/pyproject.toml", HEAD.replace('"httpx"', '"Acme.Tools"'))
    bench.write("app/pdm.lock", '[[package]]\nname = "acme-deep"\n')

    report = bench.railrel("index", "app", "--dry-run", "--offline", "--json").json

    (project,) = list_of(report["projects"])
    assert project["packages"] == ["acme-tools"]
    assert project["further_packages"] == ["acme-deep"]
    assert project["tools"] == ["pdm"]


def list_of(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list)
    return value


def test_tools_that_are_named_are_told_whatever_the_files_say(bench: Workbench) -> None:
    team(bench)
    bench.write("app/pyproject.toml", HEAD)

    untold = bench.railrel("index", "app")
    told = bench.railrel("index", "app", "--for", "uv,pdm", "--diff")
    unknown = bench.railrel("index", "app", "--for", "conda")

    assert untold.code == ExitCode.FOUND
    assert "no file tells which tool installs it" in untold.err
    assert '+include_packages = ["core", "mid"]' in told.out
    assert "+[[tool.uv.index]]" in told.out
    assert (bench.root / "app" / "pyproject.toml").read_text() == HEAD
    assert unknown.code == ExitCode.USAGE
    assert "--for pip,uv,poetry,pdm,pipenv" in unknown.err


def test_a_source_that_leads_to_another_index_is_left_to_a_person(bench: Workbench) -> None:
    team(bench)
    other = '[tool.uv.sources]\nmid = { index = "other" }\n[[tool.uv.index]]\nname = "other"\nurl = "https://x"\n'
    bench.write("app/pyproject.toml", HEAD + other)

    result = bench.railrel("index", "app", "--no-lock")

    assert result.code == ExitCode.FOUND
    assert "mid is ours and is taken from the index other" in result.err
    assert f"{bench.root}/app/pyproject.toml:6:1" in result.err


def test_an_index_of_our_name_that_leads_elsewhere_stops_it(bench: Workbench) -> None:
    team(bench)
    table = '[[tool.uv.index]]\nname = "acme"\nurl = "https://elsewhere.example.com/simple"\n'
    bench.write("app/pyproject.toml", HEAD + table)

    result = bench.railrel("index", "app")

    assert result.code == ExitCode.USAGE
    assert "the index acme is already another" in result.err
    assert (bench.root / "app" / "pyproject.toml").read_text() == HEAD + table


def test_a_registry_that_is_a_folder_cannot_be_named(bench: Workbench) -> None:
    bench.library()

    result = bench.railrel("index", "issue-core")

    assert result.code == ExitCode.USAGE
    assert "no project's files can name" in result.err


@pytest.mark.parametrize("name", ["pyproject.toml", "requirements.txt", "Pipfile"])
def test_files_that_are_not_utf_8_end_in_a_clear_error_or_are_left(
    bench: Workbench, name: str
) -> None:
    team(bench)
    bench.write("app/pyproject.toml", HEAD + "[tool.uv]\n")
    data = b'[packages]\nmid = "\xff"\n' if name == "Pipfile" else HEAD.encode() + b"# \xff\n"
    path = bench.write(f"app/{name}", data)

    result = bench.railrel("index", "app", "--no-lock")

    assert path.read_bytes() == data
    assert result.code == (0 if name == "requirements.txt" else ExitCode.USAGE), result.err
    assert result.code == 0 or f"{name} is not UTF-8" in result.err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
def test_a_file_that_cannot_be_written_changes_nothing(bench: Workbench) -> None:
    team(bench)
    path = bench.write("app/pyproject.toml", HEAD + "[tool.uv]\n")
    path.parent.chmod(0o555)

    result = bench.railrel("index", "app", "--no-lock")

    path.parent.chmod(0o755)
    assert result.code == ExitCode.REFUSED
    assert path.read_text() == HEAD + "[tool.uv]\n"


def test_several_runs_at_once_end_as_one_does(bench: Workbench) -> None:
    team(bench)
    bench.write("app/pyproject.toml", HEAD + "[tool.uv]\n")
    assert bench.railrel("index", "app", "--offline").code == 0
    done = (bench.root / "app" / "pyproject.toml").read_text()
    bench.write("app/pyproject.toml", HEAD + "[tool.uv]\n")

    runs = [bench.start("index", "app", "--offline") for _ in range(4)]

    codes = {run.wait(60) for run in runs}
    assert codes <= {ExitCode.DONE, ExitCode.CONFLICT}
    assert ExitCode.DONE in codes
    assert (bench.root / "app" / "pyproject.toml").read_text() == done
