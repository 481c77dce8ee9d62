"""How a project's tests are run in a job: what makes their environment, and what starts them."""

import re
from collections.abc import Iterator, Mapping

from railrel.documents import Document
from railrel.values import dataclass

NO = "no"
DEFAULT = "pytest"

_TEST = re.compile(r"(?:.*/)?(?:test_[^/]*|[^/]*_test)\.py")
_USABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_FIRST = ("test", "tests", "testing")
_LAST = ("dev", "develop", "development")
_FILES = tuple(
    form.format(name)
    for name in ("test", "tests", "dev")
    for form in (
        "requirements-{}.txt", "requirements_{}.txt", "{}-requirements.txt", "requirements/{}.txt"
    )
)  # fmt: skip
_PYTEST = re.compile(r"""^\s*["']?pytest(?![\w-])""", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sources:
    """What of a project's files decides."""

    document: Document
    """`pyproject.toml`."""
    names: tuple[str, ...]
    """Files that git knows, without those of other projects, relative to the folder."""
    texts: Mapping[str, str]
    """Those that list requirements."""
    packaged: bool
    """Whether it is built and installed."""
    uv_lock: bool
    """Its own, or that of its workspace."""


@dataclass(frozen=True, slots=True)
class Suite:
    """Both are run in the project's folder, in a checkout of the tests' own."""

    tool: str
    """`uv`, `poetry`, `pdm` or `pip`: whose lock or lists are installed."""
    install: tuple[str, ...]
    """Shell commands that make `.venv` there."""
    command: str


def suite_of(sources: Sources, command: str) -> Suite | None:
    """None where there are no tests, or where the setting says so."""
    has_tests = any(_TEST.fullmatch(name) for name in sources.names)
    if command == NO or not (command or has_tests):
        return None
    tool, install = _environment(sources)
    wanted = command or DEFAULT
    if "pytest" in wanted and not _lists_pytest(sources):
        install = (*install, "uv pip install --quiet --python .venv/bin/python pytest")
    return Suite(tool, install, wanted)


def requirement_files(names: tuple[str, ...]) -> tuple[str, ...]:
    """Files of the project that list what its tests need, what it needs itself first."""
    return tuple(name for name in ("requirements.txt", *_FILES) if name in names)


def _environment(sources: Sources) -> tuple[str, tuple[str, ...]]:
    document, names = sources.document, sources.names
    group, extra = _group(document), _extra(document)
    if sources.uv_lock:
        more = f" --group {group}" if group else f" --extra {extra}" if extra else ""
        return "uv", (f"uv sync --quiet --frozen{more}",)
    if "poetry.lock" in names or document.table("tool", "poetry", "group"):
        more = f" --extras {extra}" if extra else ""
        optional = _optional_group(document)
        more += f" --with {optional}" if optional else ""
        said = f"uv tool run --from 'poetry>=2,<3' poetry install --no-interaction{more}"
        return "poetry", (said,)
    if "pdm.lock" in names or document.table("tool", "pdm", "dev-dependencies"):
        by = "sync" if "pdm.lock" in names else "install"
        more = f" --group {extra}" if extra and not group else ""
        return "pdm", (f"uv tool run pdm {by} --dev{more}",)
    return "pip", ("uv venv --quiet .venv", *_by_pip(sources, group, extra))


def _by_pip(sources: Sources, group: str, extra: str) -> Iterator[str]:
    pip = "uv pip install --quiet --python .venv/bin/python"
    for name in requirement_files(sources.names)[:2]:
        # Apart from the project: in a list with hashes nothing may be without.
        yield f"{pip} --requirement {name}"
    in_group = f" --group {group}" if group else ""
    if sources.packaged:
        in_extra = f"[{extra}]" if extra and not group else ""
        yield f"{pip} --editable '.{in_extra}'{in_group}"
    elif sources.document.table("project").get("dependencies"):
        yield f"{pip} --requirement pyproject.toml{in_group}"
    elif group:
        yield f"{pip}{in_group}"


def _group(document: Document) -> str:
    """The dependency group (PEP 735) for tests; empty where there is none."""
    return _of_tests(document.table("dependency-groups"))


def _extra(document: Document) -> str:
    found = _of_tests(document.table("project", "optional-dependencies"))
    return found or _of_tests(document.table("tool", "poetry", "extras"))


def _of_tests(table: Mapping[str, object]) -> str:
    named = (name for name in (*_FIRST, *_LAST) if name in table)
    listing = (name for name, listed in table.items() if _PYTEST.search(_lines(listed)))
    found = next(named, None) or next(listing, "")
    return found if _USABLE.fullmatch(found) else ""


def _optional_group(document: Document) -> str:
    """A group of Poetry's that is installed only when it is asked for."""
    groups = document.table("tool", "poetry", "group").items()
    return _of_tests(
        {
            n: None
            for n, group in groups
            if isinstance(group, dict) and group.get("optional") is True
        }
    )


def _lists_pytest(sources: Sources) -> bool:
    """Whether it is among what is installed, as far as the files say."""
    document = sources.document
    tables = [
        document.table("dependency-groups"),
        document.table("project", "optional-dependencies"),
        document.table("tool", "pdm", "dev-dependencies"),
    ]
    listed = [value for table in tables for value in table.values()]
    listed.append(document.table("tool", "uv").get("dev-dependencies"))
    of_poetry = (
        name
        for group in document.table("tool", "poetry", "group").values()
        if isinstance(group, dict)
        for name in _keys(group.get("dependencies"))
    )
    texts = [*map(_lines, listed), *of_poetry, *sources.texts.values()]
    return any(_PYTEST.search(text) for text in texts)


def _keys(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, dict) else ()


def _lines(listed: object) -> str:
    return "\n".join(map(str, listed)) if isinstance(listed, list) else ""
