"""Packages that can be run."""

from railrel.images.starts.protocol import Start
from railrel.images.tree import Tree

ID = "module"
TITLE = (
    "a package with a `__main__.py`: `python -m PACKAGE`; a `main.py` beside it: `python main.py`"
)


def find(tree: Tree) -> Start | None:
    """The outermost package that Python can run."""
    inside = next(tree.files_named("__main__.py"), None)
    if inside:
        package = tree.module_name(inside).rpartition(".")[0]
        return Start(ID, ("python", "-m", package)) if package else None
    if tree.has("main.py") and not tree.packaged:
        return Start(ID, ("python", "main.py"))
    return None
