"""The whole way, from `../issue-core` to installed wheels, with the installers that people use."""

import secrets
import shutil
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.servers.gitea import Gitea
from tests.servers.missing import poetry
from tests.servers.static import serving
from tests.workbench import Workbench

CHECK = ["-m", "vergabe_teilnahme", "check"]
BOTH = ["issue-core", "vergabe-teilnahme"]


def publish_both(bench: Workbench) -> Workbench:
    """The story as the README tells it."""
    bench.copy_examples()
    assert bench.railrel("publish", "issue-core").code == 0
    assert bench.railrel("fix-deps", "vergabe-teilnahme").code == 0
    bench.commit("vergabe-teilnahme", "v0.1.0")
    result = bench.railrel("publish", "vergabe-teilnahme")
    assert result.code == 0, result.err
    return bench


def variables(bench: Workbench) -> dict[str, str]:
    """What `eval "$(railrel env)"` sets."""
    found = bench.railrel("env", "--json").json["variables"]
    assert isinstance(found, dict)
    return found


def passes_django_check(bench: Workbench, environment: Path) -> bool:
    python = str(environment / "bin" / "python")
    said = bench.call([python, *CHECK], None, DJANGO_DEBUG="1")
    where = bench.call([python, "-c", "import issue_core; print(issue_core.__file__)"])
    return "no issues" in said and str(environment) in where


def test_uv_installs_both_from_the_local_index_alone(bench: Workbench) -> None:
    having = publish_both(bench)
    environment = having.environment_folder("with uv")

    having.uv("pip", "install", "--python", str(environment), *BOTH, **variables(having))

    assert passes_django_check(having, environment)


def pip_environment(bench: Workbench, name: str) -> Path:
    folder = bench.root.parent / name
    bench.call([sys.executable, "-m", "venv", str(folder)])
    return folder


def test_pip_installs_both_from_the_local_index(bench: Workbench) -> None:
    having = publish_both(bench)
    environment = pip_environment(having, "with pip")

    having.call(
        [str(environment / "bin" / "pip"), "install", "-q", *BOTH], None, **variables(having)
    )

    assert passes_django_check(having, environment)


def test_pip_and_uv_install_from_it_over_plain_http_too(bench: Workbench) -> None:
    having = publish_both(bench)
    by_pip, by_uv = pip_environment(having, "http pip"), having.environment_folder("http uv")

    with serving(having.root / ".railrel" / "index") as url:
        simple = f"{url}/simple/"
        pip = [str(by_pip / "bin" / "pip"), "install", "-q", "--extra-index-url", simple, *BOTH]
        having.call(pip)
        having.uv("pip", "install", "--python", str(by_uv), "--index", simple, *BOTH)

    assert passes_django_check(having, by_pip)
    assert passes_django_check(having, by_uv)


def test_poetry_installs_from_it_over_plain_http(bench: Workbench) -> None:
    command = poetry()
    having = publish_both(bench)
    with serving(having.root / ".railrel" / "index") as url:
        having.write(
            "consumer/pyproject.toml",
            f"""\
            [project]
            name = "consumer"
            version = "1"
            requires-python = ">=3.11"
            dependencies = ["issue-core>=0.2,<0.3"]
            [tool.poetry]
            package-mode = false
            [tool.poetry.dependencies]
            issue-core = {{ source = "ours" }}
            [[tool.poetry.source]]
            name = "ours"
            url = "{url}/simple/"
            priority = "explicit"
            """,
        )
        having.call(
            [str(command), "install", "-n"],
            having.root / "consumer",
            POETRY_VIRTUALENVS_IN_PROJECT="1",
        )

    assert list((having.root / "consumer" / ".venv").rglob("issue_core/store.py"))


@pytest.fixture
def on_gitea(bench: Workbench, gitea: Gitea) -> Workbench:
    """The examples under names of their own, ready to be published to the real Gitea."""
    bench.copy_examples()
    return bench.having(
        RAILREL_REGISTRY=gitea.registry("secret-acme"), RAILREL_TOKEN=gitea.tokens["publish"]
    )


def test_pip_and_uv_install_the_app_from_a_private_gitea(on_gitea: Workbench, gitea: Gitea) -> None:
    assert on_gitea.railrel("publish", "issue-core").code == 0
    assert on_gitea.railrel("publish", "issue-core").code == 0
    assert on_gitea.railrel("fix-deps", "vergabe-teilnahme").code == 0
    on_gitea.commit("vergabe-teilnahme", "v0.1.0")
    result = on_gitea.railrel("publish", "vergabe-teilnahme")
    assert result.code == 0, result.err
    assert len(gitea.files("vergabe-teilnahme", "0.1.0", "secret-acme")) == 2

    simple = f"{gitea.registry('secret-acme')}/simple/".replace(
        "://", f"://{quote('bot')}:{gitea.tokens['read']}@"
    )
    by_pip, by_uv = pip_environment(on_gitea, "gitea pip"), on_gitea.environment_folder("gitea uv")
    pip = [str(by_pip / "bin" / "pip"), "install", "-q", "vergabe-teilnahme"]
    on_gitea.call(pip, None, PIP_EXTRA_INDEX_URL=simple)
    on_gitea.uv("pip", "install", "--python", str(by_uv), "vergabe-teilnahme", UV_INDEX=simple)

    assert passes_django_check(on_gitea, by_pip)
    assert passes_django_check(on_gitea, by_uv)


def test_uv_locks_and_syncs_the_fixed_project_from_gitea(on_gitea: Workbench, gitea: Gitea) -> None:
    on_gitea.railrel("publish", "issue-core")
    on_gitea.railrel("fix-deps", "vergabe-teilnahme")
    shutil.rmtree(on_gitea.root / "issue-core")
    app = on_gitea.root / "vergabe-teilnahme"

    on_gitea.uv(
        "sync", "--project", str(app), "--no-default-groups", "--python", sys.executable,
        UV_INDEX_SECRET_ACME_USERNAME="bot", UV_INDEX_SECRET_ACME_PASSWORD=gitea.tokens["read"],
    )  # fmt: skip

    lock = (app / "uv.lock").read_text()
    assert f'source = {{ registry = "{gitea.registry("secret-acme")}/simple/" }}' in lock
    from_gitea = [
        part for part in lock.split("[[package]]") if "secret-acme" in part.split("[package")[0]
    ]
    assert [part.split('"')[1] for part in from_gitea if "registry =" in part.split("sdist")[0]][
        :1
    ] == ["issue-core"]
    assert passes_django_check(on_gitea, app / ".venv")


def test_two_publishers_at_once_leave_one_whole_index(bench: Workbench) -> None:
    names = [f"lib-{n}" for n in range(4)]
    for name in names:
        bench.library(name, "1.0")
        bench.commit(name, "v1.0")

    processes = [bench.start("publish", name) for name in [*names, names[0]]]

    assert [process.wait(120) for process in processes] == [0] * 5
    environment = bench.environment_folder("all")
    bench.uv("pip", "install", "--python", str(environment), *names, **variables(bench))
    root = (bench.root / ".railrel/index/simple/index.html").read_text()
    assert all(f'href="{name}/"' in root for name in names)


def test_two_jobs_that_publish_one_version_to_gitea_end_in_one_version(
    bench: Workbench, gitea: Gitea
) -> None:
    name = f"raced-{secrets.token_hex(4)}"
    bench.library(name, "1.0")
    bench.commit(name, "v1.0")
    having = bench.having(RAILREL_REGISTRY=gitea.registry(), RAILREL_TOKEN=gitea.tokens["publish"])

    processes = [having.start("publish", name) for _ in range(3)]

    assert [process.wait(120) for process in processes] == [0, 0, 0]
    assert len(gitea.files(name, "1.0")) == 2
