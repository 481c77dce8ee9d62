"""Packages that can be run."""

from railrel.errors import Problem
from railrel.images.starts.protocol import Start, several
from railrel.images.tree import Tree

ID = "module"
TITLE = (
    "a package with a `__main__.py`: `python -m PACKAGE`; a `main.py` beside it: `python main.py`"
)


def find(tree: Tree) -> Start | Problem | None:
    """The outermost package that Python can run."""
    found = [
        m for name in tree.files_named("__main__.py") if (m := tree.module(name)) and m.package
    ]
    packages = {m.package: m for m in found}
    outermost = [p for p in packages if not any(p.startswith(f"{other}.") for other in packages)]
    named = [package for package in outermost if tree.is_own(package)]
    match named or outermost:
        case [package] if folder := packages[package].folder:
            return Problem(
                f"{package} is imported from {folder}, where the image does not look",
                str(tree.project.folder / folder),
                f"image-command = \"sh -c 'cd {folder} && exec python -m {package}'\" below [tool.railrel]",
                "not-importable",
            )
        case [package]:
            return Start(ID, ("python", "-m", package))
        case [first, *_]:
            said = f"several packages that can be run: {', '.join(outermost)}"
            return several(tree, f"has {said}", f"python -m {first}")
        case _ if tree.has("main.py") and not tree.packaged:
            return Start(ID, ("python", "main.py"))
        case _:
            return None
