"""Where Django's settings have static files collected. Nothing of them is run."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from railrel.images.installers.protocol import OWN
from railrel.images.tree import Tree
from railrel.values import dataclass

_STAR = re.compile(r"^from\s+(\.*)([\w.]*)\s+import\s+\*", re.MULTILINE)
_ROOT = re.compile(r"^STATIC_ROOT\s*(?::[^=\n]+)?=\s*(.*?)\s*(?:#.*)?$", re.MULTILINE)
# An absolute path, alone or as what is taken where a variable is not set.
_ABSOLUTE = re.compile(
    r"(?:(?:\w+\.)*(?:Path|environ\.get|getenv|env|str|config)\("
    r"(?:\s*[\"']\w+[\"']\s*,\s*(?:default\s*=\s*)?)?)*"
    r"[\"'](/[^\"'\n]*)[\"']\)*(?:\s*/\s*[\"'][^\"']*[\"'])*"
)


@dataclass(frozen=True, slots=True)
class Outside:
    """A folder for static files that is none of the project's."""

    folder: str
    at: str


def root_outside(tree: Tree, settings: str) -> Outside | None:
    """Where static files would be lost: only the project's own folder gets into the image."""
    for name in _files(tree, settings):
        text = tree.text(name)
        last = next(iter(reversed(list(_ROOT.finditer(text)))), None)
        if last:
            found = _ABSOLUTE.fullmatch(last[1])
            if found is None or PurePosixPath(found[1]).is_relative_to(OWN):
                return None
            line = text.count("\n", 0, last.start()) + 1
            return Outside(found[1], f"{tree.project.folder / name}:{line}:1")
    return None


def _files(tree: Tree, settings: str) -> Iterator[str]:
    """The file of the settings, then those that it takes everything from."""
    waiting, seen = [settings], {""}
    while waiting:
        module = waiting.pop(0)
        if module in seen:
            continue
        seen.add(module)
        inside = module.replace(".", "/")
        for ending in (f"/{inside}.py", f"/{inside}/__init__.py"):
            name = next((n for n in tree.sources if f"/{n}".endswith(ending)), None)
            if name:
                yield name
                parts = module.split(".")
                package = parts if ending.endswith("__init__.py") else parts[:-1]
                for dots, rest in _STAR.findall(tree.text(name)):
                    above = package[: len(package) - len(dots) + 1] if dots else []
                    waiting.append(".".join([*above, *([rest] if rest else [])]))
