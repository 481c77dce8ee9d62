"""Gitea's rootless image without any image registry: its own set-up files and Dockerfile, our binary.

What Alpine's packages bring to the real one comes from this machine.
"""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.servers.docker import Docker
from tests.servers.go_programs import GITEA
from tests.servers.images import PYTHON_IMAGE
from tests.servers.missing import gitea_binary, system_programs
from tests.servers.toolchain import go_for

SECONDS = 120
# Debian's packages of what Gitea's Dockerfile has installed, beside bash, which the base image has.
PACKAGES = "git gettext-base dumb-init curl openssh-client"
PROGRAMS = ("git", "envsubst", "dumb-init", "curl", "ssh-keygen")
# What git calls by a path of its own.
GIT_FOLDERS = ("/usr/lib/git-core", "/usr/share/git-core")
OURS = f"""\
FROM scratch AS build-env
COPY parts /
FROM {PYTHON_IMAGE} AS base
COPY programs /
"""
USER = """\
RUN groupadd --system --gid 1000 git && \\
  useradd --system --no-create-home --home-dir /var/lib/gitea/git --shell /bin/bash --uid 1000 --gid 1000 git
"""


def build_gitea_image(docker: Docker, tag: str, folder: Path) -> None:
    """Build it in a scratch folder, under a name that an example uses."""
    binary, static = gitea_binary()
    programs = system_programs("what Gitea's image is made of", PROGRAMS, PACKAGES)
    source = _module_folder()
    parts = folder / "parts"
    shutil.copytree(source / "docker" / "rootless", parts / "tmp/local", copy_function=_copy)
    for script in (parts / "tmp/local/usr/local/bin").iterdir():
        script.chmod(0o755)
    built = parts / "go/src/code.gitea.io/gitea/gitea"
    built.parent.mkdir(parents=True)
    shutil.copy(binary, built)
    _lay_programs(folder / "programs", programs)
    for name in GIT_FOLDERS:
        shutil.copytree(name, folder / "programs" / name.lstrip("/"), symlinks=True)
    text = OURS + _own_stage((source / "Dockerfile.rootless").read_text(encoding="utf-8"))
    if static:
        # This one was built without what it shows.
        shutil.copytree(static, parts / "static", ignore=shutil.ignore_patterns("gitea"))
        text += "COPY --from=build-env /static /usr/share/gitea\n"
        text += "ENV GITEA__server__STATIC_ROOT_PATH=/usr/share/gitea\n"
    (folder / "Dockerfile").write_text(text, encoding="utf-8")
    docker.provide(PYTHON_IMAGE)
    docker.build(folder, tag)


def _lay_programs(tree: Path, programs: Sequence[Path]) -> None:
    """Put them, and the libraries that they need, where they are on this machine."""
    told = subprocess.run(
        ["ldd", *map(str, programs)], capture_output=True, text=True, check=True, timeout=SECONDS
    )
    libraries = {Path(name) for name in re.findall(r"(/\S+\.so\S*) \(", told.stdout)}
    for path in [*programs, *sorted(libraries)]:
        place = tree / str(path).lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, place)


def _own_stage(dockerfile: str) -> str:
    """The last stage of Gitea's Dockerfile, with the user made as Debian makes one."""
    _, start, stage = dockerfile.rpartition("\nFROM ")
    instructions = re.split(r"(?<!\\)\n(?=[A-Z]+ )", start.lstrip() + stage)
    kept = []
    for instruction in instructions:
        if instruction.startswith("FROM "):
            kept.append("FROM base")
        elif "RUN apk " in instruction:
            continue
        elif "RUN addgroup " in instruction:
            kept.append(USER)
        else:
            kept.append(instruction)
    return "\n".join(kept) + "\n"


def _module_folder() -> Path:
    """Where Go keeps the module that the binary was built from; it is fetched if it is not there."""
    go = go_for(GITEA.source, GITEA.title)
    argv = [go, "mod", "download", "-json", GITEA.module]
    done = subprocess.run(
        argv, cwd=GITEA.source, capture_output=True, text=True, check=True, timeout=SECONDS
    )
    found = re.search(r'"Dir": "([^"]+)"', done.stdout)
    if found is None:
        raise RuntimeError(f"Go tells no folder of {GITEA.module}: {done.stdout}")
    return Path(found[1])


def _copy(source: str, target: str) -> str:
    # Without the mode: Go's module cache is read-only.
    return shutil.copyfile(source, target)
