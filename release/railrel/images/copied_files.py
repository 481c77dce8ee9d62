"""What Python calls the files of a project that is copied as it is, by what they import."""

import sys
from collections.abc import Callable, Iterable, Iterator

from railrel.images.python_code import imported


def import_folder(
    name: str,
    sources: tuple[str, ...],
    text: Callable[[str], str],
    others: frozenset[str],
) -> str:
    """From where the modules around a file import each other; empty for the project's folder.

    A `src/main.py` with `import db` beside a `src/db.py` runs only with `src` on the path. `others`
    are modules that come from elsewhere.
    """
    above = list(_folders(name))
    # Python can import nothing through a folder that is called my-app.
    least = next((f for f in reversed(above) if not f.rpartition("/")[2].isidentifier()), "")
    at_top = _modules(sources, "") | others | sys.stdlib_module_names
    for folder in above:
        only_here = _modules(sources, folder) - at_top
        inside = (other for other in sources if other.startswith(f"{folder}/"))
        if len(folder) >= len(least) and only_here and _any_imports(map(text, inside), only_here):
            return folder
    return least


def _folders(name: str) -> Iterator[str]:
    """Those that a file is in, the outermost first."""
    at = name.find("/")
    while at >= 0:
        yield name[:at]
        at = name.find("/", at + 1)


def _modules(sources: tuple[str, ...], folder: str) -> frozenset[str]:
    """What can be imported with this folder on the path."""
    beginning = f"{folder}/" if folder else ""
    rests = (name.removeprefix(beginning) for name in sources if name.startswith(beginning))
    return frozenset(rest.partition("/")[0].removesuffix(".py") for rest in rests)


def _any_imports(texts: Iterable[str], names: frozenset[str]) -> bool:
    return any(imported(text) & names for text in texts)
