"""Proof that an image holds no secret: in no file of any layer, not in what is told about it."""

import json
import tarfile
from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO
from urllib.parse import quote

from railrel.errors import Problem, UnfitError, UnreachableError
from railrel.values import dataclass
from railrel.world import Credential

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Saved:
    """An image in a file such as `docker save` makes."""

    archive: Path
    config: Mapping[str, object]
    layers: tuple[str, ...]
    """Their names in the archive, the first laid first."""

    @property
    def starts(self) -> tuple[str, ...]:
        """What it starts by itself: its entrypoint and its command."""
        own = _table(self.config.get("config"))
        return (*_texts(own.get("Entrypoint")), *_texts(own.get("Cmd")))

    @property
    def port(self) -> str:
        """The first TCP port that it exposes; empty if it exposes none."""
        exposed = _table(_table(self.config.get("config")).get("ExposedPorts"))
        ports = (port.partition("/") for port in exposed)
        return next((number for number, _, kind in ports if kind in ("", "tcp")), "")

    @property
    def made_by(self) -> tuple[str, ...]:
        """For each layer the instruction that made it, if the image tells."""
        history = [_table(entry) for entry in _list(self.config.get("history"))]
        made = [str(e.get("created_by", "")) for e in history if not e.get("empty_layer")]
        return tuple(made) if len(made) == len(self.layers) else ("",) * len(self.layers)


@dataclass(frozen=True, slots=True)
class Leak:
    """Where a secret is."""

    layer: str
    """`layer 3 of 5`, or the image's configuration or history."""
    path: str
    """Of the file; empty where it is in no file."""
    made_by: str
    """The instruction that made the layer."""


def saved(archive: Path) -> Saved:
    """Read what an image is made of. UnreachableError if the file is none."""
    try:
        with tarfile.open(archive) as opened:
            manifest = json.loads(_whole(opened, "manifest.json"))[0]
            config = json.loads(_whole(opened, manifest["Config"]))
            return Saved(archive, config, tuple(manifest["Layers"]))
    except (tarfile.TarError, KeyError, ValueError, IndexError, TypeError) as error:
        raise UnreachableError(
            "the saved image cannot be read, so nobody knows what is in it",
            at=str(archive),
            hint="try another --builder",
        ) from error


def prove(image: Saved, credential: Credential) -> str:
    """Say that the secret is nowhere in the image. UnfitError with every place where it is."""
    found = leaks(image, spellings(credential))
    if found:
        raise UnfitError.of(
            Problem(
                f"what lets us read the registry, from {credential.origin}, is in {_place(leak)}",
                leak.made_by[:200],
                "take it from a secret: RUN --mount=type=secret,id=netrc; and revoke this token",
                "secret-in-image",
            )
            for leak in found
        )
    return f"not in {len(image.layers)} layers, names, configuration or history"


def _place(leak: Leak) -> str:
    return f"{leak.layer}: {leak.path}" if leak.path else leak.layer


def spellings(credential: Credential) -> tuple[bytes, ...]:
    """A secret as it may be written down: plain, in base64 with and without its user, in URLs, in JSON."""
    token = credential.password.reveal()
    both = f"{credential.username}:{token}"
    encoded = (b64encode(text.encode()).decode().rstrip("=") for text in (both, token))
    found = (token, *encoded, quote(token, safe=""), json.dumps(token)[1:-1])
    return tuple(dict.fromkeys(text.encode() for text in found if text))


def leaks(image: Saved, needles: tuple[bytes, ...]) -> list[Leak]:
    """Everywhere that one of these is. UnreachableError if a layer cannot be read."""
    found = list(_told(image, needles))
    with tarfile.open(image.archive) as opened:
        for number, (layer, made_by) in enumerate(zip(image.layers, image.made_by, strict=True), 1):
            name = f"layer {number} of {len(image.layers)}"
            try:
                found += [Leak(name, path, made_by) for path in _in_layer(opened, layer, needles)]
            except (tarfile.TarError, KeyError, OSError, EOFError) as error:
                raise UnreachableError(
                    f"{name} cannot be read, so nobody knows what is in it",
                    at=str(image.archive),
                    hint="try another --builder",
                ) from error
    return found


def _told(image: Saved, needles: tuple[bytes, ...]) -> Iterator[Leak]:
    """In the configuration and the history."""
    own = _table(image.config.get("config"))
    yield from (
        Leak(f"the image's configuration: {key}", "", "")
        for key, value in own.items()
        if _holds(json.dumps(value).encode(), needles)
    )
    history = _list(image.config.get("history"))
    yield from (
        Leak(f"the image's history: step {number} of {len(history)}", "", "")
        for number, entry in enumerate(history, 1)
        if _holds(json.dumps(entry).encode(), needles)
    )
    rest = {k: v for k, v in image.config.items() if k not in ("config", "history")}
    if _holds(json.dumps(rest).encode(), needles):
        yield Leak("the image's configuration", "", "")


def _in_layer(opened: tarfile.TarFile, name: str, needles: tuple[bytes, ...]) -> Iterator[str]:
    """Paths of files that hold one of these, or are called so."""
    raw = opened.extractfile(name)
    if raw is None:
        raise KeyError(name)
    # Plain or gzipped, which it finds out by itself.
    with tarfile.open(fileobj=raw) as layer:
        for member in layer:
            told = f"{member.name}\n{member.linkname}\n{member.pax_headers}".encode(
                "utf-8", "replace"
            )
            content = layer.extractfile(member) if member.isfile() else None
            if _holds(told, needles) or (content and _streamed(content, needles)):
                yield member.name


def _streamed(content: IO[bytes], needles: tuple[bytes, ...]) -> bool:
    kept = max(map(len, needles), default=1) - 1
    tail = b""
    while chunk := content.read(_CHUNK):
        if _holds(tail + chunk, needles):
            return True
        tail = (tail + chunk)[-kept:] if kept else b""
    return False


def _holds(content: bytes, needles: tuple[bytes, ...]) -> bool:
    return any(needle in content for needle in needles)


def _whole(opened: tarfile.TarFile, name: str) -> bytes:
    member = opened.extractfile(name)
    if member is None:
        raise KeyError(name)
    return member.read()


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in _list(value))
