"""A project with two siblings, and what becomes of its files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from railrel.dependencies.references import Index
from railrel.documents import Document
from railrel.images.migrate import Migration, migration
from railrel.images.siblings import Sibling
from railrel.sources import Source
from railrel.workspace.projects import project_of

ROOT = Path("/work")
APP = ROOT / "app"
URL = "https://git.example.com/api/packages/acme/pypi/simple/"
SECRET = "--mount=type=secret,id=netrc,target=/run/secrets/netrc"
PIP = "NETRC=/run/secrets/netrc pip install"
CORE = f"--no-deps --index-url {URL} 'issue-core>=0.2,<0.3'"

SIBLINGS = (
    Sibling("issue-core", ROOT / "issue-core", ">=0.2,<0.3"),
    Sibling(
        "Mail_Kit",
        ROOT / "libs" / "mail-kit",
        ">=1,<2",
        ("aiosmtplib>=3,<4", "tomli>=2 ; python_version < '3.11'"),
        {"html": ("premailer>=3", "issue-core>=0.2.1")},
    ),
    Sibling("untold", ROOT / "untold", ">=3,<4", None),
)


@dataclass(frozen=True)
class Result:
    """What a migration says, for comparing."""

    migration: Migration
    files: dict[str, bytes]
    """All files, those that did not change too."""

    @property
    def found(self) -> list[tuple[str, str]]:
        """Rule and place of what is left to a person."""
        return [_short(f.problem.rule, f.problem.at) for f in self.migration.findings if f.blocks]

    @property
    def notes(self) -> list[tuple[str, str]]:
        """Rule and place of what somebody should know."""
        return [
            _short(f.problem.rule, f.problem.at) for f in self.migration.findings if not f.blocks
        ]

    def text(self, name: str = "Dockerfile") -> str:
        return self.files[name].decode()


def migrated(
    files: Mapping[str, str | bytes] | Mapping[str, str] | str, url: str = URL, more: str = ""
) -> Result:
    """The plan for these files of the project, or for its Dockerfile alone."""
    given = {"Dockerfile": files} if isinstance(files, str) else files
    data = {name: t if isinstance(t, bytes) else t.encode() for name, t in given.items()}
    project = project_of(
        Document(APP / "pyproject.toml", f'[project]\nname = "app"\n{more}'.encode())
    )
    assert project
    sources = [Source(APP / name, content) for name, content in data.items()]
    result = migration(project, SIBLINGS, Index("acme", url, ""), sources)
    for file in result.files:
        data[file.path.relative_to(APP).as_posix()] = file.after
    return Result(result, data)


def _short(rule: str, at: str) -> tuple[str, str]:
    return rule, at.removeprefix(f"{APP}/")
