"""What starts in an image. One kind of program a file, listed here in the order they are asked."""

from dataclasses import replace

from railrel.errors import Problem
from railrel.images.starts import application, django, module, script
from railrel.images.starts.protocol import Start, Starter
from railrel.images.starts.told import told
from railrel.images.tree import Tree

STARTERS: tuple[Starter, ...] = (django, application, script, module)


def start_of(tree: Tree, wanted: str = "") -> Start | Problem:
    """The command that was asked for, or the one of the first kind that the project is."""
    found = next((s for starter in STARTERS if (s := starter.find(tree))), None)
    if wanted:
        known = found.django_settings if isinstance(found, Start) else ""
        found = told(tree, wanted, known)
    if isinstance(found, Start):
        return replace(found, serves=found.serves or _is_said_to_serve(tree))
    return found or Problem(
        f"nothing in {tree.project.name} says what its image shall start",
        str(tree.project.folder),
        'image-command = "python -m PACKAGE" below [tool.railrel], or a script in [project.scripts]',
        "no-start",
    )


def _is_said_to_serve(tree: Tree) -> bool:
    """By the project itself: what holds for all projects says nothing of one that may serve nothing."""
    table = tree.project.document.table("tool", "railrel")
    return any(table.get(name) for name in ("image-port", "image-healthcheck"))
