"""Locks are made again by their own real tools, upgrade nothing else, and fit without the sibling."""

import contextlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

import pytest

from railrel.distributions.artefacts import inspect
from railrel.distributions.environments import install_environment
from railrel.errors import ExitCode
from railrel.registries import choose
from railrel.settings import resolve
from tests.servers.install import TOOLS, is_tool_ready, tool_command
from tests.servers.missing import need
from tests.servers.static import serving
from tests.waiting import eventually
from tests.wheels import library_without_needs, wheel
from tests.workbench import Result, Workbench


@dataclass(frozen=True)
class Shop:
    """A workspace with a served index that can be stocked."""

    bench: Workbench
    index: Path
    url: str

    def stock(self, name: str, version: str) -> None:
        """Put a wheel into the index."""
        root = self.bench.root
        settings = resolve(
            flags={"registry": str(self.index)}, environment={}, start=root, project=None,
            workspace=root, user=root,
        )  # fmt: skip
        path = wheel(self.bench.root.parent / "wheels", name, version, "Requires-Python: >=3.11\n")
        choose(settings, root, self.bench.world(), lambda _: None).upload(inspect(path))

    @property
    def app(self) -> Path:
        return self.bench.root / "app"

    def tool(self, tool: str, *arguments: str, **variables: str) -> str:
        """Run a real tool in the app's folder."""
        return self.bench.call([str(need(tool)), *arguments], self.app, **variables)

    def uv(self, *arguments: str, **variables: str) -> str:
        environment = {**install_environment(self.bench.world()), **variables}
        return self.bench.call([sys.executable, "-m", "uv", *arguments], self.app, **environment)

    def later(self) -> None:
        """Newer versions come out: of ours, and of something that is to stay as it is locked."""
        self.stock("zz-canary", "2.0")
        self.stock("issue-core", "0.2.4")
        self.stock("issue-core", "0.3.0")

    def fixed(self, *arguments: str) -> Result:
        """Fix the app; its folder holds the same files afterwards."""
        before = self.names()
        tools = {str(tool_command(tool).parent) for tool in TOOLS if is_tool_ready(tool)}
        path = ":".join([*sorted(tools), self.bench.environment["PATH"]])
        result = self.bench.having(PATH=path).railrel("fix-deps", "app", *arguments)
        assert self.names() == before
        return result

    def names(self) -> list[str]:
        """The app's files, without those that a killed run was just preparing."""
        return sorted(p.name for p in self.app.iterdir() if ".railrel-" not in p.name)

    def put(self, files: Mapping[str, bytes]) -> None:
        for name, data in files.items():
            (self.app / name).write_bytes(data)

    def without_sibling(self) -> None:
        shutil.move(self.bench.root / "issue-core", self.bench.root.parent / "away")


@pytest.fixture
def shop(bench: Workbench) -> Iterator[Shop]:
    index = bench.root.parent / "shop"
    with serving(index) as url:
        made = Shop(bench, index, url)
        bench.write(
            "railrel.toml",
            f'registry = "{url}/upload/"\nindex-url = "{url}/simple/"\nindex-name = "acme"\n',
        )
        library_without_needs(bench.root / "issue-core", "issue-core", "0.2.3")
        made.stock("zz-canary", "1.0")
        made.stock("issue-core", "0.2.3")
        yield made


def pyproject(*more: str) -> str:
    head = '[project]\nname = "app"\nversion = "1.0"\nrequires-python = ">=3.11"\n'
    return head + "\n".join(more) + "\n"


PIPENV = {"PIPENV_NOSPIN": "1", "PIPENV_YES": "1", "PIPENV_IGNORE_VIRTUALENVS": "1"}
UV = pyproject(
    'dependencies = ["issue-core", "zz-canary"]',
    "[tool.uv.sources]",
    'issue-core = { path = "../issue-core", editable = true }',
    'zz-canary = { index = "acme" }',
    "[[tool.uv.index]]",
    'name = "acme"',
    'url = "{url}/simple/"',
    "explicit = true",
)


def test_uv(shop: Shop) -> None:
    shop.bench.write("app/pyproject.toml", UV.replace("{url}", shop.url))
    shop.uv("lock")
    shop.later()

    result = shop.fixed()

    assert (result.code, result.err) == (0, result.err)
    lock = (shop.app / "uv.lock").read_text()
    assert "../issue-core" not in lock
    assert 'name = "zz-canary"\nversion = "1.0"' in lock
    assert 'name = "issue-core"\nversion = "0.2.4"' in lock
    shop.without_sibling()
    shop.uv("lock", "--check")


def test_uv_with_the_source_kept_for_development(shop: Shop) -> None:
    shop.bench.write("app/pyproject.toml", UV.replace("{url}", shop.url))
    shop.uv("lock")
    shop.later()

    result = shop.fixed("--keep-source")

    text = (shop.app / "pyproject.toml").read_text()
    lock = (shop.app / "uv.lock").read_text()
    assert result.code == 0, result.err
    assert '"issue-core>=0.2,<0.3"' in text
    assert 'path = "../issue-core", editable = true' in text
    assert "../issue-core" not in lock
    assert 'name = "zz-canary"\nversion = "1.0"' in lock
    assert shop.fixed("--keep-source", "--check").code == 0

    # Somebody locks for development and commits that.
    shop.uv("lock")
    assert "../issue-core" in (shop.app / "uv.lock").read_text()
    check = shop.fixed("--keep-source", "--check")
    assert check.code == ExitCode.FOUND
    assert "uv.lock takes ../issue-core from this machine" in check.err

    assert shop.fixed("--keep-source").code == 0
    shop.without_sibling()
    shop.uv("venv", "--quiet")
    shop.uv("sync", "--frozen", "--no-install-project")


def test_the_setting_keeps_the_source_as_the_option_does(shop: Shop) -> None:
    more = '[tool.railrel]\nkeep-source = "yes"\n'
    shop.bench.write("app/pyproject.toml", UV.replace("{url}", shop.url) + more)

    assert shop.fixed().code == 0

    assert 'path = "../issue-core", editable' in (shop.app / "pyproject.toml").read_text()


def test_members_of_a_uv_workspace_share_the_lock_of_its_root(shop: Shop) -> None:
    write = shop.bench.write
    write(
        "app/pyproject.toml",
        pyproject(
            'dependencies = ["web"]',
            "[tool.uv]",
            'workspace.members = ["web", "lib"]',
            "sources.web.workspace = true",
        ),
    )
    for name, needs in (("web", '["issue-core", "lib"]'), ("lib", "[]")):
        write(
            f"app/{name}/pyproject.toml",
            pyproject(f"dependencies = {needs}").replace('"app"', f'"{name}"')
            + '[tool.uv.sources]\nissue-core = { path = "../../issue-core" }\nlib.workspace = true\n'
            * (name == "web"),
        )
    shop.uv("lock")
    assert "../issue-core" in (shop.app / "uv.lock").read_text()

    result = shop.bench.railrel("fix-deps", "app", "web", "lib")

    assert result.code == 0, result.err
    assert result.err.count("making uv.lock again") == 1
    assert "../issue-core" not in (shop.app / "uv.lock").read_text()
    shop.without_sibling()
    shop.uv("lock", "--check")


def test_a_path_that_stays_leads_where_it_did(shop: Shop) -> None:
    library_without_needs(shop.bench.root / "dev-lib", "dev-lib", "1.0")
    group = '[dependency-groups]\ndev = ["dev-lib"]\n'
    text = UV.replace("{url}", shop.url) + group
    text = text.replace("sources]\n", 'sources]\ndev-lib = { path = "../dev-lib" }\n')
    shop.bench.write("app/pyproject.toml", text)
    shop.uv("lock")
    before = shop.bench.snapshot(shop.bench.root / "dev-lib")

    result = shop.fixed("--for", "publish")

    lock = (shop.app / "uv.lock").read_text()
    assert result.code == 0, result.err
    assert 'directory = "../dev-lib"' in lock
    assert "../issue-core" not in lock
    assert shop.bench.snapshot(shop.bench.root / "dev-lib") == before
    shop.uv("lock", "--check")
    # That it leads there is no work: neither for a publish nor for the run that would do it.
    again = shop.fixed("--for", "publish")
    check = shop.fixed("--for", "publish", "--check")
    assert (again.code, check.code) == (0, 0), check.err
    assert "making" not in again.err
    assert shop.fixed("--check").code == ExitCode.FOUND


def with_a_dev_path(shop: Shop) -> str:
    """Poetry's table with a path that a publish needs, and a group with one that it does not."""
    library_without_needs(shop.bench.root / "dev-lib", "dev-lib", "1.0")
    return f"""\
        [tool.poetry]
        name = "app"
        version = "1.0"
        package-mode = false
        [tool.poetry.dependencies]
        python = ">=3.11"
        issue-core = {{ path = "../issue-core", develop = true }}
        [tool.poetry.group.dev.dependencies]
        dev-lib = {{ path = "../dev-lib" }}
        [[tool.poetry.source]]
        name = "acme"
        url = "{shop.url}/simple/"
        priority = "explicit"
        """


def test_poetry_s_path_that_stays_leads_where_it_did(shop: Shop) -> None:
    shop.bench.write("app/pyproject.toml", with_a_dev_path(shop))
    lock_with(shop, "poetry")
    before = shop.bench.snapshot(shop.bench.root / "dev-lib")

    result = shop.fixed("--for", "publish")

    lock = (shop.app / "poetry.lock").read_text()
    assert result.code == 0, result.err
    assert 'url = "../dev-lib"' in lock
    assert "../issue-core" not in lock
    assert shop.bench.snapshot(shop.bench.root / "dev-lib") == before
    lock_with(shop, "poetry", "--check")
    assert "making" not in shop.fixed("--for", "publish").err
    assert shop.fixed("--for", "publish", "--check").code == 0


def test_poetry_s_path_that_is_kept_leads_where_it_did_and_is_no_work_for_the_lock(
    shop: Shop,
) -> None:
    source = (
        f'[[tool.poetry.source]]\nname = "acme"\nurl = "{shop.url}/simple/"\npriority = "explicit"'
    )
    shop.bench.write(
        "app/pyproject.toml",
        pyproject(
            'dependencies = ["issue-core"]',
            "[tool.poetry.dependencies]",
            'issue-core = { path = "../issue-core", develop = true }',
            source,
        ),
    )
    lock_with(shop, "poetry")

    result = shop.fixed("--keep-source")

    assert result.code == ExitCode.FOUND
    assert "Poetry locks the path" in result.err
    assert 'url = "../issue-core"' in (shop.app / "poetry.lock").read_text()
    check = shop.fixed("--keep-source", "--check")
    assert check.code == ExitCode.FOUND
    assert "makes it again" not in check.err
    assert "making" not in shop.fixed("--keep-source").err


def test_pip_compile_s_path_that_stays_leads_where_it_did(shop: Shop) -> None:
    library_without_needs(shop.bench.root / "dev-lib", "dev-lib", "1.0")
    head = pyproject("[tool.setuptools.dynamic]", 'dependencies = { file = ["needs.in"] }')
    head = head.replace('version = "1.0"', 'version = "1.0"\ndynamic = ["dependencies"]')
    shop.bench.write("app/pyproject.toml", head)
    shop.bench.write(
        "app/needs.in", f"--index-url {shop.url}/simple/\nissue-core @ ../issue-core\n"
    )
    shop.bench.write("app/requirements.in", "-e ../dev-lib\n")
    header = "# This file is autogenerated by pip-compile with Python 3.11\n# by the following command:\n#\n"
    command = "#    pip-compile --output-file=requirements.txt needs.in requirements.in\n"
    shop.bench.write("app/requirements.txt", header + command)

    result = shop.fixed("--for", "publish")

    lines = (shop.app / "requirements.txt").read_text().splitlines()
    assert result.code == 0, result.err
    assert "issue-core==0.2.3" in lines
    assert f"-e {(shop.bench.root / 'dev-lib').as_uri()}" in lines
    assert "making" not in shop.fixed("--for", "publish").err


@pytest.fixture
def local(shop: Shop) -> Shop:
    """A workspace whose registry is its own folder."""
    shop.bench.write("railrel.toml", "")
    made = replace(shop, index=shop.bench.root / ".railrel" / "index", url="")
    made.stock("issue-core", "0.2.3")
    return made


UV_ALONE = pyproject(
    'dependencies = ["issue-core"]',
    "[tool.uv.sources]",
    'issue-core = { path = "../issue-core" }',
)


def test_a_lock_made_from_the_local_index_is_no_work_and_is_said_to_be_for_this_machine(
    local: Shop,
) -> None:
    local.bench.write("app/pyproject.toml", UV_ALONE)
    local.uv("lock")

    first = local.fixed()
    lock = (local.app / "uv.lock").read_text()
    again = local.fixed()
    check = local.fixed("--check")
    local.bench.git("app", "init", "-q")
    local.bench.git("app", "add", "-A")
    staged = local.bench.railrel("fix-deps", "--check", "--staged", folder="app")

    assert (first.code, again.code, check.code, staged.code) == (0, 0, 0, 0), check.err
    assert str(local.index) in lock
    assert (local.app / "uv.lock").read_text() == lock
    for result in (first, again, check, staged):
        assert result.err.count("uv.lock is made from the folder") == 1
        assert "which neither an image nor anybody else has" in result.err
    assert "making" in first.err
    assert "making" not in again.err


def test_once_there_is_a_server_what_came_from_the_local_index_comes_from_there(
    local: Shop, shop: Shop
) -> None:
    settings = (
        f'registry = "{shop.url}/upload/"\nindex-url = "{shop.url}/simple/"\nindex-name = "acme"\n'
    )
    local.bench.write("app/pyproject.toml", UV_ALONE)
    local.uv("lock")
    assert local.fixed().code == 0
    fixed = (local.app / "pyproject.toml").read_text()

    local.bench.write("railrel.toml", settings)
    check = local.fixed("--check")
    result = local.fixed()

    assert check.code == ExitCode.FOUND
    assert result.code == 0, result.err
    tables = TABLES["uv"].format(url=shop.url)
    assert (local.app / "pyproject.toml").read_text() == fixed + tables
    lock = (local.app / "uv.lock").read_text()
    assert str(local.index) not in lock
    assert f'source = {{ registry = "{shop.url}/simple/" }}' in lock
    assert local.fixed("--check").code == 0


def test_one_member_is_fixed_while_another_keeps_its_path(shop: Shop) -> None:
    write = shop.bench.write
    write("app/pyproject.toml", pyproject("[tool.uv]", 'workspace.members = ["one", "two"]'))
    for name in ("one", "two"):
        write(
            f"app/{name}/pyproject.toml",
            pyproject('dependencies = ["issue-core"]').replace('"app"', f'"{name}"')
            + '[tool.uv.sources]\nissue-core = { path = "../../issue-core" }\n',
        )
    shop.uv("lock")

    result = shop.bench.railrel("fix-deps", "one")

    assert result.code == 0, result.err
    assert '"../../issue-core"' in (shop.app / "two" / "pyproject.toml").read_text()
    shop.uv("lock", "--check")
    again = shop.bench.railrel("fix-deps", "one")
    assert (again.code, "making" in again.err) == (0, False)
    assert shop.bench.railrel("fix-deps", "one", "--check").code == 0


def test_poetry(shop: Shop) -> None:
    shop.bench.write(
        "app/pyproject.toml",
        f"""\
        [tool.poetry]
        name = "app"
        version = "1.0"
        package-mode = false
        [tool.poetry.dependencies]
        python = ">=3.11"
        issue-core = {{ path = "../issue-core", develop = true }}
        zz-canary = {{ version = "*", source = "acme" }}
        [[tool.poetry.source]]
        name = "acme"
        url = "{shop.url}/simple/"
        priority = "explicit"
        """,
    )
    shop.tool("poetry", "lock", POETRY_VIRTUALENVS_CREATE="false")
    shop.later()

    result = shop.fixed()

    assert result.code == 0, result.err
    lock = (shop.app / "poetry.lock").read_text()
    assert "../issue-core" not in lock
    assert 'name = "zz-canary"\nversion = "1.0"' in lock
    shop.without_sibling()
    shop.tool("poetry", "check", "--lock", POETRY_VIRTUALENVS_CREATE="false")


def test_poetry_has_no_way_to_keep_the_source_and_is_said_to_have_none(shop: Shop) -> None:
    shop.bench.write(
        "app/pyproject.toml",
        pyproject(
            'dependencies = ["issue-core"]',
            "[tool.poetry.dependencies]",
            'issue-core = { path = "../issue-core", develop = true }',
        ),
    )

    result = shop.fixed("--keep-source")

    text = (shop.app / "pyproject.toml").read_text()
    assert result.code == ExitCode.FOUND
    assert "Poetry locks the path" in result.err
    assert 'dependencies = ["issue-core>=0.2,<0.3"]' in text
    assert 'issue-core = { path = "../issue-core", develop = true }' in text


def test_pdm(shop: Shop) -> None:
    shop.bench.write(
        "app/pyproject.toml",
        pyproject(
            'dependencies = ["issue-core @ file:///${PROJECT_ROOT}/../issue-core", "zz-canary"]',
            "[tool.pdm]",
            "distribution = false",
            "[[tool.pdm.source]]",
            'name = "acme"',
            f'url = "{shop.url}/simple/"',
        ),
    )
    shop.tool("pdm", "lock", PDM_PYTHON=sys.executable, PDM_CHECK_UPDATE="0")
    shop.later()

    result = shop.fixed()

    assert result.code == 0, result.err
    lock = (shop.app / "pdm.lock").read_text()
    assert 'issue-core"\nversion' in lock
    assert "../" not in lock
    assert 'name = "zz-canary"\nversion = "1.0"' in lock
    shop.without_sibling()
    shop.tool("pdm", "lock", "--check", PDM_PYTHON=sys.executable, PDM_CHECK_UPDATE="0")


def test_pipenv(shop: Shop) -> None:
    shop.bench.write("app/pyproject.toml", pyproject("dependencies = []"))
    shop.bench.write(
        "app/Pipfile",
        f"""\
        [[source]]
        name = "acme"
        url = "{shop.url}/simple/"
        verify_ssl = true
        [packages]
        issue-core = {{ path = "../issue-core", editable = true }}
        zz-canary = "*"
        """,
    )
    shop.tool("pipenv", "lock", **PIPENV)
    shop.later()

    result = shop.fixed()

    assert result.code == 0, result.err
    lock = (shop.app / "Pipfile.lock").read_text()
    assert "../issue-core" not in lock
    assert '"version": "==1.0"' in lock
    assert '"version": "==0.2.4"' in lock
    shop.without_sibling()
    shop.tool("pipenv", "verify", **PIPENV)


def test_a_pipfile_that_names_no_source_keeps_the_public_one_first(shop: Shop) -> None:
    shop.bench.write("app/pyproject.toml", pyproject("dependencies = []"))
    text = '[packages]\nissue-core = {path = "../issue-core", editable = true}\nsix = "*"\n'
    shop.bench.write("app/Pipfile", text)
    shop.tool("pipenv", "lock", **PIPENV)
    shop.stock("six", "99.0")

    result = shop.fixed()

    assert result.code == 0, result.err
    assert (shop.app / "Pipfile").read_text() == (
        '[packages]\nissue-core = {version = ">=0.2,<0.3", index = "acme"}\nsix = "*"\n'
        '\n[[source]]\nname = "pypi"\nurl = "https://pypi.org/simple"\nverify_ssl = true\n'
        f'\n[[source]]\nname = "acme"\nurl = "{shop.url}/simple/"\nverify_ssl = true\n'
    )
    lock = json.loads((shop.app / "Pipfile.lock").read_text())
    assert [source["name"] for source in lock["_meta"]["sources"]] == ["pypi", "acme"]
    assert lock["default"]["issue-core"]["version"] == "==0.2.3"
    assert lock["default"]["issue-core"]["index"] == "acme"
    assert lock["default"]["six"]["version"] != "==99.0"
    shop.without_sibling()
    shop.tool("pipenv", "verify", **PIPENV)
    assert shop.fixed("--check", "--offline").code == 0


DIRECT = {
    "uv": "issue-core @ {sibling}",
    "poetry": "issue-core @ {sibling}",
    "pdm": "issue-core @ file:///${{PROJECT_ROOT}}/../issue-core",
}
LOCK = {"uv": "uv.lock", "poetry": "poetry.lock", "pdm": "pdm.lock"}
TABLES = {
    "uv": """
[tool.uv.sources]
issue-core = {{ index = "acme" }}

[[tool.uv.index]]
name = "acme"
url = "{url}/simple/"
publish-url = "{url}/upload/"
explicit = true
""",
    "poetry": """
[tool.poetry.dependencies]
issue-core = {{ source = "acme" }}

[tool.poetry.group.dev.dependencies]
issue-core = {{ source = "acme" }}

[[tool.poetry.source]]
name = "acme"
url = "{url}/simple/"
priority = "explicit"
""",
    "pdm": """
[[tool.pdm.source]]
name = "acme"
url = "{url}/simple/"
exclude_packages = ["*"]
include_packages = ["issue-core"]
""",
}


def lock_with(shop: Shop, tool: str, *more: str) -> None:
    """Run the tool's own locking in the app's folder."""
    match tool:
        case "uv":
            shop.uv("lock", *more)
        case "poetry":
            # Poetry's word for it is another.
            words = ["check", "--lock"] if more else ["lock"]
            shop.tool("poetry", *words, POETRY_VIRTUALENVS_CREATE="false")
        case _:
            shop.tool("pdm", "lock", *more, PDM_PYTHON=sys.executable, PDM_CHECK_UPDATE="0")


@pytest.mark.parametrize("tool", list(DIRECT))
def test_whoever_locks_a_project_is_told_in_its_own_table_where_a_requirement_comes_from(
    shop: Shop, tool: str
) -> None:
    direct = DIRECT[tool].format(sibling=(shop.bench.root / "issue-core").as_uri())
    # Poetry asks PyPI by an interface that mirrors do not have.
    public = "" if tool == "poetry" else ', "six"'
    text = pyproject(
        f'dependencies = ["{direct}"{public}]',
        "[dependency-groups]",
        f'dev = ["{direct}"]',
    )
    shop.bench.write("app/pyproject.toml", text)
    lock_with(shop, tool)
    # The registry has a package of a public name too, which is none of ours.
    shop.stock("six", "99.0")

    result = shop.fixed()

    assert result.code == 0, result.err
    fixed = text.replace(direct, "issue-core>=0.2,<0.3")
    assert (shop.app / "pyproject.toml").read_text() == fixed + TABLES[tool].format(url=shop.url)
    lock = (shop.app / LOCK[tool]).read_text()
    assert 'name = "issue-core"\nversion = "0.2.3"' in lock
    assert 'version = "99.0"' not in lock
    assert "../issue-core" not in lock
    assert shop.fixed("--check").code == 0
    shop.without_sibling()
    lock_with(shop, tool, "--check")


@pytest.mark.parametrize("tool", ["pip-compile", "uv"])
def test_compiled_requirements(shop: Shop, tool: str) -> None:
    shop.bench.write("app/pyproject.toml", pyproject())
    shop.bench.write(
        "app/requirements.in",
        f"--index-url {shop.url}/simple/\n-e ../issue-core\nzz-canary\n",
    )
    if tool == "uv":
        shop.uv("pip", "compile", "requirements.in", "-o", "requirements.txt")
    else:
        shop.tool("pip-tools", "requirements.in", PIP_FIND_LINKS="")
    before = (shop.app / "requirements.txt").read_text().splitlines()
    header = [*takewhile(lambda line: line.startswith("#"), before)]
    shop.later()

    result = shop.fixed()

    assert result.code == 0, result.err
    lines = (shop.app / "requirements.txt").read_text().splitlines()
    assert "zz-canary==1.0" in lines
    assert "issue-core==0.2.4" in lines
    assert not any("issue-core" in line and "/" in line for line in lines)
    # Folders of this machine that pip was told of do not get in.
    assert lines[: len(header)] == header
    assert not any("find-links" in line for line in lines)
    shop.without_sibling()
    found = [
        "--index-url",
        f"{shop.url}/simple/",
        "--python-version",
        "3.11",
        "--only-binary",
        ":all:",
    ]
    shop.bench.call(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--dry-run",
            "--target",
            "x",
            *found,
            "-r",
            "requirements.txt",
        ],
        shop.app,
    )


def compiled_with(shop: Shop, tool: str) -> None:
    """Requirements compiled by a tool that knows nothing of the registry."""
    shop.bench.write("app/pyproject.toml", pyproject())
    shop.bench.write("app/requirements.in", "-e ../issue-core\nsix\n")
    if tool == "uv":
        shop.uv("pip", "compile", "requirements.in", "-o", "requirements.txt")
    else:
        shop.tool("pip-tools", "requirements.in", PIP_FIND_LINKS="")


@pytest.mark.parametrize("tool", ["pip-compile", "uv"])
def test_compiled_requirements_are_left_when_their_tool_does_not_know_the_registry(
    shop: Shop, tool: str
) -> None:
    compiled_with(shop, tool)
    before = (shop.app / "requirements.txt").read_text()

    result = shop.fixed()
    again = shop.fixed()
    # With the option that the hint names all packages come from there.
    shop.stock("six", "99.0")
    needs = shop.app / "requirements.in"
    fixed = needs.read_text()
    needs.write_text(f"--index-url {shop.url}/simple/\n{fixed}")
    told = shop.fixed()

    assert result.code == again.code == ExitCode.FOUND
    assert fixed == "issue-core>=0.2,<0.3\nsix\n"
    for said in (result.err, again.err):
        assert f"{tool} does not know the registry {shop.url}/simple/" in said
        assert f"add to requirements.in: --index-url {shop.url}/simple/" in said
    assert "issue-core" in before
    assert told.code == 0, told.err
    assert "issue-core==0.2.3" in (shop.app / "requirements.txt").read_text().splitlines()


def test_what_pip_is_set_to_on_this_machine_is_known_to_pip_compile(shop: Shop) -> None:
    compiled_with(shop, "pip-compile")
    url = shop.url.replace("//", "//somebody:secret@")
    knowing = replace(shop, bench=shop.bench.having(PIP_EXTRA_INDEX_URL=f"{url}/simple"))

    result = knowing.fixed()

    assert result.code == 0, result.err
    text = (shop.app / "requirements.txt").read_text()
    assert "issue-core==0.2.3" in text.splitlines()
    assert "secret" not in text + result.err


def test_uv_compiles_pyproject_from_the_index_that_is_written_there(shop: Shop) -> None:
    direct = f"issue-core @ {(shop.bench.root / 'issue-core').as_uri()}"
    shop.bench.write("app/pyproject.toml", pyproject(f'dependencies = ["{direct}", "six"]'))
    shop.uv("pip", "compile", "pyproject.toml", "-o", "requirements.txt")
    shop.stock("six", "99.0")

    result = shop.fixed()

    assert result.code == 0, result.err
    lines = (shop.app / "requirements.txt").read_text().splitlines()
    assert "issue-core==0.2.3" in lines
    assert "six==99.0" not in lines
    assert shop.fixed("--check").code == 0


@pytest.mark.parametrize("tool", ["poetry", "pdm"])
def test_a_folder_is_no_registry_for_tools_that_cannot_be_told_of_it(
    local: Shop, tool: str
) -> None:
    direct = DIRECT[tool].format(sibling=(local.bench.root / "issue-core").as_uri())
    local.bench.write("app/pyproject.toml", pyproject(f'dependencies = ["{direct}"]'))
    lock_with(local, tool)
    before = (local.app / LOCK[tool]).read_bytes()

    result = local.fixed()

    assert result.code == ExitCode.FOUND
    assert f"{LOCK[tool]} is stale, and {tool} does not know the registry file://" in result.err
    assert "name a server" in result.err
    assert (local.app / LOCK[tool]).read_bytes() == before


def test_an_export_of_uv_s_lock_follows_it(shop: Shop) -> None:
    shop.bench.write("app/pyproject.toml", UV.replace("{url}", shop.url))
    shop.uv("lock")
    shop.uv("export", "--quiet", "-o", "pylock.toml")
    shop.uv("export", "--quiet", "--no-emit-project", "-o", "requirements.txt")
    assert "../issue-core" in (shop.app / "pylock.toml").read_text()

    result = shop.fixed()

    assert result.code == 0, result.err
    for name in ("uv.lock", "pylock.toml", "requirements.txt"):
        assert "../issue-core" not in (shop.app / name).read_text()
        assert "issue-core" in (shop.app / name).read_text()


def test_when_a_lock_cannot_be_made_nothing_changes_and_the_tool_says_why(shop: Shop) -> None:
    shop.bench.write("app/pyproject.toml", UV.replace("{url}", shop.url))
    shop.uv("lock")
    library = shop.bench.root / "issue-core" / "pyproject.toml"
    library.write_text(library.read_text().replace("0.2.3", "0.9.0"))
    before = shop.bench.snapshot()

    result = shop.fixed()

    assert result.code == ExitCode.UNFIT
    assert "uv.lock cannot be made again, so nothing was changed" in result.err
    assert "issue-core>=0.9,<0.10" in result.err
    assert "--no-lock" in result.err
    assert shop.bench.snapshot() == before


def test_no_lock_leaves_it_and_the_next_run_makes_it(shop: Shop) -> None:
    shop.bench.write("app/pyproject.toml", UV.replace("{url}", shop.url))
    shop.uv("lock")

    assert shop.fixed("--no-lock").code == 0
    assert "../issue-core" in (shop.app / "uv.lock").read_text()

    check = shop.fixed("--check")
    assert check.code == ExitCode.FOUND
    assert "stale" not in check.out
    assert shop.fixed().code == 0
    assert "../issue-core" not in (shop.app / "uv.lock").read_text()
    assert shop.fixed("--check").code == 0


def test_where_the_tool_is_missing_the_lock_is_reported_with_what_installs_it(shop: Shop) -> None:
    shop.bench.write(
        "app/pyproject.toml",
        pyproject('dependencies = ["issue-core @ ../issue-core"]'),
    )
    shop.bench.write("app/poetry.lock", "# This file is automatically @generated by Poetry 2.1.0\n")
    empty = shop.bench.root.parent / "nothing"
    empty.mkdir()
    git = shutil.which("git")
    assert git
    (empty / "git").symlink_to(git)

    result = shop.bench.having(PATH=str(empty)).railrel("fix-deps", "app")

    assert result.code == ExitCode.FOUND
    assert "poetry.lock is stale, and poetry is not here" in result.err
    assert "pipx install poetry, then in" in result.err
    assert "issue-core>=0.2,<0.3" in (shop.app / "pyproject.toml").read_text()


def test_orders_from_a_file_s_first_lines_are_not_taken(shop: Shop) -> None:
    shop.bench.write("app/pyproject.toml", pyproject())
    shop.bench.write("app/requirements.in", "-e ../issue-core\n")
    shop.bench.write(
        "app/requirements.txt",
        "# This file was autogenerated by uv via the following command:\n"
        "#    uv run touch ../owned requirements.in\n-e ../issue-core\n",
    )

    result = shop.fixed()

    assert result.code == ExitCode.FOUND
    assert "does not say which command made it" in result.err
    assert not (shop.bench.root / "owned").exists()


def test_killed_at_any_moment_and_run_again_it_ends_as_if_undisturbed(shop: Shop) -> None:
    shop.bench.write("app/pyproject.toml", UV.replace("{url}", shop.url))
    shop.uv("lock")
    before = {p.name: p.read_bytes() for p in shop.app.iterdir()}
    assert shop.fixed().code == 0
    done = {p.name: p.read_bytes() for p in shop.app.iterdir()}
    rng = random.Random(4)  # noqa: S311 -- moments, not secrets

    for _ in range(8):
        shop.put(before)
        process = shop.bench.start("fix-deps", "app")
        time.sleep(rng.uniform(0.2, 1.2))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)
        assert shop.fixed().code == 0
        assert {p.name: p.read_bytes() for p in shop.app.iterdir()} == done

    def swept() -> bool:
        shop.put(before)
        assert shop.fixed().code == 0
        locks = shop.bench.cache / "railrel" / "locks"
        return [p.name for p in locks.iterdir() if p.name != "lock-lock"] == []

    # A lock tool outlives its killed starter by a moment, and nobody takes its folder from it.
    assert eventually(swept)
