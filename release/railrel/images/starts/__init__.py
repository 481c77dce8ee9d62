"""What starts in an image. One kind of program a file, listed here in the order they are asked."""

import shlex

from railrel.errors import Problem
from railrel.images.starts import application, django, module, script
from railrel.images.starts.protocol import Start, Starter
from railrel.images.tree import Tree

STARTERS: tuple[Starter, ...] = (django, application, script, module)


def start_of(tree: Tree, wanted: str = "") -> Start | Problem:
    """The command that was asked for, or the one of the first kind that the project is."""
    found = next((s for starter in STARTERS if (s := starter.find(tree))), None)
    if wanted:
        try:
            argv = tuple(shlex.split(wanted))
        except ValueError as error:
            return Problem(f"image-command cannot be read: {error}", hint="close its quotes")
        known = found if isinstance(found, Start) else None
        serves = known.serves if known else True
        return Start("own", argv, serves, known.django_settings if known else "")
    return found or Problem(
        f"nothing in {tree.project.name} says what its image shall start",
        str(tree.project.folder),
        'image-command = "python -m PACKAGE" below [tool.railrel], or a script in [project.scripts]',
        "no-start",
    )
