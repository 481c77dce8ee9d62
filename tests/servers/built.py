"""What a command of a builder gave, and what is in an image that it built."""

import gzip
import io
import json
import subprocess
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.servers.running import tethered

GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Done:
    """A command that has ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        return self.stdout + self.stderr


@dataclass(frozen=True, slots=True)
class Image:
    """An image in a file such as `docker save` writes."""

    archive: Path
    config: Mapping[str, object]
    """All of it: its own `config` with `Env` and `Cmd`, `history`, `rootfs`."""
    layers: tuple[str, ...]
    """Their names in the archive, the base image's first."""

    @property
    def size(self) -> int:
        """Of all layers in bytes, the base image's too."""
        with tarfile.open(self.archive) as archive:
            return sum(len(_read(archive, layer)) for layer in self.layers)

    def files(self, layer: int) -> dict[str, bytes]:
        """The files of one layer, `-1` being the last. What it takes away is called `.wh.…`."""
        with tarfile.open(self.archive) as archive:
            content = _read(archive, self.layers[layer])
        return dict(_files(content))

    def holding(self, needle: str) -> list[str]:
        """Where these words are: in which files of which layers, in the configuration, anywhere."""
        sought = needle.encode()
        found = []
        with tarfile.open(self.archive) as archive:
            names = [member.name for member in archive if member.isfile()]
            for name in dict.fromkeys([*self.layers, *names]):
                content = _read(archive, name)
                if sought not in content:
                    continue
                files = _files(content) if name in self.layers else ()
                paths = [path for path, each in files if sought in each]
                found += [f"{name}: {path}" for path in paths] or [name]
        return found


def read_image(archive: Path) -> Image:
    with tarfile.open(archive) as opened:
        (manifest,) = json.loads(_read(opened, "manifest.json"))
        config = json.loads(_read(opened, manifest["Config"]))
    return Image(archive, config, tuple(manifest["Layers"]))


def build_flags(
    file: Path | None,
    target: str | None,
    secrets: Mapping[str, Path] | None,
    arguments: Mapping[str, str] | None,
) -> list[str]:
    """What `docker build` and `buildah build` are told in the same words."""
    flags = ["--file", str(file)] if file else []
    flags += ["--target", target] if target else []
    for name, path in (secrets or {}).items():
        flags += ["--secret", f"id={name},src={path}"]
    for name, value in (arguments or {}).items():
        flags += ["--build-arg", f"{name}={value}"]
    return flags


def run_flags(network: str, user: str | None, environment: Mapping[str, str] | None) -> list[str]:
    """What `docker run` and `buildah run` are told in the same words."""
    flags = ["--network", network]
    flags += ["--user", user] if user else []
    for name, value in (environment or {}).items():
        flags += ["--env", f"{name}={value}"]
    return flags


def finish(
    argv: Sequence[str], environment: Mapping[str, str], *, seconds: float, check: bool = True
) -> Done:
    """Run a command to its end; with `check` it must succeed. It ends with the test run."""
    ended = subprocess.run(
        tethered(argv),
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=seconds,
    )
    done = Done(ended.returncode, ended.stdout, ended.stderr)
    if check and done.code:
        raise RuntimeError(f"exit code {done.code}: {' '.join(argv)}\n{done.output[-5000:]}")
    return done


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    opened = archive.extractfile(name)
    content = opened.read() if opened else b""
    return gzip.decompress(content) if content.startswith(GZIP) else content


def _files(content: bytes) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(fileobj=io.BytesIO(content)) as layer:
        for member in layer:
            opened = layer.extractfile(member) if member.isfile() else None
            if opened:
                yield member.name, opened.read()
