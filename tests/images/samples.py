"""Projects of many kinds whose images are generated, and built where a builder is."""

from dataclasses import dataclass, field

from tests.workbench import Workbench

HATCHLING = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
SETUPTOOLS = (
    '[build-system]\nrequires = ["setuptools>=77"]\nbuild-backend = "setuptools.build_meta"\n'
)
POETRY_CORE = (
    '[build-system]\nrequires = ["poetry-core>=2"]\nbuild-backend = "poetry.core.masonry.api"\n'
)
PDM_BACKEND = '[build-system]\nrequires = ["pdm-backend"]\nbuild-backend = "pdm.backend"\n'


@dataclass(frozen=True)
class Sample:
    """A project that takes `issue-core` from the registry, and what its image does."""

    name: str
    tool: str
    """What locks it: `uv`, `poetry`, `pdm` or `pip`."""
    pyproject: str
    """`{registry}` stands for the registry's URL."""
    files: dict[str, str] = field(default_factory=dict)
    serves: str = ""
    """The path of a page that says `issue-core`."""
    says: str = ""
    """What it prints where it serves nothing."""

    def write(self, bench: Workbench, registry: str) -> None:
        """Put it into the workspace."""
        text = self.pyproject.replace("{registry}", registry)
        bench.write(f"{self.name}/pyproject.toml", text)
        for name, content in self.files.items():
            bench.write(f"{self.name}/{name}", content)


def head(name: str, *needs: str, more: str = "") -> str:
    """The project's own table."""
    listed = ", ".join(f'"{need}"' for need in ("issue-core>=0.2,<0.3", *needs))
    return (
        f'[project]\nname = "{name}"\nversion = "1.0"\nrequires-python = ">=3.11"\n'
        f"dependencies = [{listed}]\n{more}"
    )


UV_INDEX = """
[tool.uv.sources]
issue-core = { index = "acme" }

[[tool.uv.index]]
name = "acme"
url = "{registry}/simple/"
explicit = true
"""

SAMPLES = (
    Sample(
        "tender-api",
        "uv",
        head("tender-api", "fastapi", "uvicorn") + HATCHLING + UV_INDEX,
        {
            "src/tender_api/__init__.py": "",
            "src/tender_api/app.py": """
                from fastapi import FastAPI
                import issue_core

                app = FastAPI()

                @app.get("/healthz")
                def healthz() -> dict[str, str]:
                    return {"status": issue_core.__name__}
                """,
        },
        serves="/healthz",
    ),
    Sample(
        "tender-worker",
        "poetry",
        head("tender-worker")
        + POETRY_CORE
        + """
[tool.poetry]
packages = [{ include = "tender_worker" }]

[tool.poetry.dependencies]
issue-core = { source = "acme" }

[[tool.poetry.source]]
name = "acme"
url = "{registry}/simple/"
priority = "explicit"
""",
        {
            "tender_worker/__init__.py": "",
            "tender_worker/__main__.py": """
                import issue_core

                print("at work with", issue_core.__name__)
                """,
        },
        says="at work with issue_core",
    ),
    Sample(
        "tender-report",
        "pdm",
        head("tender-report", more='[project.scripts]\ntender-report = "tender_report:main"\n')
        + PDM_BACKEND
        + """
[[tool.pdm.source]]
name = "acme"
url = "{registry}/simple/"
include_packages = ["issue-core"]
""",
        {
            "src/tender_report/__init__.py": """
                import issue_core

                def main() -> None:
                    print("a report by", issue_core.__name__)
                """,
        },
        says="a report by issue_core",
    ),
    Sample(
        "tender-site",
        "pip",
        head("tender-site", "flask", "gunicorn") + SETUPTOOLS,
        {
            "tender_site/__init__.py": """
                import issue_core
                from flask import Flask

                app = Flask(__name__)

                @app.get("/healthz")
                def healthz() -> str:
                    return issue_core.__name__
                """,
        },
        serves="/healthz",
    ),
    Sample(
        "tender-flat",
        "uv",
        head("tender-flat", "django>=5.2,<6", "gunicorn", "whitenoise") + UV_INDEX,
        {
            "manage.py": """
                import os
                import sys

                from django.core.management import execute_from_command_line

                os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")
                execute_from_command_line(sys.argv)
                """,
            "site_/__init__.py": "",
            "site_/wsgi.py": """
                import os

                from django.core.wsgi import get_wsgi_application

                os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")
                application = get_wsgi_application()
                """,
            "site_/settings.py": """
                import os
                from pathlib import Path

                import issue_core

                BASE_DIR = Path(__file__).parent.parent
                SECRET_KEY = os.environ["SECRET_KEY"]
                ALLOWED_HOSTS = ["*"]
                INSTALLED_APPS = ["django.contrib.staticfiles", "site_"]
                MIDDLEWARE = ["whitenoise.middleware.WhiteNoiseMiddleware"]
                ROOT_URLCONF = "site_.urls"
                STATIC_URL = "/static/"
                STATIC_ROOT = BASE_DIR / "collected"
                """,
            "site_/urls.py": """
                urlpatterns = []
                """,
            "site_/static/hello.txt": "issue_core says hello\n",
        },
        serves="/static/hello.txt",
    ),
)


def uv_lock(name: str, *needs: str) -> str:
    """A whole `uv.lock` of a project that needs these and nothing behind them."""
    others = (f'[[package]]\nname = "{need}"\nversion = "1.0"\n' for need in needs)
    return "version = 1\n" + uv_root(name, *needs) + "".join(others)


def uv_root(name: str, *needs: str) -> str:
    """The project's own entry in its lock."""
    listed = ", ".join(f'{{ name = "{need}" }}' for need in needs)
    return (
        f'[[package]]\nname = "{name}"\nversion = "1.0"\nsource = {{ virtual = "." }}\n'
        f"dependencies = [{listed}]\n"
    )
