"""A Docker daemon of the tests' own: on a socket in a scratch folder, without any registry."""

import contextlib
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers.apart import apart, end_apart, storage_driver
from tests.servers.built import Done, Image, build_flags, finish, read_image, run_flags
from tests.servers.images import id_of, stand_in_for
from tests.servers.install import image_folder
from tests.servers.missing import docker_client, need
from tests.servers.running import running

SECONDS = 600
# Nobody listens there: a base image that is not here is answered with an error, not looked for.
NOWHERE = "http://127.0.0.1:1"
# Containers have the machine's network or none, and nothing of the machine's own is changed.
NO_NETWORKS = (
    "--bridge=none", "--iptables=false", "--ip6tables=false", "--ip-forward=false",
    "--ip-masq=false", "--userland-proxy=false",
)  # fmt: skip
GROUPS, GROUP = Path("/sys/fs/cgroup"), "railrel-tests-"


@dataclass(frozen=True, slots=True)
class DockerContainer:
    """A container that runs in the background."""

    docker: "Docker"
    name: str

    def is_running(self) -> bool:
        return self._ask("{{.State.Running}}") == "true"

    def logs(self) -> str:
        return self.docker.command("logs", self.name).output

    def stop(self, seconds: int = 10) -> int:
        """Ask it to end, kill it if it does not, give its exit code."""
        self.docker.command("stop", "--time", str(seconds), self.name)
        return int(self._ask("{{.State.ExitCode}}"))

    def _ask(self, template: str) -> str:
        return self.docker.command("inspect", "--format", template, self.name).stdout.strip()


@dataclass(frozen=True, slots=True)
class Docker:
    """A running daemon."""

    folder: Path
    client: Path
    environment: Mapping[str, str]
    """With it, any command that starts `docker` reaches this daemon."""
    pid: int
    kind: str = "docker"

    def provide(self, *references: str) -> None:
        """Let names such as `python:3.12-slim` and `ghcr.io/astral-sh/uv:0.9` mean ours."""
        for reference in references:
            archive = image_folder() / f"{stand_in_for(reference)}.tar"
            image = id_of(archive)
            if self.command("image", "inspect", image, check=False).code:
                self.command("load", "--input", str(archive))
            self.command("tag", image, reference)

    def build(
        self,
        context: Path,
        tag: str,
        *,
        file: Path | None = None,
        target: str | None = None,
        secrets: Mapping[str, Path] | None = None,
        arguments: Mapping[str, str] | None = None,
        more: Sequence[str] = (),
        check: bool = True,
    ) -> Done:
        """Build an image with BuildKit. A failure's output is told unless nobody checks."""
        flags = ["--progress", "plain", "--network", "host", "--tag", tag]
        flags += build_flags(file, target, secrets, arguments)
        return self.command("build", *flags, *more, str(context), check=check)

    def run(
        self,
        tag: str,
        argv: Sequence[str] = (),
        *,
        network: str = "none",
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        entrypoint: str | None = None,
        seconds: float = SECONDS,
        check: bool = True,
    ) -> Done:
        """Run a container to its end."""
        name = f"run-{secrets.token_hex(6)}"
        flags = ["--rm", "--name", name, *_flags(network, user, environment, entrypoint)]
        try:
            return self.command("run", *flags, tag, *argv, seconds=seconds, check=check)
        except subprocess.TimeoutExpired:
            self.command("rm", "--force", name)
            raise

    @contextlib.contextmanager
    def start(
        self,
        tag: str,
        argv: Sequence[str] = (),
        *,
        network: str = "host",
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        entrypoint: str | None = None,
    ) -> Iterator[DockerContainer]:
        """Run a container in the background; it is gone at the end."""
        name = f"started-{secrets.token_hex(6)}"
        flags = ["--detach", "--name", name, *_flags(network, user, environment, entrypoint)]
        try:
            self.command("run", *flags, tag, *argv)
            yield DockerContainer(self, name)
        finally:
            self.command("rm", "--force", name)

    def image(self, tag: str) -> Image:
        """What is in an image: its configuration, its history and the files of its layers."""
        said = self.command("image", "inspect", "--format", "{{.Id}}", tag).stdout
        archive = self.folder / f"{said.strip().removeprefix('sha256:')}.tar"
        if not archive.exists():
            self.command("save", "--output", str(archive), tag)
        return read_image(archive)

    def command(self, *arguments: str, seconds: float = SECONDS, check: bool = True) -> Done:
        """Any other command of `docker`."""
        argv = [str(self.client), *arguments]
        return finish(argv, self.environment, seconds=seconds, check=check)


@contextlib.contextmanager
def running_docker(folder: Path, *, networks: bool = False) -> Iterator[Docker]:
    """Start a daemon in a scratch folder. At its end nothing of it is running or mounted.

    With `networks` it can make some, in a network namespace of its own that reaches nothing else.
    """
    daemon, client = need("docker"), docker_client()
    socket = folder / "docker.sock"
    environment = {
        # The client's own folder first: `docker` may be one that knows no BuildKit.
        "PATH": f"{client.parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "DOCKER_HOST": f"unix://{socket}",
        "DOCKER_CONFIG": str(folder / "client"),
        "DOCKER_BUILDKIT": "1",
    }
    group = f"{GROUP}{os.getpid()}"
    driver = {"overlay": "overlay2"}.get(storage_driver(folder), "vfs")
    argv = [
        str(daemon), "--host", f"unix://{socket}", "--pidfile", str(folder / "docker.pid"),
        "--data-root", str(folder / "data"), "--exec-root", "/run/docker",
        "--storage-driver", driver, "--cgroup-parent", f"/{group}",
        *(() if networks else NO_NETWORKS),
    ]  # fmt: skip
    # Sockets and networks, where a daemon of the machine itself has them too. In the scratch folder
    # their paths could be longer than those of sockets may be.
    argv = apart(argv, network=not networks, own=["/run/containerd", "/run/docker"])
    offline = {**environment, "HTTP_PROXY": NOWHERE, "HTTPS_PROXY": NOWHERE}
    _remove_groups()
    try:
        with running(argv, folder, offline, lambda: _is_up(client, environment), end_apart) as pid:
            yield Docker(folder, client, environment, pid)
    finally:
        _remove_groups()
        shutil.rmtree(folder / "data", ignore_errors=True)


def _flags(
    network: str, user: str | None, environment: Mapping[str, str] | None, entrypoint: str | None
) -> list[str]:
    own = ["--entrypoint", entrypoint] if entrypoint is not None else []
    return ["--pull", "never", *own, *run_flags(network, user, environment)]


def _is_up(client: Path, environment: Mapping[str, str]) -> bool:
    return finish([str(client), "version"], environment, seconds=SECONDS, check=False).code == 0


def _remove_groups() -> None:
    """Remove the empty groups of processes that daemons of ours leave, also those of killed runs."""
    for group in [*GROUPS.glob(f"{GROUP}*"), *GROUPS.glob(f"*/{GROUP}*")]:
        pid = group.name.removeprefix(GROUP)
        if pid == str(os.getpid()) or not Path("/proc", pid).exists():
            for folder, _, _ in os.walk(group, topdown=False):
                with contextlib.suppress(OSError):
                    Path(folder).rmdir()
