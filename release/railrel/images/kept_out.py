"""What `.dockerignore` keeps from an image although the package may need it."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from railrel.errors import Problem, first_few
from railrel.images.tree import Tree
from railrel.workspace.dockerignore import dockerignore


def kept_out(tree: Tree, ignore: str) -> Problem | None:
    """The files of import packages that no build would be sent; git knows them, so they are meant."""
    sent = frozenset(dockerignore(ignore).kept(tree.names))
    packages = _packages(tree.names)
    hidden = [n for n in tree.names if n not in sent and packages & set(PurePosixPath(n).parents)]
    if not hidden:
        return None
    return Problem(
        f".dockerignore keeps files of the package from the image: {first_few(hidden)}",
        str(tree.project.folder / ".dockerignore"),
        f"if they are needed and no secret, write below its own lines: !{hidden[0]}",
        "kept-out",
    )


def _packages(names: Iterable[str]) -> set[PurePosixPath]:
    """The folders with an `__init__.py`; what lies below them is theirs."""
    top = PurePosixPath(".")
    return {PurePosixPath(n).parent for n in names if n.endswith("/__init__.py")} - {top}
