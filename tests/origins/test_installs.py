"""Real tools install from a private Gitea and a public index where others took our names.

What is there is what the files say that `railrel index` wrote, also for what only ours need.
"""

import shutil
from collections.abc import Iterator

import pytest

from railrel.errors import ExitCode
from tests.origins.market import CORE, MID, PUBLIC, SAFE, Market, market
from tests.servers.gitea import Gitea
from tests.servers.static import serving
from tests.workbench import Workbench

HEAD = f"""\
[project]
name = "app"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["{MID}>=1"]
"""


@pytest.fixture
def shops(bench: Workbench, gitea: Gitea) -> Iterator[Market]:
    folder = bench.root.parent / "public"
    with serving(folder) as url:
        yield market(bench, gitea, folder, url)


def index(shops: Market, *arguments: str) -> None:
    done = shops.railrel("index", "app", *arguments)
    assert done.code == 0, done.err
    again = shops.railrel("index", "app", "--check", *arguments)
    assert again.code == 0, again.err


def test_pip_takes_a_stranger_s_package_by_an_extra_index(shops: Market) -> None:
    """The danger that all of this is about."""
    shops.bench.write("app/pyproject.toml", HEAD)
    shops.environment_with_pip()

    shops.tool("pip", "install", "--quiet", "--extra-index-url", shops.simple, MID, CORE)

    code = f"import {MID.replace('-', '_')} as m; print(m.OWNER)"
    assert shops.bench.call([str(shops.python), "-c", code]).strip() == "theirs"


def test_uv(shops: Market) -> None:
    shops.bench.write("app/pyproject.toml", f"{HEAD}[tool.uv]\npackage = false\n")

    index(shops)

    shops.tool("uv", "sync", "--quiet")
    assert shops.installed() == SAFE


def test_uv_without_what_only_ours_need_takes_a_stranger_s(shops: Market) -> None:
    """Why the names that no file of the project holds are written down as well."""
    index_table = f'[[tool.uv.index]]\nname = "x"\nurl = "{shops.simple}"\nexplicit = true\n'
    sources = f'[tool.uv.sources]\n{MID} = {{ index = "x" }}\n{CORE} = {{ index = "x" }}\n'
    shops.bench.write("app/pyproject.toml", f"{HEAD}{sources}{index_table}")

    shops.tool("uv", "lock", "--quiet")

    assert f'name = "{CORE}"\nversion = "99.0"' in (shops.app / "uv.lock").read_text()


def test_a_lock_with_a_stranger_s_package_is_made_again(shops: Market) -> None:
    index_table = f'[[tool.uv.index]]\nname = "x"\nurl = "{shops.simple}"\nexplicit = true\n'
    source = f'[tool.uv]\npackage = false\n[tool.uv.sources]\n{MID} = {{ index = "x" }}\n'
    shops.bench.write("app/pyproject.toml", f"{HEAD}{source}{index_table}")
    shops.tool("uv", "lock", "--quiet")
    assert f'name = "{CORE}"\nversion = "99.0"' in (shops.app / "uv.lock").read_text()
    status = shops.railrel("status", "--security", token=shops.netrc.read_text().split()[-1])
    assert status.code == ExitCode.FOUND
    assert f"uv.lock takes {CORE}, which is ours, from {shops.public}" in status.err
    assert f"{CORE} is on the public index too, with 99.0, above our 0.2.3" in status.err
    assert PUBLIC not in status.err

    index(shops)

    assert f'name = "{CORE}"\nversion = "0.2.3"' in (shops.app / "uv.lock").read_text()
    shops.tool("uv", "sync", "--quiet", "--locked")
    assert shops.installed() == SAFE


def test_poetry(shops: Market) -> None:
    public = f'[[tool.poetry.source]]\nname = "public"\nurl = "{shops.public}/"\n'
    shops.bench.write("app/pyproject.toml", f"{HEAD}[tool.poetry]\npackage-mode = false\n{public}")

    index(shops)

    shops.tool("poetry", "install", "--no-interaction", "--quiet")
    assert shops.installed() == SAFE


def test_pdm(shops: Market) -> None:
    shops.bench.write("app/pyproject.toml", f"{HEAD}[tool.pdm]\ndistribution = false\n")

    index(shops)

    shops.tool("pdm", "install", "--quiet")
    assert shops.installed() == SAFE


def test_pipenv(shops: Market) -> None:
    shops.bench.write("app/pyproject.toml", '[project]\nname = "app"\nversion = "1.0"\n')
    shops.bench.write(
        "app/Pipfile",
        f'[[source]]\nname = "public"\nurl = "{shops.public}/"\nverify_ssl = true\n\n'
        f'[packages]\n{MID} = ">=1"\n',
    )

    index(shops)

    shops.tool("pipenv", "install")
    assert shops.installed() == SAFE


def test_pip_by_its_two_commands(shops: Market) -> None:
    shops.bench.write("app/pyproject.toml", '[project]\nname = "app"\nversion = "1.0"\n')
    shops.bench.write("app/requirements.txt", f"--extra-index-url {shops.simple}\n{MID}>=1\n")

    index(shops)

    constraints = (shops.app / "internal-constraints.txt").read_text().splitlines()
    first, second = (line.removeprefix("# pip ").split() for line in constraints[1:3])
    shops.environment_with_pip()
    shops.tool("pip", *first)
    shops.tool("pip", *second)
    assert shops.installed() == SAFE
    assert constraints[3:] == [f"{CORE}==0.2.3", f"{MID}==1.0"]
    assert (shops.app / "requirements.txt").read_text() == f"{MID}>=1\n"


def test_pip_fails_rather_than_takes_a_stranger_s_where_the_first_command_was_left_out(
    shops: Market,
) -> None:
    shops.bench.write("app/pyproject.toml", '[project]\nname = "app"\nversion = "1.0"\n')
    shops.bench.write("app/requirements.txt", f"{MID}>=1\n")
    index(shops)
    shops.environment_with_pip()

    with pytest.raises(AssertionError, match="ResolutionImpossible"):
        shops.tool("pip", "install", "-c", "internal-constraints.txt", "-r", "requirements.txt")


def test_uv_takes_ours_first_by_the_same_requirements(shops: Market) -> None:
    shops.bench.write("app/requirements.txt", f"{MID}>=1\n")
    shops.tool("uv", "venv", "--quiet")

    asked = ["--index", shops.simple, "-r", "requirements.txt"]
    shops.tool("uv", "pip", "install", "--quiet", "--python", str(shops.python), *asked)

    assert shops.installed() == SAFE


def test_what_published_packages_need_is_asked_where_no_neighbour_is(shops: Market) -> None:
    """As in a job, which has one repository alone: the app's."""
    for name in (CORE, MID):
        shutil.rmtree(shops.bench.root / name)
    with (shops.bench.root / "railrel.toml").open("a") as file:
        file.write('internal = ["acme-*"]\n')
    shops.bench.write("app/pyproject.toml", f"{HEAD}[tool.uv]\npackage = false\n")
    token = shops.netrc.read_text().split()[-1]

    done = shops.railrel("index", "app", token=token)

    assert done.code == 0, done.err
    assert f'railrel-internal = ["{CORE}"]' in (shops.app / "pyproject.toml").read_text()
    shops.tool("uv", "sync", "--quiet")
    assert shops.installed() == SAFE


def test_fix_deps_lets_no_stranger_in_for_what_only_the_neighbour_needs(shops: Market) -> None:
    source = f'[tool.uv.sources]\n{MID} = {{ path = "../{MID}" }}\n'
    more = f"[tool.uv]\npackage = false\n{source}"
    shops.bench.write("app/pyproject.toml", HEAD + more)
    token = shops.netrc.read_text().split()[-1]
    shops.bench.write("app/uv.lock", 'version = 1\nrequires-python = ">=3.11"\n')

    done = shops.railrel("fix-deps", "app", token=token)

    assert done.code == 0, done.err
    shops.tool("uv", "sync", "--quiet", "--locked")
    assert shops.installed() == SAFE
    assert shops.railrel("index", "app", "--check").code == 0


def test_a_member_of_a_uv_workspace_takes_its_fellows_from_there(shops: Market) -> None:
    write = shops.bench.write
    members = '[tool.uv.workspace]\nmembers = ["web", "lib"]\n'
    write("app/pyproject.toml", f"{HEAD}{members}".replace(f'"{MID}>=1"', ""))
    write(
        "app/web/pyproject.toml",
        HEAD.replace('"app"', '"web"').replace('["', '["lib", "')
        + "[tool.uv]\npackage = false\n[tool.uv.sources]\nlib = { workspace = true }\n",
    )
    alone = "[tool.uv]\npackage = false\n"
    write(
        "app/lib/pyproject.toml",
        (HEAD + alone).replace('"app"', '"lib"').replace(f'"{MID}>=1"', ""),
    )

    index(shops, "web", "lib")

    text = (shops.app / "web" / "pyproject.toml").read_text()
    assert f'railrel-internal = ["{CORE}"]' in text
    assert "lib = { workspace = true }" in text
    shops.tool("uv", "sync", "--quiet", "--package", "web")
    assert shops.installed() == SAFE
