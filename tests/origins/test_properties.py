"""Whatever stands in a project's file, telling its tools ends in a file that needs no more telling."""

from contextlib import suppress
from pathlib import Path

import tomlkit
from hypothesis import example, given, settings
from packaging.utils import canonicalize_name

from railrel.dependencies.references import Index
from railrel.documents import Document
from railrel.errors import ConfigError
from railrel.origins.lines import find
from railrel.origins.names import Ours, Taken, packages_of, taken
from railrel.origins.settle import settled
from railrel.origins.tools import TOOLS
from railrel.workspace.projects import project_of
from tests.test_any_file import tables

INDEX = Index("acme", "https://x.example.com/simple/", "https://x.example.com")
LIB, DEEP = canonicalize_name("lib"), canonicalize_name("deep")


@settings(max_examples=300)
@given(tables)
@example({"project": {"name": "lib"}, "tool": [{}]})
def test_no_file_makes_us_crash_or_change_it_twice(table: dict[str, object]) -> None:
    data = tomlkit.dumps(table).encode()
    for name in ("pyproject.toml", "Pipfile"):
        document = Document(Path("/w/app") / name, data)
        list(find(document))
        list(packages_of(document))
        with suppress(ConfigError):
            project = project_of(document)
            direct = taken(project, [LIB], [DEEP], Ours({}, ("lib", "deep"))) if project else None
            taking = direct or Taken((LIB,), (DEEP,), {})
            (once,) = settled([document], TOOLS, taking, INDEX).files or [None]
            if once:
                again = Document(document.path, once.after)
                assert settled([again], TOOLS, taking, INDEX).files == ()
