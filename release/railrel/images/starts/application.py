"""FastAPI and its kin: a module that makes an application object."""

import ast
import re
from collections.abc import Iterator

from railrel.errors import Problem
from railrel.images.python_code import parsed
from railrel.images.starts.installed import is_installed
from railrel.images.starts.protocol import APP_DIR, GUNICORN, UVICORN, Start, no_server, several
from railrel.images.tree import Module, Tree
from railrel.values import dataclass

ID = "application"
TITLE = "FastAPI, Starlette, Litestar, Quart: `uvicorn MODULE:NAME`; Flask: `gunicorn MODULE:NAME`"

_KINDS = "FastAPI|Starlette|Litestar|Quart|Flask"
_MADE = re.compile(rf"\b(?:{_KINDS})\s*\(")
# For what is written for a newer Python than railrel runs on.
_MADE_AT_TOP = re.compile(
    rf"^(?P<name>\w+)\s*(?::[^=\n]+)?=\s*(?:\w+\.)?(?P<kind>{_KINDS})\(", re.MULTILINE
)
_LOWEST = {"gunicorn": "gunicorn>=23", "uvicorn": "uvicorn>=0.30"}


@dataclass(frozen=True, slots=True)
class _Application:
    module: Module
    name: str
    kind: str

    @property
    def target(self) -> str:
        """As servers take it."""
        return f"{self.module.name}:{self.name}"

    @property
    def argv(self) -> tuple[str, ...]:
        """Its server's command: Flask speaks WSGI, all others ASGI."""
        server = GUNICORN if self.kind == "Flask" else UVICORN
        folder = self.module.folder
        return (*server, *((APP_DIR[server[0]], folder) if folder else ()), self.target)


def find(tree: Tree) -> Start | Problem | None:
    """The one application that the project makes at the top of a module."""
    found = [
        _Application(module, name, kind)
        for source in sorted(tree.sources, key=lambda n: (n.count("/"), n))
        for name, kind in _made(tree.text(source))
        if (module := tree.module(source))
    ]
    match found:
        case [one] if not is_installed(tree, one.argv[0]):
            server = one.argv[0]
            said = f"does not require {server}, so nothing can serve {one.target}"
            return no_server(tree, said, _LOWEST[server])
        case [one]:
            return Start(ID, one.argv, serves=True)
        case [first, *_]:
            said = f"makes several applications: {', '.join(one.target for one in found)}"
            return several(tree, said, " ".join(first.argv))
        case _:
            return None


def _made(text: str) -> Iterator[tuple[str, str]]:
    """The names of applications, with their classes."""
    if not _MADE.search(text):
        return
    module = parsed(text)
    if module is None:
        yield from ((made["name"], made["kind"]) for made in _MADE_AT_TOP.finditer(text))
        return
    for node in module.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=made))
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call(func=made))
            ):
                kind = made.attr if isinstance(made, ast.Attribute) else getattr(made, "id", "")
                if re.fullmatch(_KINDS, kind):
                    yield name, kind
            case _:
                pass
