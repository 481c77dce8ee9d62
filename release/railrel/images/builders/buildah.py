"""buildah, which starts containers for builds alone: namespaces of our own take the network away."""

import sys
from collections.abc import Mapping
from pathlib import Path

from railrel.images.builders.as_docker import build_flags, push_flags
from railrel.images.builders.protocol import Argv, Build, Push, Run

ID = "buildah"
TITLE = "buildah, with util-linux's `unshare` and `setpriv`"
VARIABLES: Mapping[str, str] = {}

_OFFLINE = Path(__file__).with_name("offline.py")
# Should we be killed, it is too.
_TIED = ("setpriv", "--pdeathsig", "KILL")
# It ends with all that it started, and no mount outlives it.
_APART = ("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
_VARIABLES = "/run/railrel-variables"
# `buildah run --env NAME` passes nothing on, and a value has no place in an argument.
_WITH_VARIABLES = (
    "import json, os, sys; os.environ.update(json.load(open(sys.argv[1]))); "
    "os.execvp(sys.argv[2], sys.argv[2:])"
)


def check() -> Argv:
    return (ID, "images", "--quiet")


def build(build: Build) -> Argv:
    # With --layers, which is not its default, --force-rm cleans up after a failure as well.
    return (ID, "build", "--layers", "--force-rm", *build_flags(build), str(build.context))


def save(tag: str, archive: Path) -> Argv:
    return (ID, "push", "--quiet", tag, f"docker-archive:{archive}")


def before(run: Run) -> tuple[Argv, ...]:
    return ((ID, "from", "--pull=never", "--name", run.name, run.tag),)


def start(run: Run) -> Argv:
    # Anybody but root needs buildah's user namespace around it, with the ids of the image's files.
    around = () if run.root else (*_TIED, ID, "unshare", "--")
    offline = (sys.executable, "-I", "-S", str(_OFFLINE), str(_answers(run)), run.port, run.path)
    flags = ["--network", "host"]
    argv = run.argv
    if run.variables and run.variables_file:
        flags += ["--volume", f"{run.variables_file}:{_VARIABLES}:ro"]
        argv = ("python", "-c", _WITH_VARIABLES, _VARIABLES, *argv)
    return (
        *around,
        *_TIED,
        *_APART,
        *offline,
        str(run.seconds),
        ID,
        "run",
        *flags,
        run.name,
        "--",
        *argv,
    )


def ask(run: Run) -> Argv:
    return ("cat", str(_answers(run)))


def remove(name: str) -> Argv:
    return (ID, "rm", name)


def rename(tag: str, name: str) -> Argv:
    return (ID, "tag", tag, name)


def has(name: str) -> Argv:
    return (ID, "inspect", "--type", "image", name)


def push(push: Push) -> Argv:
    return (ID, "push", *push_flags(push), push.name, f"docker://{push.name}")


def remove_image(tag: str) -> Argv:
    return (ID, "rmi", tag)


def _answers(run: Run) -> Path:
    return run.scratch / "answers"
