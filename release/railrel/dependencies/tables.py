"""Tables whose keys are projects and whose values say where each is taken from."""

from collections.abc import Iterator

from packaging.utils import canonicalize_name

from railrel.dependencies.listed import at_keys
from railrel.dependencies.paths import from_path, from_url
from railrel.dependencies.references import Breaks, PathDependency, Target
from railrel.documents import Document, KeyPath, Table


def entries(document: Document, keys: tuple[str, ...]) -> Iterator[tuple[str, KeyPath, Table]]:
    """Each table of a project as name, path of keys and table; those in a list one by one.

    `keys` may hold `*` for any key.
    """
    for at, table in at_keys(document.values, keys):
        for name, value in table.items() if isinstance(table, dict) else ():
            path: KeyPath = (*at, name)
            if isinstance(value, dict):
                yield name, path, value
            for index, item in enumerate(value if isinstance(value, list) else []):
                if isinstance(item, dict):
                    yield name, (*path, index), item


def found_in(
    document: Document, keys: tuple[str, ...], syntax: str, breaks: Breaks
) -> Iterator[PathDependency]:
    """The entries of the tables at these keys that have a local path."""
    for name, path, entry in entries(document, keys):
        local = local_target(document, entry)
        if local:
            yield PathDependency(
                name=canonicalize_name(name),
                syntax=syntax,
                file=document.path,
                path=path,
                at=document.at(path),
                written=local[0],
                target=local[1],
                breaks=breaks,
            )


def local_target(document: Document, entry: Table) -> tuple[str, Target] | None:
    """What is written for a local path, and where it leads; None for anything else."""
    below = entry.get("subdirectory")
    for key in ("path", "file", "url"):
        written = entry.get(key)
        if not isinstance(written, str):
            continue
        if ":" in written[2:] or key == "url":
            whole = f"{written}#subdirectory={below}" if isinstance(below, str) else written
            target = from_url(whole, document.path.parent)
        else:
            whole = f"{written}/{below}" if isinstance(below, str) else written
            target = from_path(whole, document.path.parent)
        return (written, target) if target else None
    git = entry.get("git")
    if isinstance(git, str) and git.startswith((".", "/", "~", "file:")):
        target = from_url(git, document.path.parent)
        return (git, target) if target else None
    return None


def same_name(written: str, name: str | None) -> bool:
    """Whether two spellings name one project (PEP 503)."""
    return canonicalize_name(written) == canonicalize_name(name or "")
