"""FastAPI and its kin: a module that makes an application object."""

import re

from railrel.errors import Problem
from railrel.images.starts.protocol import GUNICORN, UVICORN, Start
from railrel.images.tree import Tree

ID = "application"
TITLE = "FastAPI, Starlette, Litestar, Quart: `uvicorn MODULE:NAME`; Flask: `gunicorn MODULE:NAME`"

_MADE = re.compile(
    r"^(?P<name>\w+)\s*(?::[^=\n]+)?=\s*(?:\w+\.)?(?P<class>FastAPI|Starlette|Litestar|Quart|Flask)\(",
    re.MULTILINE,
)
_SERVERS = {"Flask": "gunicorn"}


def find(tree: Tree) -> Start | Problem | None:
    """The one application that the project makes at the top of a module."""
    found = [
        (tree.module_name(name), made["name"], made["class"])
        for name in sorted(tree.modules, key=lambda n: (n.count("/"), n))
        for made in _MADE.finditer(tree.text(name))
    ]
    if not found:
        return None
    if len(found) > 1:
        several = ", ".join(f"{module}:{name}" for module, name, _ in found)
        return Problem(
            f"{tree.project.name} makes several applications: {several}",
            str(tree.project.folder),
            f'set image-command = "uvicorn --host 0.0.0.0 --port 8000 {found[0][0]}:{found[0][1]}"',
            "several-starts",
        )
    ((module, name, kind),) = found
    server = GUNICORN if _SERVERS.get(kind) == "gunicorn" else UVICORN
    return Start(ID, (*server, f"{module}:{name}"), serves=True)
