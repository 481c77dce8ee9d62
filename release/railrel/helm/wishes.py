"""What is wanted of a Gitea: where it is, what it takes, where packages lie, who may read."""

import re
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from railrel.errors import ConfigError
from railrel.helm.sizes import asked_bytes
from railrel.values import dataclass

Ingress: TypeAlias = Literal["nginx", "traefik", "none"]
SignIn: TypeAlias = Literal["required", "open"]

MAX_FILE = 100 * 1024**2


@dataclass(frozen=True, slots=True)
class Volume:
    """Packages lie on Gitea's own volume."""


@dataclass(frozen=True, slots=True)
class S3:
    """Packages lie in a bucket of S3 or MinIO, whose keys are in a Secret."""

    endpoint: str
    """HOST:PORT, without a scheme."""
    bucket: str = "gitea"
    region: str = "us-east-1"
    secret: str = "gitea-packages-s3"  # noqa: S105 -- its name
    """Name of a Secret with the keys `access-key` and `secret-key`."""
    tls: bool = True


@dataclass(frozen=True, slots=True)
class Wishes:
    """All that decides what the settings are."""

    url: str
    """Where people and tools reach Gitea; ends with a slash."""
    max_file: int = MAX_FILE
    """Largest file of a package in bytes."""
    max_owner: int | None = None
    """Most that all packages of one owner may take, in bytes; None for no limit."""
    storage: Volume | S3 | None = Volume()
    """None: as it is."""
    sign_in: SignIn = "required"
    ingress: Ingress = "nginx"
    asked: frozenset[str] = frozenset()
    """What of these was asked for in so many words; the rest yields to what a file says already."""


def url_of(text: str, origin: str) -> str:
    """The address as ROOT_URL has it. ConfigError if it is none."""
    parts = urlsplit(text) if "\\" not in text and _is_readable(text) else None
    if (
        parts is None
        or parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.query
        or parts.fragment
        or "@" in parts.netloc
        or not re.fullmatch(r"[\w.:/~%+\[\]-]+", text, re.ASCII)
    ):
        raise ConfigError(
            "the address of Gitea is not a URL that links can begin with",
            at=origin,
            hint="write it like https://git.example.com/",
        )
    return text.rstrip("/") + "/"


def _is_readable(text: str) -> bool:
    try:
        _ = urlsplit(text).port
    except ValueError:
        return False
    return True


def size_of(text: str, option: str) -> int:
    """A limit in bytes. ConfigError for what Gitea would take for no limit, or for nothing at all."""
    size = asked_bytes(text)
    if size is None:
        raise ConfigError(
            f"{text} is no size of a file",
            at=option,
            hint=f"write a number and its unit: {option} 100MiB",
        )
    return size


def endpoint_of(text: str) -> str:
    """HOST:PORT of an S3 server. ConfigError for anything else: Gitea takes no URL there."""
    if not re.fullmatch(r"[\w.-]+(:\d{1,5})?", text, re.ASCII):
        raise ConfigError(
            "the S3 endpoint is a host and a port, without https:// and a path",
            at="--s3-endpoint",
            hint="--s3-endpoint minio.example.com:9000; --s3-plain-http if it has no TLS",
        )
    return text
