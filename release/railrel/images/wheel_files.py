"""Which files of a project its wheel holds, and what Python calls them there.

One reader for each backend's own tables; where they say nothing, what all backends look for.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath

from packaging.utils import NormalizedName, canonicalize_name

from railrel.documents import Document
from railrel.values import dataclass

# Folders of a checkout that setuptools takes for no package, and other backends do not look at.
_NO_PACKAGES = re.compile(
    r"ci|bin|debian|docs?|documentation|manpages|news|newsfragments|changelog|(unit_)?tests?|examples?|"
    r"scripts|tools|utils?|python|build|benchmarks?|exercises?|htmlcov|dist|\..*"
)
_NO_MODULES = frozenset({"setup.py", "noxfile.py", "fabfile.py", "tasks.py", "conftest.py"})


@dataclass(frozen=True, slots=True)
class Packed:
    """A folder or a file that gets into the wheel."""

    path: str
    """In the project; empty for all of it."""
    root: str = ""
    """The part of the path that goes."""
    prefix: str = ""
    """What comes in its place."""

    def path_in_wheel(self, name: str) -> str | None:
        """Where a file of the project is in the wheel; None for one of another folder."""
        if not _inside(name, self.path):
            return None
        rest = PurePosixPath(name).relative_to(self.root or ".")
        return str(PurePosixPath(self.prefix) / rest)


def packed(document: Document, own: NormalizedName, names: tuple[str, ...]) -> tuple[Packed, ...]:
    """All that gets into the wheel of a project with these Python files."""
    backend = str(document.table("build-system").get("build-backend", "setuptools"))
    read = _READERS.get(backend.partition(".")[0])
    said = tuple(read(document)) if read else ()
    if said:
        return said
    if any(_inside(name, "src") for name in names):
        return (Packed("src", "src"),)
    return tuple(_found(own, names))


def _found(own: NormalizedName, names: tuple[str, ...]) -> Iterator[Packed]:
    """Packages beside `pyproject.toml`; without any, modules."""
    there = frozenset(names)
    at_top = [name for name in names if "/" not in name]
    packages = {top for name in names if (top := name.partition("/")[0]) != name}
    kept = [top for top in sorted(packages) if _is_package(top, own, there)]
    for name in at_top:
        if canonicalize_name(name.removesuffix(".py")) == own or not (kept or name in _NO_MODULES):
            yield Packed(name)
    yield from map(Packed, kept)


def _is_package(top: str, own: NormalizedName, names: frozenset[str]) -> bool:
    called = canonicalize_name(top)
    # The project acme-core may have its code in acme/core.
    if called == own or own.startswith(f"{called}-"):
        return True
    if _NO_PACKAGES.fullmatch(top):
        return False
    if f"{top}/__init__.py" in names:
        return True
    # A setup.py may say of a folder what nobody knows without running it.
    inside = any(_inside(name, top) and name.endswith("/__init__.py") for name in names)
    return inside and "setup.py" not in names


# --- what the tables of backends say


def _hatch(document: Document) -> Iterator[Packed]:
    tables = (
        document.table("tool", "hatch", "build", "targets", "wheel"),
        document.table("tool", "hatch", "build"),
    )
    roots: dict[str, str] = {}
    for table in reversed(tables):
        sources = table.get("sources")
        if isinstance(sources, dict):
            roots |= {_path(root): str(to) for root, to in sources.items()}
        roots |= {_path(root): "" for root in _texts(sources)}
    for table in tables:
        packages = [_path(text) for text in _texts(table.get("packages"))]
        if packages:
            yield from (Packed(path, _above(path)) for path in packages)
            return
        paths = _texts(table.get("only-include")) or _texts(table.get("include"))
        if paths:
            for path in map(_path, paths):
                root = max((r for r in roots if _inside(path, r)), key=len, default="")
                yield Packed(path, root, roots.get(root, ""))
            return


def _poetry(document: Document) -> Iterator[Packed]:
    packages = document.table("tool", "poetry").get("packages")
    for table in packages if isinstance(packages, list) else ():
        if isinstance(table, dict):
            root, to = _path(str(table.get("from", ""))), str(table.get("to", ""))
            yield Packed(_joined(root, _path(str(table.get("include", "")))), root, to)


def _setuptools(document: Document) -> Iterator[Packed]:
    table = document.table("tool", "setuptools")
    folders = {
        name: _path(str(path))
        for name, path in document.table("tool", "setuptools", "package-dir").items()
    }
    root = folders.get("", "")
    where = map(
        _path, _texts(document.table("tool", "setuptools", "packages", "find").get("where"))
    )
    found = [folder for folder in (*where, root) if folder]
    for package in _texts(table.get("packages")):
        path = _joined(root, package.replace(".", "/"))
        if package in folders:
            yield Packed(folders[package], folders[package], package.replace(".", "/"))
        else:
            yield Packed(path, root)
    for module in _texts(table.get("py-modules")):
        yield Packed(_joined(root, f"{module.replace('.', '/')}.py"), root)
    if not _texts(table.get("packages")):
        yield from (Packed(folder, folder) for folder in dict.fromkeys(found))


def _uv(document: Document) -> Iterator[Packed]:
    table = document.table("tool", "uv", "build-backend")
    root = _path(str(table.get("module-root", "src")))
    named = table.get("module-name")
    modules = [named] if isinstance(named, str) else _texts(named)
    for module in modules:
        yield Packed(_joined(root, module.replace(".", "/")), root)
    if root and not modules:
        yield Packed(root, root)


def _pdm(document: Document) -> Iterator[Packed]:
    root = _path(str(document.table("tool", "pdm", "build").get("package-dir", "")))
    if root:
        yield Packed(root, root)


def _maturin(document: Document) -> Iterator[Packed]:
    root = _path(str(document.table("tool", "maturin").get("python-source", "")))
    if root:
        yield Packed(root, root)


_READERS: Mapping[str, Callable[[Document], Iterator[Packed]]] = {
    "hatchling": _hatch,
    "maturin": _maturin,
    "pdm": _pdm,
    "poetry": _poetry,
    "setuptools": _setuptools,
    "uv_build": _uv,
}


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _path(pattern: str) -> str:
    """What a pattern has before its first wildcard."""
    kept: list[str] = []
    for part in pattern.strip("/").split("/"):
        if any(mark in part for mark in "*?[!"):
            break
        kept.append(part)
    return "/".join(part for part in kept if part not in ("", "."))


def _inside(name: str, path: str) -> bool:
    return not path or name == path or name.startswith(f"{path}/")


def _above(path: str) -> str:
    return path.rpartition("/")[0]


def _joined(*parts: str) -> str:
    return "/".join(part for part in parts if part)
