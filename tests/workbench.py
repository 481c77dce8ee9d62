"""A workspace to work on in a test, and railrel run on it as a user would."""

import json
import shutil
import subprocess
import sys
import sysconfig
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from railrel.cli import main
from railrel.effects.clock import RealClock
from railrel.effects.files import RealFiles
from railrel.effects.git import RealGit
from railrel.effects.http import RealHttp
from railrel.effects.processes import RealProcesses
from railrel.world import World
from tests.inherited import inherited

REPOSITORY = Path(__file__).parents[1]
EXAMPLES = REPOSITORY / "examples" / "workspace"
SECONDS = 300
# In a checkout the source root; where only the wheel is, nothing is needed.
_SOURCE = REPOSITORY / "release"
IMPORTABLE = {"PYTHONPATH": str(_SOURCE)} if _SOURCE.is_dir() else {}


class EmptyKeyring:
    """No credential store."""

    def credential(self, service: str) -> tuple[str, str] | None:
        del service
        return None


@dataclass(frozen=True, slots=True)
class Result:
    """How a run ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, object]:
        """The one object on stdout."""
        found: dict[str, object] = json.loads(self.out)
        return found


@dataclass(frozen=True)
class Workbench:
    """One workspace, and the environment that commands on it get."""

    root: Path
    home: Path
    cache: Path
    capture: pytest.CaptureFixture[str] | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    opened: list[RealHttp] = field(default_factory=list)
    """Clients to close at the end of the test."""

    # --- what is there

    def write(self, name: str, text: str | bytes) -> Path:
        """A file below the workspace, with the common indentation taken out of a text."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = text if isinstance(text, bytes) else textwrap.dedent(text).lstrip("\n").encode()
        path.write_bytes(data)
        return path

    def library(self, name: str = "issue-core", version: str = "0.2.3", more: str = "") -> Path:
        """A small project that can be built."""
        module = name.replace("-", "_")
        self.write(
            f"{name}/pyproject.toml",
            f'[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n'
            f'[project]\nname = "{name}"\nversion = "{version}"\n'
            f'requires-python = ">=3.11"\n{more}'
            f'\n[tool.hatch.build.targets.wheel]\npackages = ["{module}"]\n',
        )
        self.write(f"{name}/{module}/__init__.py", f'NAME = "{name}"\n')
        return self.root / name

    def copy_examples(self) -> None:
        """The two projects of examples/, as repositories at their tags."""
        shutil.copytree(EXAMPLES, self.root, dirs_exist_ok=True)
        self.commit("issue-core", "v0.2.3")
        self.commit("vergabe-teilnahme", "v0.1.0")

    def commit(self, project: str, tag: str = "") -> None:
        """Commit all of a project, and move the tag there."""
        if not (self.root / project / ".git").exists():
            self.git(project, "init", "-q", "-b", "main")
        self.git(project, "add", "-A")
        self.git(project, "commit", "-q", "--allow-empty", "-m", "A commit")
        if tag:
            self.git(project, "tag", "-f", tag)

    def git(self, project: str, *arguments: str) -> str:
        """Run git in a project."""
        return self.call(["git", *arguments], folder=self.root / project)

    # --- railrel

    @property
    def environment(self) -> dict[str, str]:
        """What commands see."""
        return {
            **inherited(),
            "HOME": str(self.home),
            "XDG_CACHE_HOME": str(self.cache),
            "PYTHONDONTWRITEBYTECODE": "1",
            "GIT_AUTHOR_NAME": "Test",
            "GIT_AUTHOR_EMAIL": "test@example.com",
            "GIT_COMMITTER_NAME": "Test",
            "GIT_COMMITTER_EMAIL": "test@example.com",
            "GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z",
            "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z",
            "GIT_CONFIG_NOSYSTEM": "1",
            **self.variables,
        }

    def having(self, **variables: str) -> "Workbench":
        """The same with more in the environment."""
        return replace(self, variables={**self.variables, **variables})

    def world(self, folder: Path | None = None) -> World:
        """The real world with this environment."""
        clock = RealClock()
        http = RealHttp(self.environment, clock)
        self.opened.append(http)
        return World(
            environment=self.environment,
            folder=folder or self.root,
            processes=RealProcesses(),
            http=http,
            git=RealGit(self.environment),
            files=RealFiles(),
            clock=clock,
            keyring=EmptyKeyring(),
        )

    def railrel(self, *argv: str, folder: str = ".", world: World | None = None) -> Result:
        """Run railrel in this process."""
        if self.capture is None:
            raise RuntimeError("this workbench sees no output")
        self.capture.readouterr()
        self.home.mkdir(exist_ok=True)
        code = main(list(argv), world or self.world((self.root / folder).resolve()))
        out, err = self.capture.readouterr()
        return Result(int(code), out, err)

    def start(self, *argv: str) -> "subprocess.Popen[bytes]":
        """Start railrel as a process of its own, in a session that can be killed whole."""
        self.home.mkdir(exist_ok=True)
        return subprocess.Popen(
            [sys.executable, "-m", "railrel", *argv],
            cwd=self.root,
            env={**self.environment, **IMPORTABLE},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    # --- everything else

    def call(self, argv: list[str], folder: Path | None = None, **variables: str) -> str:
        """Run a program, which must succeed, and give what it prints."""
        self.home.mkdir(exist_ok=True)
        done = subprocess.run(
            argv,
            cwd=folder or self.root,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{argv}\n{done.stdout}"
        return done.stdout

    def uv(self, *arguments: str, **variables: str) -> str:
        """Run uv, with the index that this machine's pip asks."""
        from railrel.distributions.environments import install_environment

        environment = {**install_environment(self.world()), **variables}
        return self.call([sys.executable, "-m", "uv", *arguments], None, **environment)

    def environment_folder(self, name: str) -> Path:
        """A fresh virtual environment without anything in it."""
        folder = self.root.parent / name
        self.uv("venv", "--quiet", "--python", sys.executable, str(folder))
        return folder

    def snapshot(self, folder: Path | None = None) -> dict[str, bytes]:
        """Every file below a folder, without git's own and railrel's notes."""
        base = folder or self.root
        return {
            path.relative_to(base).as_posix(): path.read_bytes()
            for path in sorted(base.rglob("*"))
            if path.is_file() and not {".git", "journal"} & set(path.relative_to(base).parts)
            if path.name not in (".lock", "lock")
        }


def scripts() -> Path:
    """Where the commands of this environment are."""
    return Path(sysconfig.get_path("scripts"))
