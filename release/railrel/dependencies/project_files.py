"""Which files of a project can name a neighbour, and what they are read as."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from railrel.dependencies.file_names import files_like, matches, may_be_script, scripts_below
from railrel.dependencies.listed import at_keys
from railrel.dependencies.references import Finding, Purpose
from railrel.dependencies.reported import TEXT as REPORTED_TEXT
from railrel.dependencies.reported import TOML as REPORTED_TOML
from railrel.dependencies.syntaxes import (
    TEXT,
    TOML,
    conda_pip,
    requirement_files,
    scripts,
    setup_cfg,
    setup_py,
)
from railrel.documents import Document
from railrel.errors import ConfigError, Problem
from railrel.sources import Source, read_bytes, read_source
from railrel.values import dataclass

_TOML_FILES = frozenset(name for syntax in (*TOML, *REPORTED_TOML) for name in syntax.FILES)
GLOBS = tuple(
    dict.fromkeys(g for s in (*TOML, *TEXT, *REPORTED_TOML, *REPORTED_TEXT) for g in s.FILES)
)
_BUT_SCRIPTS = tuple(g for g in GLOBS if g not in scripts.FILES)
# Requirements of a thousand lines are some 100 kB; nobody writes 5 MB of them.
_LARGEST = 5_000_000
_OF_BACKENDS = frozenset({"setup.py", "setup.cfg", "hatch.toml"})


@dataclass(frozen=True)
class ProjectFiles:
    """The files of one project that were looked at."""

    documents: tuple[Document, ...]
    """`pyproject.toml` first."""
    texts: tuple[Source, ...]
    published: frozenset[Path]
    """Those whose lines become metadata of the distribution."""
    requirements: frozenset[Path]
    """Those that others name as requirements files, whatever they are called, and be they there or not."""
    problems: tuple[Problem, ...]
    """Files that cannot be read."""
    findings: tuple[Finding, ...]
    """Files that are too large to be looked at."""

    def problems_for(self, purpose: Purpose) -> tuple[Problem, ...]:
        """The problems that matter: a publish does not mind a broken Pipfile."""
        if purpose != "publish":
            return self.problems
        folder = self.documents[0].path.parent
        names = {*self.published, *(folder / name for name in _OF_BACKENDS)}
        return tuple(p for p in self.problems if any(p.at.startswith(str(n)) for n in names))


def project_files(
    pyproject: Document,
    instead: Mapping[Path, bytes] | None = None,
    *,
    all_scripts: bool = False,
) -> ProjectFiles:
    """Read what may name a neighbour beside a `pyproject.toml`; unreadable files are problems.

    `instead` are contents to be looked at in place of those on the disk. `all_scripts` looks for
    scripts in each folder of the project, and not only where they usually are.
    """
    folder = pyproject.path.parent
    documents: list[Document] = [pyproject]
    texts: dict[Path, Source] = {}
    problems: list[Problem] = []
    too_large: list[Finding] = []
    contents = dict(instead or {})
    for path in _candidates(folder, scripts=all_scripts):
        if path in contents:
            continue
        if path.stat().st_size > _LARGEST:
            too_large += _too_large(path, path.relative_to(folder).as_posix())
            continue
        try:
            contents[path] = read_bytes(path)
        except ConfigError as error:
            problems += error.problems
    for path, data in sorted(contents.items()):
        if path.name == "pyproject.toml":
            continue
        if path.name in _TOML_FILES:
            documents.append(Document(path, data))
        else:
            texts[path] = Source(path, data)
    unreadable = {d.path: _unreadable(d) for d in documents[1:]}
    problems += [problem for found in unreadable.values() for problem in found]
    documents = [d for d in documents if not unreadable.get(d.path)]
    published = frozenset(_published(pyproject, texts))
    included = _with_includes(folder, texts, published)
    return ProjectFiles(
        tuple(documents),
        tuple(texts.values()),
        published | included[0],
        included[1],
        tuple(problems),
        tuple(too_large),
    )


def _too_large(path: Path, relative: str) -> Iterator[Finding]:
    if not matches(_BUT_SCRIPTS, relative):
        return
    problem = Problem(
        f"{path.name} is larger than {_LARGEST // 1_000_000} MB, and is not looked at",
        str(path),
        "nobody writes that much by hand: move it, or name it otherwise",
        "too-large",
    )
    yield Finding(problem, "publish" if path.name in _OF_BACKENDS else "image")


def can_name_a_neighbour(relative: str) -> bool:
    """Whether a file of this path, below a project's folder, is one that is looked at."""
    return matches(GLOBS, relative)


def _candidates(folder: Path, *, scripts: bool) -> Iterator[Path]:
    names = [*files_like(folder, GLOBS), *(scripts_below(folder) if scripts else ())]
    for name in dict.fromkeys(names):
        path = folder / name
        if name != "pyproject.toml" and path.is_file() and not _is_other_program(path, name):
            yield path


def _is_other_program(path: Path, name: str) -> bool:
    """Whether a file is looked at for being a script alone, and cannot be one."""
    if "." in path.name or not may_be_script(path.name) or matches(_BUT_SCRIPTS, name):
        return False
    try:
        with path.open("rb") as file:
            return file.read(2) != b"#!"
    except OSError:
        return False


def _unreadable(document: Document) -> tuple[Problem, ...]:
    try:
        _ = document.values
    except ConfigError as error:
        return error.problems
    return ()


def _published(pyproject: Document, texts: dict[Path, Source]) -> Iterator[Path]:
    """Files that setuptools, Hatch's requirements hook or `setup.py` read dependencies from.

    https://setuptools.pypa.io/en/latest/userguide/pyproject_config.html#dynamic-metadata
    https://github.com/repo-helper/hatch-requirements-txt
    """
    folder = pyproject.path.parent
    dynamic = pyproject.table("project").get("dynamic")
    named = [item for item in dynamic if isinstance(item, str)] if isinstance(dynamic, list) else []
    setuptools = ("tool", "setuptools", "dynamic")
    if "dependencies" in named:
        yield from _listed_files(folder, pyproject.table(*setuptools, "dependencies"))
    if "optional-dependencies" in named:
        for _, extra in at_keys(pyproject.values, (*setuptools, "optional-dependencies", "*")):
            yield from _listed_files(folder, extra)
    if named:
        hook = pyproject.table("tool", "hatch", "metadata", "hooks", "requirements_txt")
        yield from _paths(folder, hook.get("files"))
        for files in _values(hook.get("optional-dependencies")):
            yield from _paths(folder, files)
    cfg = texts.get(folder / "setup.cfg")
    for item in setup_cfg.items(cfg) if cfg else ():
        if item.section.startswith("options") and item.text.startswith("file:"):
            yield from _paths(folder, item.text.removeprefix("file:").split(","))
    script = texts.get(folder / "setup.py")
    yield from _paths(folder, list(setup_py.reads(script)) if script else None)


def _listed_files(folder: Path, value: object) -> Iterator[Path]:
    yield from _paths(folder, value.get("file") if isinstance(value, dict) else None)


def _values(value: object) -> list[object]:
    return list(value.values()) if isinstance(value, dict) else []


def _paths(folder: Path, value: object) -> Iterator[Path]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str) and item.strip():
            yield Path(os.path.normpath(folder / item.strip()))


def _with_includes(
    folder: Path, texts: dict[Path, Source], published: frozenset[Path]
) -> tuple[frozenset[Path], frozenset[Path]]:
    """Read what requirements files include, adding to `texts`.

    Gives the files that become metadata by an include, and all that are requirements files.
    """
    below = {p: p.relative_to(folder).as_posix() for p in texts if p.is_relative_to(folder)}
    names = {p for p, name in below.items() if matches(requirement_files.FILES, name)}
    conda = (texts[p] for p, name in below.items() if matches(conda_pip.FILES, name))
    waiting = [target for source in conda for target in conda_pip.includes(source)]
    waiting += [*(p for p in sorted(names) if p not in published), *sorted(published)]
    known: set[Path] = set()
    becoming: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in known or not path.is_relative_to(folder):
            continue
        known.add(path)
        source = texts.get(path)
        if source is None:
            if not os.path.isfile(path) or path.stat().st_size > _LARGEST:  # noqa: PTH113 -- odd names
                continue
            try:
                source = texts[path] = read_source(path)
            except ConfigError:
                # The tool that reads it will say that it is not there.
                continue
        for _, target in requirement_files.includes(source):
            waiting.append(target)
            if path in published | becoming and target not in published | becoming:
                becoming.add(target)
                known.discard(target)
    return frozenset(becoming), frozenset(known)
