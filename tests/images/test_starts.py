"""What an image is told to start: the modules that it can import, and what serves them."""

import json
import re

import pytest

from railrel.errors import ExitCode
from tests.images.samples import HATCHLING, POETRY_CORE, SETUPTOOLS, uv_lock
from tests.workbench import Result, Workbench

UVICORN = ("uvicorn", "--host", "0.0.0.0", "--port", "8000")  # noqa: S104
GUNICORN = ("gunicorn", "--bind", "0.0.0.0:8000")
LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "requirements.txt")
FASTAPI = "from fastapi import FastAPI\n\napp = FastAPI()\n"
FLASK = "from flask import Flask\n\napp = Flask(__name__)\n"


def written(
    bench: Workbench,
    files: dict[str, str],
    *,
    name: str = "own",
    needs: tuple[str, ...] = ("fastapi", "flask", "uvicorn", "gunicorn"),
    more: str = "",
) -> Result:
    """A project of these files, and `railrel dockerfile` run on it."""
    listed = ", ".join(f'"{need}"' for need in needs)
    bench.write(
        f"{name}/pyproject.toml",
        f'[project]\nname = "{name}"\nversion = "1.0"\nrequires-python = ">=3.11"\n'
        f"dependencies = [{listed}]\n{more}",
    )
    if not any(file in LOCKS for file in files):
        bench.write(f"{name}/uv.lock", uv_lock(name, *(need.partition("[")[0] for need in needs)))
    for file, text in files.items():
        bench.write(f"{name}/{file}", text)
    return bench.railrel("dockerfile", name)


def started(bench: Workbench, result: Result, name: str = "own") -> tuple[str, ...]:
    """The words of the CMD that was written."""
    assert result.code == 0, result.err
    found = re.search(r"^CMD (.*)$", dockerfile(bench, name), re.MULTILINE)
    assert found
    return tuple(json.loads(found[1]))


def dockerfile(bench: Workbench, name: str = "own") -> str:
    """What was written."""
    return (bench.root / name / "Dockerfile").read_text()


# --- what a module is called in the image


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({"app/main.py": FASTAPI}, (*UVICORN, "app.main:app")),
        ({"app/__init__.py": "", "app/main.py": FASTAPI}, (*UVICORN, "app.main:app")),
        ({"src/main.py": FASTAPI}, (*UVICORN, "src.main:app")),
        (
            {"src/main.py": f"from src.db import names\n{FASTAPI}", "src/db.py": ""},
            (*UVICORN, "src.main:app"),
        ),
        (
            {"src/main.py": f"from db import names\n{FASTAPI}", "src/db.py": ""},
            (*UVICORN, "--app-dir", "src", "main:app"),
        ),
        (
            {
                "src/app/main.py": f"from .routes import add\n{FASTAPI}",
                "src/app/routes.py": "import app.db\n",
                "src/app/db.py": "",
            },
            (*UVICORN, "--app-dir", "src", "app.main:app"),
        ),
        (
            {"app/main.py": f"import db\n{FASTAPI}", "app/db.py": "", "db.py": ""},
            (*UVICORN, "app.main:app"),
        ),
        (
            {"src/main.py": f"import logging, flask\n{FASTAPI}"}
            | {"src/logging/setup.py": "", "src/flask/more.py": ""},
            (*UVICORN, "src.main:app"),
        ),
        ({"my-app/web/main.py": FASTAPI}, (*UVICORN, "--app-dir", "my-app", "web.main:app")),
        (
            {"back/site.py": f"import data\n{FLASK}", "back/data.py": ""},
            (*GUNICORN, "--pythonpath", "back", "site:app"),
        ),
    ],
)
def test_a_module_of_a_copied_folder_is_called_as_its_own_imports_count(
    bench: Workbench, files: dict[str, str], command: tuple[str, ...]
) -> None:
    assert started(bench, written(bench, files)) == command


@pytest.mark.parametrize(
    ("more", "file", "module"),
    [
        (HATCHLING, "src/acme/api/v1/main.py", "acme.api.v1.main"),
        (
            f'{POETRY_CORE}[tool.poetry]\npackages = [{{ include = "c", from = "lib" }}]\n',
            "lib/c/sub/web.py",
            "c.sub.web",
        ),
        (
            f'{POETRY_CORE}[tool.poetry]\npackages = [{{ include = "c/**/*.py", to = "d" }}]\n',
            "c/web.py",
            "d.c.web",
        ),
        (
            f'{HATCHLING}[tool.hatch.build.targets.wheel]\npackages = ["release/c"]\n',
            "release/c/web.py",
            "c.web",
        ),
        (
            f'{HATCHLING}[tool.hatch.build.targets.wheel]\nonly-include = ["/release/c/**"]\n'
            'sources = ["release"]\n',
            "release/c/web.py",
            "c.web",
        ),
        (
            f"{HATCHLING}[tool.hatch.build]\ninclude = ['release/c', 'x.py']\n"
            '[tool.hatch.build.sources]\nrelease = "here"\n',
            "release/c/web.py",
            "here.c.web",
        ),
        (
            f'{SETUPTOOLS}[tool.setuptools]\npackage-dir = {{ "" = "lib" }}\n',
            "lib/c/web.py",
            "c.web",
        ),
        (
            f'{SETUPTOOLS}[tool.setuptools.packages.find]\nwhere = ["lib"]\n',
            "lib/c/web.py",
            "c.web",
        ),
        (
            f'{SETUPTOOLS}[tool.setuptools]\npackages = ["c"]\npackage-dir = {{ c = "lib" }}\n',
            "lib/web.py",
            "c.web",
        ),
        (f'{SETUPTOOLS}[tool.setuptools]\npy-modules = ["web"]\n', "web.py", "web"),
        (
            '[build-system]\nrequires = ["uv_build"]\nbuild-backend = "uv_build"\n'
            '[tool.uv.build-backend]\nmodule-root = "lib"\n',
            "lib/c/web.py",
            "c.web",
        ),
        (
            '[build-system]\nrequires = ["pdm-backend"]\nbuild-backend = "pdm.backend"\n'
            '[tool.pdm.build]\npackage-dir = "lib"\n',
            "lib/c/web.py",
            "c.web",
        ),
        (HATCHLING, "own/sub/web.py", "own.sub.web"),
        (HATCHLING, "acme/own/web.py", "acme.own.web"),
        (HATCHLING, "own.py", "own"),
        (HATCHLING, "src/docs/web.py", "docs.web"),
        (HATCHLING, "src/own/docs/web.py", "own.docs.web"),
    ],
)
def test_a_module_of_a_wheel_is_called_as_its_backend_packs_it(
    bench: Workbench, more: str, file: str, module: str
) -> None:
    packed = {"acme/own/__init__.py": ""} if file.startswith("acme") else {}

    result = written(bench, {**packed, file: FASTAPI}, more=more)

    assert started(bench, result) == (*UVICORN, f"{module}:app")


@pytest.mark.parametrize(
    ("files", "more"),
    [
        ({"scripts/mock_server.py": FASTAPI, "own/__init__.py": ""}, HATCHLING),
        ({"scripts/mock_server.py": FASTAPI, "src/own/__init__.py": ""}, HATCHLING),
        ({"wsgi.py": FLASK, "own/__init__.py": ""}, HATCHLING),
        (
            {"other/web.py": FASTAPI, "other/__init__.py": "", "own/__init__.py": ""},
            f'{HATCHLING}[tool.hatch.build.targets.wheel]\npackages = ["own"]\n',
        ),
    ],
)
def test_what_gets_into_no_wheel_is_not_started(
    bench: Workbench, files: dict[str, str], more: str
) -> None:
    result = written(bench, files, more=f'[project.scripts]\nown = "own:main"\n{more}')

    assert started(bench, result) == ("own",)


@pytest.mark.parametrize(
    ("files", "package"),
    [
        ({"tools/__main__.py": "", "src/e/__main__.py": ""}, "e"),
        ({"own/__main__.py": "", "another/__main__.py": "", "another/__init__.py": ""}, "own"),
        ({"own/__main__.py": "", "own/sub/__main__.py": ""}, "own"),
    ],
)
def test_the_package_that_runs_is_one_that_is_installed(
    bench: Workbench, files: dict[str, str], package: str
) -> None:
    result = written(bench, files, more=HATCHLING)

    assert started(bench, result) == ("python", "-m", package)


def test_of_several_packages_that_run_none_is_guessed(bench: Workbench) -> None:
    result = written(bench, {"a/__main__.py": "", "b/__main__.py": ""})

    assert result.code == ExitCode.USAGE
    assert "own has several packages that can be run: a, b" in result.err
    assert 'image-command = "python -m a" below [tool.railrel]' in result.err


def test_a_package_that_runs_only_from_another_folder_is_not_started_from_here(
    bench: Workbench,
) -> None:
    result = written(bench, {"src/e/__main__.py": "import e.work\n", "src/e/work.py": ""})

    assert result.code == ExitCode.USAGE
    assert "e is imported from src, where the image does not look" in result.err
    assert "image-command = \"sh -c 'cd src && exec python -m e'\"" in result.err


def test_files_of_another_project_are_not_this_ones(bench: Workbench) -> None:
    member = '[project]\nname = "lib"\nversion = "1.0"\n'
    files = {"packages/lib/pyproject.toml": member, "packages/lib/lib/web.py": FASTAPI}

    result = written(bench, files, more='[tool.uv.workspace]\nmembers = ["packages/*"]\n')

    assert result.code == ExitCode.USAGE
    assert "nothing in own says what its image shall start" in result.err


def test_a_folder_whose_pyproject_only_configures_tools_is_this_projects(bench: Workbench) -> None:
    files = {"back/pyproject.toml": "[tool.ruff]\n", "back/web.py": FASTAPI}

    assert started(bench, written(bench, files)) == (*UVICORN, "back.web:app")


@pytest.mark.parametrize("in_git", [False, True])
def test_a_virtual_environment_of_any_name_is_not_the_projects(
    bench: Workbench, *, in_git: bool
) -> None:
    files = {"env/pyvenv.cfg": "home = /usr/bin\n", "env/lib/demo.py": FASTAPI, "main.py": ""}
    if in_git:
        bench.write("own/.keep", "")
        bench.commit("own")

    assert started(bench, written(bench, files)) == ("python", "main.py")


# --- which applications there are


@pytest.mark.parametrize(
    "text",
    [
        'class Client:\n    """For tests.\n\napp = FastAPI()\n    """\n',
        "def make():\n    app = FastAPI()\n    return app\n",
        "# app = FastAPI()\n",
    ],
)
def test_an_application_is_one_that_python_would_make(bench: Workbench, text: str) -> None:
    files = {"src/b/__init__.py": "", "src/b/client.py": text, "src/b/__main__.py": ""}

    assert started(bench, written(bench, files, more=HATCHLING)) == ("python", "-m", "b")


@pytest.mark.parametrize(
    "text",
    [
        "app: fastapi.FastAPI = fastapi.FastAPI(\n    title='x',\n)\n",
        "app = FastAPI()\ntype Odd = \\\n  what is this\n",
        "import re\nfind = re.compile('\\d')\napp = FastAPI()\n",
    ],
)
def test_an_application_is_found_however_it_is_written(bench: Workbench, text: str) -> None:
    assert started(bench, written(bench, {"main.py": text})) == (*UVICORN, "main:app")


@pytest.mark.parametrize("name", ["conftest.py", "test_web.py", "web_test.py", "tests/web.py"])
def test_applications_of_tests_are_not_started(bench: Workbench, name: str) -> None:
    files = {name: FLASK, "main.py": FLASK}

    assert started(bench, written(bench, files)) == (*GUNICORN, "main:app")


def test_of_several_applications_the_hint_serves_one_as_its_kind_wants_it(
    bench: Workbench,
) -> None:
    result = written(bench, {"a.py": FLASK, "b.py": FLASK})

    assert result.code == ExitCode.USAGE
    assert "own makes several applications: a:app, b:app" in result.err
    assert 'image-command = "gunicorn --bind 0.0.0.0:{port} a:app"' in result.err


def test_a_link_that_leads_nowhere_is_passed_over(bench: Workbench) -> None:
    bench.write("own/src/j/web.py", FASTAPI)
    (bench.root / "own/src/j/broken.py").symlink_to("nowhere")
    bench.commit("own")

    assert started(bench, written(bench, {}, more=HATCHLING)) == (*UVICORN, "j.web:app")


# --- what serves them

UV_LOCK = """\
version = 1

[[package]]
name = "own"
version = "1.0"
source = { virtual = "." }
dependencies = [{ name = "fastapi", extra = ["standard"] }]

[package.optional-dependencies]
wsgi = [{ name = "gunicorn" }]

[package.dev-dependencies]
dev = [{ name = "gunicorn" }]

[[package]]
name = "fastapi"
dependencies = [{ name = "starlette" }]

[package.optional-dependencies]
standard = [{ name = "uvicorn" }]

[[package]]
name = "gunicorn"

[[package]]
name = "starlette"
dependencies = [{ name = "fastapi" }]

[[package]]
name = "uvicorn"
"""
GROUPS = """\
[[package]]
name = "fastapi"
groups = ["{main}"]

[[package]]
name = "flask"
groups = ["{main}"]

[[package]]
name = "uvicorn"
groups = ["{main}", "dev"]

[[package]]
name = "gunicorn"
groups = ["dev"]
"""


@pytest.mark.parametrize(
    ("text", "needs", "server"),
    [
        (FASTAPI, "fastapi", "uvicorn"),
        (FLASK, "flask", "gunicorn"),
        (FLASK, "flask[async]", "gunicorn"),
    ],
)
def test_nothing_is_started_by_a_server_that_is_not_installed(
    bench: Workbench, text: str, needs: str, server: str
) -> None:
    result = written(bench, {"main.py": text}, needs=(needs,))

    assert result.code == ExitCode.USAGE
    assert f"own does not require {server}, so nothing can serve main:app" in result.err
    assert f'/own/pyproject.toml:5:1\n hint: add "{server}>=' in result.err
    assert "to its dependencies, or set image-command" in result.err
    assert not (bench.root / "own/Dockerfile").exists()


@pytest.mark.parametrize(
    ("lock", "text"),
    [
        ("uv.lock", UV_LOCK),
        ("poetry.lock", GROUPS.replace("{main}", "main")),
        ("pdm.lock", GROUPS.replace("{main}", "default")),
        (
            "requirements.txt",
            "".join(
                f"{name}==0.30.0 \\\n  --hash=sha256:{'0' * 64}\n"
                for name in ("fastapi", "uvicorn[standard]")
            ),
        ),
    ],
)
def test_a_server_that_something_else_requires_is_installed_too(
    bench: Workbench, lock: str, text: str
) -> None:
    bench.write("own/main.py", FASTAPI)
    result = written(bench, {lock: text}, needs=("fastapi[standard]",))

    assert started(bench, result) == (*UVICORN, "main:app")


@pytest.mark.parametrize(
    ("lock", "text", "more"),
    [
        ("uv.lock", UV_LOCK, ""),
        ("poetry.lock", GROUPS, ""),
        ("pdm.lock", GROUPS, ""),
        (
            "poetry.lock",
            '[[package]]\nname = "gunicorn"\n',
            '[tool.poetry.group.dev.dependencies]\ngunicorn = "*"\n',
        ),
        (
            "pdm.lock",
            '[[package]]\nname = "gunicorn"\n',
            '[project.optional-dependencies]\nwsgi = ["gunicorn"]\n',
        ),
        (
            "poetry.lock",
            '[[package]]\nname = "gunicorn"\n',
            '[tool.poetry.dependencies]\ngunicorn = { version = "*", optional = true }\n',
        ),
    ],
)
def test_a_server_for_development_or_an_extra_is_in_no_image(
    bench: Workbench, lock: str, text: str, more: str
) -> None:
    result = written(bench, {lock: text, "main.py": FLASK}, needs=("flask",), more=more)

    assert result.code == ExitCode.USAGE
    assert "own does not require gunicorn" in result.err


def test_without_a_lock_only_the_lock_is_missed(bench: Workbench) -> None:
    written(bench, {"main.py": FASTAPI}, needs=("fastapi[standard]",))
    (bench.root / "own/uv.lock").unlink()

    result = bench.railrel("dockerfile", "own")

    assert "own has no lock" in result.err
    assert "uvicorn" not in result.err


# --- Django


def names_settings(module: str) -> str:
    """What Django writes into `manage.py`, `wsgi.py` and `asgi.py`."""
    return f'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "{module}")\n'


SETTINGS = 'INSTALLED_APPS = ["django.contrib.staticfiles"]\nSTATIC_ROOT = "static"\n'
DJANGO = ("django", "gunicorn")


def test_static_files_are_collected_with_the_settings_that_are_served(bench: Workbench) -> None:
    files = {
        "manage.py": names_settings("config.settings.local"),
        "config/wsgi.py": names_settings("config.settings.production"),
        "config/settings/base.py": SETTINGS,
        "config/settings/local.py": "from .base import *\n",
        "config/settings/production.py": "from .base import *\n",
    }

    result = written(bench, files, needs=DJANGO)

    assert started(bench, result) == (*GUNICORN, "config.wsgi")
    assert "DJANGO_SETTINGS_MODULE=config.settings.production" in dockerfile(bench)
    assert "config.settings.local" not in dockerfile(bench)


def test_settings_that_only_manage_py_names_are_served_too(bench: Workbench) -> None:
    files = {
        "manage.py": names_settings("config.settings"),
        "config/wsgi.py": "",
        "config/settings.py": SETTINGS,
    }

    result = written(bench, files, needs=DJANGO)

    assert started(bench, result) == (*GUNICORN, "config.wsgi")
    assert "DJANGO_SETTINGS_MODULE=config.settings \\" in dockerfile(bench).replace(
        " SECRET", " \\ SECRET"
    )


@pytest.mark.parametrize(
    ("files", "settings", "module"),
    [
        (("demo/wsgi.py", "mysite/core/wsgi.py"), "mysite.settings", "mysite.core.wsgi"),
        (("mysite/wsgi.py", "mysite/core/wsgi.py"), "mysite.settings", "mysite.wsgi"),
        (("mysite/wsgi.py", "mysite/core/wsgi.py"), "mysite.core.settings", "mysite.core.wsgi"),
        (("deploy/wsgi.py",), "mysite.settings", "deploy.wsgi"),
    ],
)
def test_of_several_wsgi_modules_the_one_beside_the_settings_is_served(
    bench: Workbench, files: tuple[str, ...], settings: str, module: str
) -> None:
    modules = dict.fromkeys(files, "")

    result = written(bench, {"manage.py": names_settings(settings), **modules}, needs=DJANGO)

    assert started(bench, result) == (*GUNICORN, module)


def test_of_wsgi_modules_that_are_all_far_from_the_settings_none_is_guessed(
    bench: Workbench,
) -> None:
    files = {"manage.py": names_settings("conf.settings"), "a/wsgi.py": "", "b/wsgi.py": ""}

    result = written(bench, files, needs=DJANGO)

    assert result.code == ExitCode.USAGE
    assert "own has several WSGI modules: a.wsgi, b.wsgi" in result.err
    assert 'image-command = "gunicorn --bind 0.0.0.0:{port} a.wsgi"' in result.err


def test_django_in_a_folder_of_its_own_is_found_from_there(bench: Workbench) -> None:
    files = {
        "backend/manage.py": names_settings("mysite.settings"),
        "backend/mysite/wsgi.py": names_settings("mysite.settings"),
        "backend/mysite/settings.py": "DEBUG = False\n",
    }

    result = written(bench, files, needs=DJANGO)

    assert started(bench, result) == (*GUNICORN, "--pythonpath", "backend", "mysite.wsgi")
    assert "collectstatic" not in dockerfile(bench)


def test_static_files_of_django_in_a_folder_of_its_own_are_left_to_a_person(
    bench: Workbench,
) -> None:
    files = {
        "backend/manage.py": names_settings("mysite.settings"),
        "backend/mysite/asgi.py": names_settings("mysite.settings"),
        "backend/mysite/settings.py": SETTINGS,
    }

    refused = written(bench, files, needs=("django", "uvicorn"))

    assert refused.code == ExitCode.USAGE
    assert "mysite.settings is imported from backend, where collectstatic does not look" in (
        refused.err
    )
    command = "uvicorn --host 0.0.0.0 --port {port} --app-dir backend mysite.asgi:application"
    assert f'image-command = "{command}"' in refused.err
    told = bench.having(RAILREL_IMAGE_COMMAND=command).railrel("dockerfile", "own")
    assert started(bench, told) == (*UVICORN, "--app-dir", "backend", "mysite.asgi:application")
    assert "collectstatic" not in dockerfile(bench)


@pytest.mark.parametrize(
    ("base", "production", "line"),
    [
        (SETTINGS.replace('"static"', '"/var/www/static"'), "from .base import *\n", "base.py:2:1"),
        (SETTINGS, "from .base import *\nSTATIC_ROOT = Path('/srv')\n", "production.py:2:1"),
        (
            SETTINGS.replace('"static"', 'os.environ.get("STATIC", "/srv")'),
            "from config.settings.base import *\n",
            "base.py:2:1",
        ),
    ],
)
def test_static_files_that_would_not_get_into_the_image_are_said(
    bench: Workbench, base: str, production: str, line: str
) -> None:
    files = {
        "config/wsgi.py": names_settings("config.settings.production"),
        "config/settings/base.py": base,
        "config/settings/production.py": production,
    }

    result = written(bench, files, needs=DJANGO)

    assert result.code == ExitCode.USAGE
    assert "collectstatic would fill" in result.err
    assert "which does not get into the image" in result.err
    assert f"config/settings/{line}" in result.err
    assert 'STATIC_ROOT = BASE_DIR / "static", or image-command = "gunicorn' in result.err


@pytest.mark.parametrize(
    ("base", "production"),
    [
        (SETTINGS.replace('"static"', '"/app/own/static"'), "from .base import *\n"),
        (
            SETTINGS.replace('"static"', '"/var/www"'),
            "from .base import *\nSTATIC_ROOT = BASE_DIR / 'x'\n",
        ),
        (SETTINGS.replace('"static"', 'BASE_DIR + "/static"'), "from .base import *\n"),
    ],
)
def test_static_files_within_the_project_are_collected(
    bench: Workbench, base: str, production: str
) -> None:
    files = {
        "config/wsgi.py": names_settings("config.settings.production"),
        "config/settings/base.py": base,
        "config/settings/production.py": production,
        "config/settings/local.py": "STATIC_ROOT = '/tmp/static'\n",
    }

    assert written(bench, files, needs=DJANGO).code == 0
    assert "collectstatic" in dockerfile(bench)


# --- the setting image-command


def told(command: str, port: str = "") -> str:
    """The project's own settings."""
    return f"[tool.railrel]\nimage-command = '''{command}'''\n{port}"


@pytest.mark.parametrize(
    "command",
    [
        "uvicorn --factory c:create_app",
        "/usr/local/bin/gunicorn c:app",
        "python -m gunicorn c:app",
        "python3.12 -u -X dev -m uvicorn c:app",
        "hypercorn c:app",
        "daphne c.asgi:application",
        "waitress-serve c:app",
        "python -m waitress c:app",
        "granian --interface asgi c:app",
        "sh -c 'python manage.py migrate && exec gunicorn c.wsgi'",
        "bash -ec 'PORT=1 exec uvicorn c:app --port \"$PORT\"'",
    ],
)
def test_a_known_server_serves_whatever_the_project_would_start(
    bench: Workbench, command: str
) -> None:
    more = '[project.scripts]\nown = "own:main"\n' + HATCHLING
    checked = 'image-healthcheck = "/healthz"\n'

    result = written(bench, {"own.py": ""}, more=more + told(command, checked))

    assert result.code == 0, result.err
    assert "EXPOSE 8000\n" in dockerfile(bench)
    assert "http://127.0.0.1:8000/healthz" in dockerfile(bench)


@pytest.mark.parametrize(
    "command",
    [
        "python -m d.worker",
        "own",
        "python -m d.worker --like gunicorn",
        "sh -c 'echo uvicorn; exec python -m d.worker'",
        "sh -c 'what is ( this'",
        "sh work.sh",
        "python",
    ],
)
def test_another_command_serves_only_where_the_project_says_so(
    bench: Workbench, command: str
) -> None:
    files = {"web.py": FASTAPI}

    assert written(bench, files, more=told(command)).code == 0
    assert "EXPOSE" not in dockerfile(bench)
    assert written(bench, files, more=told(command, 'image-port = "9000"\n')).code == 0
    assert "EXPOSE 9000\n" in dockerfile(bench)
    assert written(bench, files, more=told(command, 'image-healthcheck = "/up"\n')).code == 0
    assert "EXPOSE 8000\n" in dockerfile(bench)
    assert "http://127.0.0.1:8000/up" in dockerfile(bench)


def test_a_script_serves_where_the_project_says_on_which_port(bench: Workbench) -> None:
    more = '[project.scripts]\nown = "own:main"\n' + HATCHLING

    result = written(bench, {"own.py": ""}, more=f'{more}[tool.railrel]\nimage-port = "9000"\n')

    assert started(bench, result) == ("own",)
    assert "EXPOSE 9000\n" in dockerfile(bench)


def test_the_port_of_the_setting_stands_for_its_name_in_a_command(bench: Workbench) -> None:
    result = written(bench, {}, more=told("daphne -p {port} c:app", 'image-port = "9000"\n'))

    assert started(bench, result) == ("daphne", "-p", "9000", "c:app")


@pytest.mark.parametrize("command", [" ", "''", "'' --port 8000"])
def test_a_command_that_names_no_program_is_none(bench: Workbench, command: str) -> None:
    result = written(bench, {"main.py": ""}, more=f'[tool.railrel]\nimage-command = "{command}"\n')

    assert result.code == ExitCode.USAGE
    assert "image-command names no program" in result.err
    assert f"{bench.root}/own/pyproject.toml:7:1" in result.err
    assert not (bench.root / "own/Dockerfile").exists()


@pytest.mark.parametrize(
    ("command", "mark"),
    [
        ("python manage.py migrate && gunicorn c", "&&"),
        ("python -m a || python -m b", "||"),
        ("python -m a | tee b", "|"),
        ("python -m a; python -m b", ";"),
        ("python -m a & python -m b", "&"),
        ("python -m a > b", ">"),
        ("python -m a 2>&1", ">"),
        ("python -m a < b", "<"),
        ("DEBUG=1 python -m a", "DEBUG=1"),
        ("gunicorn --bind :$PORT c", "$PORT"),
        ("gunicorn --bind :${PORT:-8000} c", "${PORT"),
        ('gunicorn --bind ":$PORT" c', "$PORT"),
        ("gunicorn $(cat options) c", "$("),
        ("gunicorn `cat options` c", "`"),
    ],
)
def test_what_only_a_shell_understands_is_no_command(
    bench: Workbench, command: str, mark: str
) -> None:
    result = written(bench, {"main.py": ""}, more=told(command))

    assert result.code == ExitCode.USAGE
    assert f"image-command has {mark}, which only a shell understands" in result.err
    assert f"{bench.root}/own/pyproject.toml:7:1" in result.err
    assert "image-command = \"sh -c '" in result.err
    assert not (bench.root / "own/Dockerfile").exists()


@pytest.mark.parametrize(
    ("command", "argv"),
    [
        ("sh -c 'a && exec b \"$X\"'", ("sh", "-c", 'a && exec b "$X"')),
        ('sh -c "exec b $X"', ("sh", "-c", "exec b $X")),
        ("gunicorn 'c:make(\"$x\", 1 > 0)'", ("gunicorn", 'c:make("$x", 1 > 0)')),
        ("gunicorn c:make()", ("gunicorn", "c:make()")),
        (r"python -c print\(\'a\;b\$c\'\)", ("python", "-c", "print('a;b$c')")),
        (
            "python -m a --price 5$ --set X=1",
            ("python", "-m", "a", "--price", "5$", "--set", "X=1"),
        ),
    ],
)
def test_what_is_quoted_is_the_programs(
    bench: Workbench, command: str, argv: tuple[str, ...]
) -> None:
    assert started(bench, written(bench, {}, more=told(command))) == argv
