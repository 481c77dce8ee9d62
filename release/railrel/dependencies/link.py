"""The way back for development: a sibling's folder in the place of its published package.

Each tool has its own form; the range that is published stays wherever the tool allows both.
"""

import os
from collections.abc import Iterator

from railrel.dependencies.file_names import matches
from railrel.dependencies.listed import at_keys, listed, strings
from railrel.dependencies.paths import Folder
from railrel.dependencies.project_files import ProjectFiles
from railrel.dependencies.references import PathDependency
from railrel.dependencies.requirements import Written
from railrel.dependencies.scan import Scan
from railrel.dependencies.syntaxes import poetry_path, requirement_files
from railrel.dependencies.syntaxes.requirement_files import is_compiled, logical_lines
from railrel.dependencies.tables import same_name
from railrel.documents import Document
from railrel.edits import Edit, FileRewrite, apply
from railrel.errors import ConfigError, Problem
from railrel.sources import Source
from railrel.toml_edits import set_entry, toml_of
from railrel.values import dataclass
from railrel.workspace.projects import Project


@dataclass(frozen=True, slots=True)
class Link:
    """What is to be written for one project."""

    form: str
    """In words, for the user."""
    files: tuple[FileRewrite, ...]


def link(scan: Scan, project: Project, sibling: Project) -> Link | Problem:
    """The files with the sibling taken from its folder; a Problem when nothing names it."""
    if any(_is_linked(found, sibling) for found in scan.found):
        return Link("already", ())
    path = os.path.relpath(sibling.folder, project.folder).replace(os.sep, "/")
    results = [
        result
        for form in (_pipfile, _requirement_lines, _pyproject)
        if (result := form(scan.files, sibling, path))
    ]
    if not results:
        return Problem(
            f"{project.name} does not name {sibling.name}, so there is nothing to link",
            str(project.document.path),
            f'add "{sibling.written_name}" to project.dependencies first',
            "not-a-dependency",
        )
    wrong = next((r for r in results if isinstance(r, Problem)), None)
    if wrong:
        return wrong
    links = [r for r in results if isinstance(r, Link)]
    forms = ", ".join(dict.fromkeys(one.form for one in links))
    return Link(forms, tuple(file for one in links for file in one.files))


def _is_linked(found: PathDependency, sibling: Project) -> bool:
    at_its_folder = isinstance(found.target, Folder) and found.target.folder == sibling.folder
    return at_its_folder or found.name == sibling.name


def _pyproject(files: ProjectFiles, sibling: Project, path: str) -> Link | Problem | None:
    document = files.documents[0]
    names = {r.name for r in listed(document)}
    for keys in poetry_path.TABLES:
        for place, _ in at_keys(document.values, keys):
            table = tuple(map(str, place))
            if any(same_name(key, sibling.name) for key in document.table(*table)):
                return _in_poetry(document, table, sibling, path)
    if sibling.name not in names:
        return None
    match _tool(document):
        case "poetry":
            return _in_poetry(document, ("tool", "poetry", "dependencies"), sibling, path)
        case "pdm":
            return _in_pdm(document, sibling, path)
        case _:
            return _in_uv(document, sibling, path)


def _tool(document: Document) -> str:
    """The tool that manages the project, by its lock, its table or its backend."""
    folder = document.path.parent
    backend = str(document.table("build-system").get("build-backend", ""))
    for tool in ("uv", "poetry", "pdm"):
        if (folder / f"{tool}.lock").is_file():
            return tool
    for tool, module in (("uv", "uv_build"), ("poetry", "poetry"), ("pdm", "pdm")):
        if document.table("tool", tool) or backend.startswith(module):
            return tool
    # Others pass over uv's table.
    return "uv"


def _in_uv(document: Document, sibling: Project, path: str) -> Link | Problem:
    value = f"{{ path = {toml_of(path)}, editable = true }}"
    key = _key(document, ("tool", "uv", "sources"), sibling)
    return _set(document, ("tool", "uv", "sources"), key, value)


def _in_poetry(
    document: Document, table: tuple[str, ...], sibling: Project, path: str
) -> Link | Problem:
    key = _key(document, table, sibling)
    more = _kept(document.table(*table).get(key), {"extras", "markers", "python", "optional"})
    value = f"{{ {', '.join([f'path = {toml_of(path)}', 'develop = true', *more])} }}"
    return _set(document, table, key, value)


def _in_pdm(document: Document, sibling: Project, path: str) -> Link | Problem:
    line = f"-e file:///${{PROJECT_ROOT}}/{path}#egg={sibling.written_name}"
    table = ("tool", "pdm", "dev-dependencies")
    there = [text for _, text in strings(document, (*table, "dev"))]
    value = "[" + ", ".join(toml_of(text) for text in (*there, line)) + "]"
    return _set(document, table, "dev", value)


def _kept(entry: object, names: set[str]) -> list[str]:
    """Of an entry the pairs, as TOML, that hold for a path as well."""
    pairs = entry.items() if isinstance(entry, dict) else ()
    return [f"{name} = {toml_of(value)}" for name, value in pairs if name in names]


def _key(document: Document, table: tuple[str, ...], sibling: Project) -> str:
    """The key as it is written there, or the sibling's own name."""
    written = (key for key in document.table(*table) if same_name(key, sibling.name))
    return next(written, sibling.written_name)


def _set(document: Document, table: tuple[str, ...], key: str, value: str) -> Link | Problem:
    there = document.table(*table).get(key)
    by_hand = Problem(
        f"{'.'.join(table)} is written in a way that railrel cannot add to",
        document.at(table),
        f"write below [{'.'.join(table)}]: {key} = {value}",
        "cannot-link",
    )
    if isinstance(there, list) and table[-1] != "dev-dependencies":
        # Each entry has markers of its own, and only one of them is the sibling's.
        return by_hand
    try:
        after = set_entry(document, table, key, value)
        if key not in after.table(*table):
            return by_hand
    except ConfigError:
        return by_hand
    return Link(f"[{'.'.join(table)}]", (FileRewrite(document.path, document.data, after.data),))


def _pipfile(files: ProjectFiles, sibling: Project, path: str) -> Link | Problem | None:
    for document in files.documents:
        for category in ("packages", "dev-packages") if document.path.name == "Pipfile" else ():
            for key, entry in document.table(category).items():
                if not same_name(key, sibling.name):
                    continue
                more = _kept(entry, {"extras", "markers"})
                value = ", ".join([f"path = {toml_of(path)}", "editable = true", *more])
                return _set(document, (category,), key, f"{{{value}}}")
    return None


def _requirement_lines(files: ProjectFiles, sibling: Project, path: str) -> Link | Problem | None:
    changed: list[FileRewrite] = []
    for source in files.texts:
        relative = source.path.relative_to(files.documents[0].path.parent).as_posix()
        is_ours = source.path in files.requirements or matches(requirement_files.FILES, relative)
        if not is_ours or is_compiled(source) or source.path in files.published:
            continue
        edits = list(_lines(source, sibling, path))
        if edits:
            changed.append(FileRewrite(source.path, source.data, apply(source, edits).data))
    return Link("requirements files", tuple(changed)) if changed else None


def _lines(source: Source, sibling: Project, path: str) -> Iterator[Edit]:
    for line in logical_lines(source):
        requirement = Written(line.text.strip())
        parsed = requirement.parsed
        if parsed is None or parsed.url or requirement.name != sibling.name:
            continue
        start = len(line.text) - len(line.text.lstrip())
        body = line.text.strip().partition(";")[0].rstrip()
        extras = f"[{','.join(sorted(parsed.extras))}]" if parsed.extras else ""
        span = line.span(start, start + len(body))
        place = f'"{path}{extras}"' if " " in path else f"{path}{extras}"
        yield Edit(span.start, span.end, f"-e {place}")
