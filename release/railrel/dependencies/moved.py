"""A lock that was made from a folder, and a registry that is a server by now."""

import re
from collections.abc import Iterable
from dataclasses import replace

from railrel.dependencies.indexes import Comer, told
from railrel.dependencies.listed import listed
from railrel.dependencies.locks import uv_lock
from railrel.dependencies.locks.beside import Lying
from railrel.dependencies.paths import Folder
from railrel.dependencies.references import Index, PathDependency
from railrel.dependencies.rewrite import Rewrite
from railrel.dependencies.tables import same_name
from railrel.documents import Document
from railrel.edits import FileRewrite

# Other tools cannot lock from a folder.
_TAKEN = re.compile(
    r'\[\[package\]\]\s+name = "(?P<name>[^"]*)"\s+version = "[^"]*"\s+'
    r'source = \{ registry = "(?P<folder>/[^"]*|file:[^"]*)" \}'
)


def with_moved(rewrite: Rewrite, stale: Iterable[Lying], index: Index | None) -> Rewrite:
    """With the server named for requirements that a lock took from a folder until now.

    They have a range already, so nothing else would tell uv where they come from.
    """
    locks = [one.lock for one in stale if one.kind.ID == uv_lock.ID]
    names = {found["name"] for lock in locks for found in _TAKEN.finditer(lock.octets)}
    if index is None or not names:
        return rewrite
    path = rewrite.project.document.path
    files = {file.path: file for file in rewrite.files}
    before = files[path].before if path in files else rewrite.project.document.data
    document = Document(path, files[path].after if path in files else before)
    after = told(document, _comers(document, names), ("uv",), index)
    if isinstance(after, list):
        return replace(rewrite, problems=(*rewrite.problems, *after))
    if after.data == document.data:
        return rewrite
    files[path] = FileRewrite(path, before, after.data)
    return replace(rewrite, files=tuple(files.values()))


def _comers(document: Document, names: Iterable[str]) -> list[Comer]:
    sources = document.table("tool", "uv", "sources")
    wanted = {name for name in names if not any(same_name(key, name) for key in sources)}
    return [
        Comer(
            r.name,
            PathDependency(
                name=r.name,
                syntax="",
                file=document.path,
                path=r.path,
                at=document.at(r.path),
                written=r.text,
                target=Folder(document.path.parent),
                breaks=r.breaks,
            ),
        )
        for r in listed(document)
        if r.name and r.name in wanted and r.url is None
    ]
