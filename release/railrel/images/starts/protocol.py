"""What starts in an image."""

from typing import Protocol

from railrel.errors import Problem
from railrel.images.tree import Tree
from railrel.values import dataclass

# All addresses of a container are its pod's own.
GUNICORN = ("gunicorn", "--bind", "0.0.0.0:{port}")
UVICORN = ("uvicorn", "--host", "0.0.0.0", "--port", "{port}")  # noqa: S104
# By which option they look for modules in another folder than the project's.
APP_DIR = {"gunicorn": "--pythonpath", "uvicorn": "--app-dir"}


@dataclass(frozen=True, slots=True)
class Start:
    """The command of an image, and what there is to know about it."""

    kind: str
    argv: tuple[str, ...]
    serves: bool = False
    """Whether it answers HTTP, on the port that `{port}` in `argv` stands for."""
    django_settings: str = ""
    """The module with Django's settings."""


def no_server(tree: Tree, said: str, server: str) -> Problem:
    """That what the image would be started with is not in it."""
    return Problem(
        f"{tree.project.name} {said}",
        tree.project.document.at(("project", "dependencies")),
        f'add "{server}" to its dependencies, or set image-command',
        "no-server",
    )


def several(tree: Tree, said: str, command: str) -> Problem:
    """That the project could be started in more than one way, one of which is that command."""
    return Problem(
        f"{tree.project.name} {said}",
        str(tree.project.folder),
        f'say which: image-command = "{command}" below [tool.railrel]',
        "several-starts",
    )


class Starter(Protocol):
    """A kind of program. Each is a module of this folder, listed in its table."""

    @property
    def ID(self) -> str:  # noqa: N802 -- a constant of each module
        """A stable name."""
        ...

    @property
    def TITLE(self) -> str:  # noqa: N802
        """What is recognised and how it is started, for the reference."""
        ...

    def find(self, tree: Tree) -> Start | Problem | None:
        """How it starts; None where the project is none of this kind."""
        ...
