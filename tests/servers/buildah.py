"""buildah with a store of its own in a scratch folder, without any registry."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers.apart import apart, children, storage_driver
from tests.servers.built import Done, Image, build_flags, finish, read_image, run_flags
from tests.servers.images import id_of, in_full, stand_in_for
from tests.servers.install import image_folder
from tests.servers.missing import need
from tests.servers.running import tethered

SECONDS = 600


@dataclass(frozen=True, slots=True)
class BuildahContainer:
    """A container that runs in the background."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def is_running(self) -> bool:
        return self.process.poll() is None

    def logs(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self, seconds: int = 10) -> int:
        """Ask it to end, kill it if it does not, give its exit code."""
        for _ in range(seconds):
            for pid in _programs(self.process.pid):
                # It may be gone by now, and a process that is only just starting does not listen.
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                return self.process.wait(1)
        # What Docker says of it, too.
        self.process.kill()
        self.process.wait()
        return 128 + signal.SIGKILL


@dataclass(frozen=True, slots=True)
class Buildah:
    """A store of images, and the commands on it."""

    folder: Path
    program: Path
    environment: Mapping[str, str]
    """With it, any command that starts `buildah` finds this store."""
    kind: str = "buildah"

    def provide(self, *references: str) -> None:
        """Let names such as `python:3.12-slim` and `ghcr.io/astral-sh/uv:0.9` mean ours."""
        for reference in references:
            archive = image_folder() / f"{stand_in_for(reference)}.tar"
            image = id_of(archive)
            if self.command("inspect", "--type", "image", image, check=False).code:
                self.command("pull", "--quiet", f"docker-archive:{archive}")
            self.command("tag", image, in_full(reference))

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
        """Build an image. A failure's output is told unless nobody checks."""
        flags = ["--pull=never", "--layers", "--network", "host", "--tag", tag]
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
        with self._container(tag) as container:
            flags = run_flags("host", user, environment)
            program = self._program(tag, argv, entrypoint)
            run = [str(self.program), "run", *flags, container, "--", *program]
            command = apart(run, network=network == "host")
            return finish(command, self.environment, seconds=seconds, check=check)

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
    ) -> Iterator[BuildahContainer]:
        """Run a container in the background; it is gone at the end."""
        with self._container(tag) as container:
            flags = run_flags("host", user, environment)
            program = self._program(tag, argv, entrypoint)
            run = [str(self.program), "run", *flags, container, "--", *program]
            log = self.folder / f"{container}.log"
            with log.open("wb") as output:
                process = subprocess.Popen(
                    tethered(apart(run, network=network == "host")),
                    env=dict(self.environment),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            try:
                yield BuildahContainer(process, log)
            finally:
                process.kill()
                process.wait()

    def image(self, tag: str) -> Image:
        """What is in an image: its configuration, its history and the files of its layers."""
        name = str(self._inspect(tag)["FromImageID"])
        archive = self.folder / f"{name}.tar"
        if not archive.exists():
            self.command("push", "--quiet", tag, f"docker-archive:{archive}")
        return read_image(archive)

    def command(self, *arguments: str, seconds: float = SECONDS, check: bool = True) -> Done:
        """Any other command of `buildah`."""
        argv = apart([str(self.program), *arguments])
        return finish(argv, self.environment, seconds=seconds, check=check)

    @contextlib.contextmanager
    def _container(self, tag: str) -> Iterator[str]:
        name = f"container-{secrets.token_hex(6)}"
        self.command("from", "--pull=never", "--name", name, tag)
        try:
            yield name
        finally:
            self.command("rm", name)

    def _program(self, tag: str, argv: Sequence[str], entrypoint: str | None) -> list[str]:
        """What Docker would run: `buildah run` itself looks at neither of these."""
        config = self._inspect(tag)["OCIv1"]
        assert isinstance(config, dict)
        own = config.get("config", {})
        if entrypoint is not None:
            return [entrypoint, *argv]
        return [*own.get("Entrypoint", ()), *(argv or own.get("Cmd", ()))]

    def _inspect(self, tag: str) -> dict[str, object]:
        said: dict[str, object] = json.loads(self.command("inspect", "--type", "image", tag).stdout)
        return said


@contextlib.contextmanager
def running_buildah(folder: Path) -> Iterator[Buildah]:
    """Make a store in a scratch folder. At its end nothing of it is running or mounted."""
    program = need("buildah")
    store = {"driver": storage_driver(folder), "graphroot": folder / "store"}
    store |= {"runroot": folder / "run"}
    lines = ["[storage]", *(f'{key} = "{value}"' for key, value in store.items())]
    files = {
        "storage.conf": "\n".join(lines) + "\n",
        "registries.conf": "unqualified-search-registries = []\n",
        "auth.json": "{}",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    scratch = folder / "scratch"
    scratch.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(scratch),
        "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
        "CONTAINERS_REGISTRIES_CONF": str(folder / "registries.conf"),
        "REGISTRY_AUTH_FILE": str(folder / "auth.json"),
        # Needs no runtime, and works where groups of processes are half of the old kind.
        "BUILDAH_ISOLATION": "chroot",
    }
    try:
        yield Buildah(folder, program, environment)
    finally:
        shutil.rmtree(folder / "store", ignore_errors=True)


def _programs(pid: int) -> list[int]:
    """What runs in a container: the last of a chain of processes that buildah starts."""
    seen = [pid]
    while seen:
        parents, seen = seen, [child for each in seen for child in children(each)]
        for parent in parents:
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                if Path(f"/proc/{parent}/cmdline").read_bytes().startswith(b"buildah-chroot-exec"):
                    return children(parent)
    return []
