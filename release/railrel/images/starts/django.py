"""Django projects, by their settings module."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from railrel.errors import Problem
from railrel.images.starts.installed import is_installed
from railrel.images.starts.protocol import (
    APP_DIR,
    GUNICORN,
    UVICORN,
    Start,
    no_server,
    several,
)
from railrel.images.starts.static_root import root_outside
from railrel.images.tree import Module, Tree
from railrel.values import dataclass

ID = "django"
TITLE = "Django: `gunicorn MODULE.wsgi`, or `uvicorn MODULE.asgi:application` without gunicorn"

_SETTINGS = re.compile(r"""DJANGO_SETTINGS_MODULE["']\s*(?:,|\]\s*=)\s*["']([\w.]+)["']""")


@dataclass(frozen=True, slots=True)
class _Served:
    """A WSGI or ASGI module."""

    module: Module
    settings: str
    """Those that it serves with."""
    nearness: int
    """How many parts of its name it has in common with the settings that `manage.py` names."""

    @property
    def top(self) -> str:
        """Its outermost package."""
        return self.module.name.partition(".")[0]


def find(tree: Tree) -> Start | Problem | None:
    """The server that the project requires, over its own WSGI or ASGI module."""
    if "django" not in tree.requirements and not tree.has("manage.py"):
        return None
    wsgi, asgi = list(_served(tree, "wsgi.py")), list(_served(tree, "asgi.py"))
    if not (wsgi or asgi):
        return None
    if wsgi and is_installed(tree, "gunicorn"):
        return _start(tree, wsgi, "WSGI", GUNICORN)
    if asgi and is_installed(tree, "uvicorn"):
        return _start(tree, asgi, "ASGI", UVICORN)
    said = "requires neither gunicorn nor uvicorn, so nothing can serve it"
    return no_server(tree, said, "gunicorn>=23")


def _served(tree: Tree, file: str) -> Iterator[_Served]:
    """Modules of this file name whose settings are known, the outermost first."""
    managed = _settings(tree, *tree.files_named("manage.py", "__main__.py"))
    others = _settings(tree, *tree.files_named("wsgi.py", "asgi.py"))
    for name in tree.files_named(file):
        settings = _settings(tree, name) or managed or others
        module = _module(tree, name, settings)
        if settings and module:
            parts = zip(module.name.split("."), (managed or settings).split("."), strict=False)
            same = [one == other for one, other in parts]
            nearness = same.index(False) if False in same else len(same)
            yield _Served(module, settings, nearness)


def _settings(tree: Tree, *names: str) -> str:
    found = (_SETTINGS.search(tree.text(name)) for name in names)
    return next((one[1] for one in found if one), "")


def _module(tree: Tree, name: str, settings: str) -> Module | None:
    """Its name counts from the folder that the settings' name counts from: `manage.py` is there."""
    if tree.packaged:
        return tree.module(name)
    inside = settings.replace(".", "/")
    for folder in reversed(PurePosixPath(name).parents):
        if any(tree.has(str(folder / f"{inside}{end}")) for end in (".py", "/__init__.py")):
            called = PurePosixPath(name).relative_to(folder).with_suffix("").parts
            return Module(".".join(called), "" if folder.name == "" else str(folder))
    return tree.module(name)


def _start(
    tree: Tree, candidates: list[_Served], kind: str, server: tuple[str, ...]
) -> Start | Problem:
    nearest = max(one.nearness for one in candidates)
    near = [one for one in candidates if one.nearness == nearest]
    argv = _argv(near[0].module, server)
    if len({one.top for one in near}) > 1:
        said = f"has several {kind} modules: {', '.join(one.module.name for one in near)}"
        return several(tree, said, " ".join(argv))
    module, settings = near[0].module, near[0].settings
    if collects_static(tree, settings):
        # Who sets the command collects by himself.
        other = f'image-command = "{" ".join(argv)}" below [tool.railrel], which collects none'
        if module.folder:
            return Problem(
                f"{settings} is imported from {module.folder}, where collectstatic does not look",
                str(tree.project.folder / module.folder),
                f"move manage.py and its packages out of {module.folder}, or {other}",
                "not-importable",
            )
        outside = root_outside(tree, settings)
        if outside:
            return Problem(
                f"collectstatic would fill {outside.folder}, which does not get into the image",
                outside.at,
                f'STATIC_ROOT = BASE_DIR / "static", or {other}',
                "static-outside",
            )
    return Start(ID, argv, serves=True, django_settings=settings)


def _argv(module: Module, server: tuple[str, ...]) -> tuple[str, ...]:
    folder = (APP_DIR[server[0]], module.folder) if module.folder else ()
    return (*server, *folder, f"{module.name}:application" if server is UVICORN else module.name)


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
