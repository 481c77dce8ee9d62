"""Which modules the files of a wheel are."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

_SUFFIX = re.compile(r"(?:\.(?:cpython|abi3|pypy|cp\d|graalpy)[\w.-]*)?\.(?:so|pyd)$|\.pyc?$")
_NAME = re.compile(r"[^\W\d]\w*")
# Where a wheel keeps what is installed beside its own place: https://peps.python.org/pep-0427/
_BESIDE = re.compile(r"[^/]+\.data/(?:purelib|platlib)/")


def modules_of(names: Iterable[str]) -> frozenset[str]:
    """Every module and package that these files make importable, namespaces included."""
    found: set[str] = set()
    for name in names:
        inside = _BESIDE.sub("", name)
        short = _SUFFIX.sub("", inside)
        parts = PurePosixPath(short).parts
        if short == inside or not all(_NAME.fullmatch(part) for part in parts):
            continue
        if parts and parts[-1] == "__init__":
            parts = parts[:-1]
        found.update(".".join(parts[: length + 1]) for length in range(len(parts)))
    return frozenset(found)


def to_import(names: Iterable[str]) -> tuple[str, ...]:
    """What of a wheel to import to see that it can be: its top modules, in order.

    Of a namespace package, what lies in it. A name that begins with an underscore is private.
    """
    files = tuple(names)
    known = modules_of(files)
    inits = {PurePosixPath(_BESIDE.sub("", f)).parent for f in files if "/__init__." in f}
    packages = {".".join(folder.parts) for folder in inits}
    spaces = {module.rpartition(".")[0] for module in known} - packages
    found: list[str] = []
    for module in sorted(known - spaces):
        is_below = any(module.startswith(f"{one}.") for one in found)
        if not is_below and not any(part.startswith("_") for part in module.split(".")):
            found.append(module)
    return tuple(found)
