"""Django projects, by their settings module."""

import re
from pathlib import PurePosixPath

from railrel.errors import Problem
from railrel.images.starts.protocol import GUNICORN, UVICORN, Start
from railrel.images.tree import Tree

ID = "django"
TITLE = "Django: `gunicorn MODULE.wsgi`, or `uvicorn MODULE.asgi:application` without gunicorn"

_SETTINGS = re.compile(r"""DJANGO_SETTINGS_MODULE["']\s*(?:,|\]\s*=)\s*["']([\w.]+)["']""")


def find(tree: Tree) -> Start | Problem | None:
    """The server that the project requires, over its own WSGI or ASGI module."""
    if "django" not in tree.requirements and not tree.has("manage.py"):
        return None
    settings = _settings(tree)
    wsgi, asgi = (
        next((m for file in tree.files_named(name) if (m := tree.module(file))), None)
        for name in ("wsgi.py", "asgi.py")
    )
    if not settings or not (wsgi or asgi):
        return None
    if "gunicorn" in tree.requirements and wsgi:
        served: tuple[str, ...] = (*GUNICORN, wsgi.name)
        return Start(ID, served, serves=True, django_settings=settings)
    if "uvicorn" in tree.requirements and asgi:
        served = (*UVICORN, f"{asgi.name}:application")
        return Start(ID, served, serves=True, django_settings=settings)
    return Problem(
        f"{tree.project.name} requires neither gunicorn nor uvicorn, so nothing can serve it",
        tree.project.document.at(("project", "dependencies")),
        'add "gunicorn>=23" to its dependencies, or set image-command',
        "no-server",
    )


def _settings(tree: Tree) -> str:
    for name in tree.files_named("manage.py", "wsgi.py", "asgi.py", "__main__.py"):
        found = _SETTINGS.search(tree.text(name))
        if found:
            return found[1]
    return ""


def collects_static(tree: Tree, settings: str) -> bool:
    """Whether `collectstatic` has something to do: the app for it, and a folder to put it in."""
    inside = PurePosixPath(*settings.split("."))
    texts = [
        tree.text(name)
        for name in tree.sources
        if f"/{name}".endswith(f"/{inside}.py") or f"/{inside.parent}/" in f"/{name}"
    ]
    return any("django.contrib.staticfiles" in text for text in texts) and any(
        re.search(r"^STATIC_ROOT\b|[\"']staticfiles[\"']\s*:", text, re.MULTILINE) for text in texts
    )
