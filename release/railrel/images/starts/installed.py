"""Which packages an image has, as far as its lock says so: a server is often another's dependency."""

import re
from collections.abc import Iterator

from packaging.utils import NormalizedName, canonicalize_name

from railrel.dependencies.listed import listed
from railrel.documents import Document, Table
from railrel.images.installers.protocol import Need
from railrel.images.installers.reading import packages
from railrel.images.installers.uv import locked_in
from railrel.images.installers.wishes import installed
from railrel.images.tree import Tree

# In the order in which the installers are asked.
_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "requirements.txt")
_PINNED = re.compile(r"^([A-Za-z0-9][\w.-]*)", re.MULTILINE)
# What Poetry and PDM call the group of the project's own dependencies.
_MAIN = ("main", "default")


def is_installed(tree: Tree, name: str) -> bool:
    """Whether the project asks for a package, or its lock adds it to that.

    Without a lock nobody can say, and no image is made.
    """
    lock = next((lock for lock in _LOCKS if tree.has(lock)), None)
    wanted = canonicalize_name(name)
    return lock is None or wanted in tree.requirements or wanted in _locked(tree, lock)


def _locked(tree: Tree, lock: str) -> frozenset[NormalizedName]:
    if lock == "requirements.txt":
        return frozenset(canonicalize_name(name) for name in _PINNED.findall(tree.text(lock)))
    found = packages(tree.document(lock))
    own = tree.project.name
    if lock == "uv.lock" and any(_name(one) == own for one in found):
        taken = installed(locked_in(tree.document(lock)), (Need(own),))
        return frozenset(package.name for package in taken)
    not_asked = frozenset(_asked_otherwise(tree.project.document))
    return frozenset(_name(one) for one in found if _is_main(one, not_asked))


def _is_main(package: Table, not_asked: frozenset[NormalizedName]) -> bool:
    groups = package.get("groups")
    if isinstance(groups, list):
        return package.get("optional") is not True and any(group in groups for group in _MAIN)
    return _name(package) not in not_asked


def _asked_otherwise(document: Document) -> Iterator[NormalizedName]:
    """What is asked for by a group, an extra or the build, and so is in the lock without need."""
    for one in listed(document):
        if one.name and one.path[:2] != ("project", "dependencies"):
            yield canonicalize_name(one.name)
    groups = document.table("tool", "poetry", "group")
    others = (
        document.table("tool", "poetry", "dev-dependencies"),
        *(document.table("tool", "poetry", "group", name, "dependencies") for name in groups),
    )
    yield from (canonicalize_name(name) for table in others for name in table)
    for name, value in document.table("tool", "poetry", "dependencies").items():
        if isinstance(value, dict) and value.get("optional") is True:
            yield canonicalize_name(name)


def _name(package: Table) -> NormalizedName:
    return canonicalize_name(str(package.get("name", "")))
