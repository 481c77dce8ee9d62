"""The newest BuildKit by itself, without any registry; a Docker daemon of its own runs its images."""

import contextlib
import os
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers.apart import apart, end_apart, storage_driver
from tests.servers.built import Done, finish
from tests.servers.docker import GROUP, NOWHERE, Docker, running_docker
from tests.servers.images import STANDS_IN, manifest_of
from tests.servers.install import image_folder
from tests.servers.missing import need
from tests.servers.running import running

SECONDS = 600
CONFIG = """\
root = "{folder}/root"

[grpc]
address = ["unix://{socket}"]

[worker.containerd]
enabled = false

[worker.oci]
snapshotter = "{snapshotter}"
defaultCgroupParent = "/{group}"
networkMode = "host"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buildkit(Docker):
    """A running daemon that builds, beside the one that runs."""

    own: Path
    """Where what is of this daemon lies."""
    buildctl: Path
    kind: str = "buildkit"

    def provide(self, *references: str) -> None:
        """Let names such as `python:3.12-slim` and `ghcr.io/astral-sh/uv:0.9` mean ours."""
        Docker.provide(self, *references)
        with (self.own / "provided").open("a", encoding="utf-8") as file:
            file.writelines(f"{reference}\n" for reference in references)

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
        file = file or context / "Dockerfile"
        image = self.own / "image.tar"
        options = {"filename": file.name, **({"target": target} if target else {})}
        options |= {f"build-arg:{name}": value for name, value in (arguments or {}).items()}
        options |= self._stand_ins()
        flags = [f"--opt={name}={value}" for name, value in options.items()]
        flags += [f"--secret=id={name},src={path}" for name, path in (secrets or {}).items()]
        flags += [f"--oci-layout={name}={self.own / name}" for name in STANDS_IN]
        flags += [f"--local=context={context}", f"--local=dockerfile={file.parent}"]
        flags += [f"--output=type=docker,compression=uncompressed,name={tag},dest={image}"]
        building = ["build", "--progress=plain", "--frontend=dockerfile.v0", *flags, *more]
        argv = [str(self.buildctl), *building]
        done = finish(argv, self.environment, seconds=SECONDS, check=check)
        if done.code == 0:
            self.command("load", "--input", str(image))
        return done

    def _stand_ins(self) -> dict[str, str]:
        """What the frontend takes for images that a Dockerfile names: layouts in our folder."""
        listed = self.own / "provided"
        references = listed.read_text(encoding="utf-8").split() if listed.exists() else []
        return {
            f"context:{reference}": f"oci-layout://{name}@{manifest_of(_archive(name))}"
            for reference in references
            for name, known in STANDS_IN.items()
            if known.fullmatch(reference)
        }


@contextlib.contextmanager
def running_buildkit(folder: Path) -> Iterator[Buildkit]:
    """Start both daemons in a scratch folder. At its end nothing of them is running or mounted."""
    daemon = need("buildkit")
    for name in STANDS_IN:
        with tarfile.open(_archive(name)) as archive:
            archive.extractall(folder / name, filter="data")
    driver = {"overlay": "overlayfs"}.get(storage_driver(folder), "native")
    config = folder / "buildkitd.toml"
    group = f"{GROUP}{os.getpid()}"
    text = CONFIG.format(folder=folder, socket=_socket(folder), snapshotter=driver, group=group)
    config.write_text(text, encoding="utf-8")
    (folder / "docker").mkdir()
    with running_docker(folder / "docker") as docker:
        environment = {
            **docker.environment,
            "BUILDKIT_HOST": f"unix://{_socket(folder)}",
            "PATH": f"{daemon.parent}:{docker.environment['PATH']}",
        }
        buildkit = Buildkit(
            folder=docker.folder,
            client=docker.client,
            environment=environment,
            pid=docker.pid,
            own=folder,
            buildctl=daemon.with_name("buildctl"),
        )
        argv = apart([str(daemon), "--config", str(config)], own=["/run/buildkit"])
        offline = {**environment, "HTTP_PROXY": NOWHERE, "HTTPS_PROXY": NOWHERE}
        with running(argv, folder, offline, lambda: _is_up(buildkit), end_apart):
            yield buildkit


def _socket(folder: Path) -> Path:
    return folder / "b.sock"


def _archive(name: str) -> Path:
    return image_folder() / f"{name}.tar"


def _is_up(buildkit: Buildkit) -> bool:
    argv = [str(buildkit.buildctl), "debug", "workers"]
    return finish(argv, buildkit.environment, seconds=SECONDS, check=False).code == 0
