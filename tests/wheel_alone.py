"""Build railrel's wheel and run its tests in an environment where no checkout is: `make wheel`."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
NEEDED = (
    "tests",
    "examples",
    "docs",
    "pyproject.toml",
    "README.md",
    "CHANGELOG.md",
    "mkdocs.yml",
    ".pre-commit-hooks.yaml",
    "environment.sh",
)
# These kill and race the command, or build images or the wheel, for minutes; what is in the wheel
# cannot change that, and others compare whole files with what the wheel's templates give.
LEFT_OUT = (
    "tests/test_killed.py",
    "tests/test_killed_often.py",
    "tests/test_full_disk.py",
    "tests/registries/test_races.py",
    "tests/registries/test_real_races.py",
    "tests/registries/test_faults.py",
    "tests/origins/test_installs.py",
    "tests/servers",
    "tests/test_release_on_tag.py",
    "tests/images/test_build.py",
    "tests/images/test_prove.py",
    "tests/images/test_push.py",
    "tests/test_compose.py",
)
SECONDS = 2400


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="railrel wheel ") as name:
        scratch = Path(name)
        for needed in NEEDED:
            source, target = REPOSITORY / needed, scratch / "copy" / needed
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                target.parent.mkdir(exist_ok=True)
                shutil.copyfile(source, target)
        uv = [sys.executable, "-m", "uv"]
        run([*uv, "build", "--quiet", "--out-dir", str(scratch / "dist")], REPOSITORY)
        run([*uv, "venv", "--quiet", "--python", sys.executable, str(scratch / "env")], scratch)
        python = str(scratch / "env" / "bin" / "python")
        wheel = str(next((scratch / "dist").glob("*.whl")))
        group = f"{REPOSITORY / 'pyproject.toml'}:test"
        install = [*uv, "pip", "install", "--quiet", "--python", python, wheel, "--group", group]
        run([*install, "mkdocs"], scratch)
        ignored = [f"--ignore={path}" for path in LEFT_OUT]
        return run([python, "-m", "pytest", "-q", *ignored], scratch / "copy", check=False)


def run(argv: list[str], folder: Path, *, check: bool = True) -> int:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(argv, cwd=folder, env=environment, check=check, timeout=SECONDS)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
