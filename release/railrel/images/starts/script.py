"""Console scripts."""

from packaging.utils import canonicalize_name

from railrel.errors import Problem
from railrel.images.starts.protocol import Start
from railrel.images.tree import Tree

ID = "script"
TITLE = "a console script: the only one, or the one that is called as the project is"


def find(tree: Tree) -> Start | Problem | None:
    """The command that the project installs."""
    document = tree.project.document
    scripts = document.table("project", "scripts") or document.table("tool", "poetry", "scripts")
    if not scripts or not tree.packaged:
        return None
    named = [name for name in scripts if canonicalize_name(name) == tree.project.name]
    if len(scripts) > 1 and not named:
        return Problem(
            f"{tree.project.name} has several scripts: {', '.join(scripts)}",
            document.at(("project", "scripts")),
            f'say which: image-command = "{next(iter(scripts))}" below [tool.railrel]',
            "several-starts",
        )
    return Start(ID, ((named or list(scripts))[0],))
