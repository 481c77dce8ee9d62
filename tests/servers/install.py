"""Install or build the real servers and clients that the tests need: `make servers`.

    python -m tests.servers.install [gitea poetry]

What is made lies in a cache outside the checkout, under a name that tells what it was made from;
what is there already is used again.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
GO_TAGS = "sqlite sqlite_unlock_notify"
POETRY = "poetry==2.5.1"
BUILD_SECONDS = 3000


def cache() -> Path:
    """Where builds are kept."""
    own = os.environ.get("RAILREL_TEST_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(own) if own else Path(base) / "railrel-tests"


def gitea_version() -> str:
    """The version that go.mod names."""
    found = re.search(r"code\.gitea\.io/gitea v(\S+)", (HERE / "gitea" / "go.mod").read_text())
    if found is None:
        raise RuntimeError("tests/servers/gitea/go.mod names no Gitea")
    return found[1]


def gitea_folder() -> Path:
    """Where the built Gitea is, or will be."""
    parts = [(HERE / "gitea" / name).read_bytes() for name in ("go.mod", "go.sum")]
    digest = hashlib.sha256(b"\0".join([*parts, GO_TAGS.encode()])).hexdigest()[:12]
    return cache() / f"gitea-{gitea_version()}-{digest}"


def poetry_folder() -> Path:
    """Where Poetry's environment is, or will be."""
    return cache() / POETRY.replace("==", "-")


def install_gitea() -> None:
    """Build Gitea from its Go module. Takes minutes the first time, then nothing."""
    target = gitea_folder()
    if target.exists():
        return
    go = shutil.which("go")
    if go is None or shutil.which("gcc") is None:
        sys.exit("Gitea is built with Go 1.26 and a C compiler: install golang and gcc")
    cache().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache(), prefix=".building-") as scratch:
        source, made = Path(scratch) / "source", Path(scratch) / "made"
        shutil.copytree(HERE / "gitea", source)
        flags = f"-s -w -X main.Version={gitea_version()}"
        build = ["build", "-mod=readonly", "-tags", GO_TAGS, "-ldflags", flags, "-o"]
        _run([go, *build, str(made / "gitea"), "code.gitea.io/gitea"], source)
        module = _run([go, "list", "-m", "-f", "{{.Dir}}", "code.gitea.io/gitea"], source).strip()
        for name in ("options", "templates", "public"):
            if (Path(module) / name).is_dir():
                # Go's module cache is read-only; a copy like it could not be removed again.
                shutil.copytree(Path(module) / name, made / name, copy_function=shutil.copyfile)
        for folder in [made, *(p for p in made.rglob("*") if p.is_dir())]:
            folder.chmod(0o755)
        _keep(made, target)


def install_poetry() -> None:
    """Put Poetry into an environment of its own: it pins much that others need otherwise."""
    target = poetry_folder()
    if (target / "ready").exists():
        return
    shutil.rmtree(target, ignore_errors=True)
    cache().mkdir(parents=True, exist_ok=True)
    # Scripts name their folder, so it is made where it stays, and marked when it is whole.
    uv = [sys.executable, "-m", "uv"]
    _run([*uv, "venv", "--quiet", "--python", sys.executable, str(target)], cache())
    python = str(target / "bin" / "python")
    _run([*uv, "pip", "install", "--quiet", "--python", python, POETRY], cache())
    (target / "ready").touch()


INSTALLERS: dict[str, Callable[[], None]] = {"gitea": install_gitea, "poetry": install_poetry}


def _keep(made: Path, target: Path) -> None:
    try:
        made.rename(target)
    except OSError:
        # Somebody else was faster and made the same.
        if not target.exists():
            raise


def _run(argv: list[str], folder: Path) -> str:
    print("+", " ".join(argv), flush=True)  # noqa: T201
    done = subprocess.run(
        argv, cwd=folder, stdout=subprocess.PIPE, text=True, check=False, timeout=BUILD_SECONDS
    )
    if done.returncode:
        sys.exit(f"failed with exit code {done.returncode}: {' '.join(argv)}")
    return done.stdout


def main(names: list[str]) -> None:
    for name in names or INSTALLERS:
        print(f"{name}: ", end="", flush=True)  # noqa: T201
        INSTALLERS[name]()
        print("ready", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
