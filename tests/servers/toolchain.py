"""Go and a C compiler, which building Gitea and BuildKit needs: found, installed, or asked for in one line."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

SECONDS = 600

Release = tuple[int, ...]


def go_for(module: Path, title: str) -> str:
    """The Go that builds the module in this folder; a C compiler is there too. Else exit."""
    needed = _needed(module)
    go = _find_go(module, needed) or _install_go(module, needed)
    if go is None:
        sys.exit(f"{title} is built with Go {_dotted(needed)} or newer: install it from go.dev/dl")
    if not _has_compiler(go, module):
        apt_install("gcc", "libc6-dev")
    if not _has_compiler(go, module):
        sys.exit(f"{title} is built with a C compiler: install gcc or clang")
    return go


def _needed(module: Path) -> Release:
    found = re.search(r"^go ([\d.]+)$", (module / "go.mod").read_text(), re.MULTILINE)
    if found is None:
        raise RuntimeError(f"{module / 'go.mod'} does not say which Go it wants")
    return _numbers(found[1])


def _find_go(module: Path, needed: Release) -> str | None:
    go = shutil.which("go")
    if go is None:
        return None
    # Asked in the module's folder, Go names the release that it would use there: since 1.21 it
    # may fetch a newer one than itself, if the user's settings let it.
    found = re.search(r"go(\d[\d.]*)", _ask([go, "env", "GOVERSION"], module))
    return go if found and _numbers(found[1]) >= needed else None


def _install_go(module: Path, needed: Release) -> str | None:
    if not _can_apt_install():
        return None
    _run_apt("update")
    offered = re.search(r"Candidate: (?:\d+:)?(\d+\.\d+)", _ask(["apt-cache", "policy", "golang"]))
    # Distributions often have an older Go, which would not help.
    if offered is None or _numbers(offered[1]) < needed[:2]:
        return None
    apt_install("golang")
    return _find_go(module, needed)


def _has_compiler(go: str, module: Path) -> bool:
    command = shlex.split(_ask([go, "env", "CC"], module))
    return bool(command) and shutil.which(command[0]) is not None


def apt_install(*packages: str) -> None:
    """Install what a Debian offers, if this is one and the user root. Whether it helped, look."""
    if _can_apt_install():
        _run_apt("update")
        _run_apt("install", "--yes", "--no-install-recommends", *packages)


def _can_apt_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def _run_apt(*arguments: str) -> None:
    # Whether it helped is what the caller looks at next.
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", *arguments], env=quiet, check=False, timeout=SECONDS)


def _ask(argv: list[str], folder: Path | None = None) -> str:
    """What a command prints; nothing if it fails or is not there."""
    if shutil.which(argv[0]) is None:
        return ""
    done = subprocess.run(
        argv, cwd=folder, stdout=subprocess.PIPE, text=True, check=False, timeout=SECONDS
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def _numbers(dotted: str) -> Release:
    return tuple(int(part) for part in dotted.strip(".").split("."))


def _dotted(release: Release) -> str:
    return ".".join(str(part) for part in release)
