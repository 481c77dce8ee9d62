"""Small projects that are published again and again, each time as a new version."""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "{version}"
description = "A small library"
readme = "README.md"
requires-python = ">=3.11"
dependencies = ["packaging>=24"]

[tool.hatch.build.targets.wheel]
packages = ["{module}"]
"""
_MODULES = 6
_GIT = {
    "GIT_AUTHOR_NAME": "Bench",
    "GIT_AUTHOR_EMAIL": "bench@example.com",
    "GIT_COMMITTER_NAME": "Bench",
    "GIT_COMMITTER_EMAIL": "bench@example.com",
}


@dataclass(frozen=True)
class Parcel:
    """One project, a repository of its own, with six modules."""

    folder: Path
    environment: Mapping[str, str]

    def make(self) -> None:
        """Write it, without a version yet."""
        module = self.folder / self._module
        module.mkdir(parents=True)
        (self.folder / "README.md").write_text(f"# {self.folder.name}\n\nA small library.\n")
        (self.folder / ".gitignore").write_text("/dist/\n")
        for number in range(_MODULES):
            name = f"part_{number}.py" if number else "__init__.py"
            body = "".join(f"def work_{n}() -> int:\n    return {n}\n\n\n" for n in range(20))
            (module / name).write_text(f'"""Part {number}."""\n\n\n{body}'.rstrip() + "\n")
        self._git("init", "--quiet", "--initial-branch", "main")

    def become(self, version: str) -> None:
        """Commit and tag a new version; what an earlier one left is gone."""
        text = _PYPROJECT.format(name=self.folder.name, version=version, module=self._module)
        (self.folder / "pyproject.toml").write_text(text)
        shutil.rmtree(self.folder / "dist", ignore_errors=True)
        self._git("add", "--all")
        self._git("commit", "--quiet", "--message", version)
        self._git("tag", f"v{version}")

    @property
    def _module(self) -> str:
        return self.folder.name.replace("-", "_")

    def _git(self, *arguments: str) -> None:
        subprocess.run(
            ["git", *arguments], cwd=self.folder, env={**self.environment, **_GIT}, check=True
        )
