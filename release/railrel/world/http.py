"""Requests and answers."""

from collections.abc import Callable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Protocol, TypeAlias

from railrel.values import dataclass
from railrel.world.credentials import Credential

CA_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "TWINE_CERT", "CURL_CA_BUNDLE")
"""The names by which other tools are told of a private CA; the first one set counts."""


Told: TypeAlias = Callable[[int], None]
"""Hears how many bytes of a file have been sent so far. It can begin anew at 0."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file part of a form."""

    field: str
    path: Path
    told: Told | None = None
    """Called while it is sent, by whoever sends it; what this raises ends the request."""


@dataclass(frozen=True, slots=True)
class Zeros:
    """A file part of a form that holds nothing but zeros, made while they are sent."""

    field: str
    filename: str
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request."""

    method: str
    url: str
    credential: Credential | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    form: tuple[tuple[str, str], ...] = ()
    upload: Upload | Zeros | None = None
    content: bytes | Path | None = None
    """The whole body as it is: these bytes, or the file's, read while they are sent. Never beside a
    form or an upload."""
    seconds: float = 60.0
    """What one try may take in all, however lively the connection is; and after how long none begins."""
    largest: int | None = None
    """Bytes of the answer's body, unpacked, that are read at most; None for all."""
    once: bool = False
    """Whether a GET is not repeated either: for those who ask whether somebody is there."""
    harmless: bool = False
    """Whether a POST changes nothing either, and so may be repeated as a GET is."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    """Keys in lower case."""
    body: bytes


class Http(Protocol):
    """Sends requests."""

    def send(self, request: Request) -> Response:
        """Send once; redirects are not followed. What is harmless is repeated after faults and 5xx.

        A server that asks for a wait (`Retry-After`) gets it; for longer than `request.seconds` we do
        not wait, and its answer is given.

        Raises UnreachableError when there is no answer; its `rule` says why:

        `timeout`, `no-such-host`, `refused`, `not-tls` (plain HTTP where TLS was asked for),
        `certificate-expired`, `certificate-of-another-host`, `certificate-not-trusted`, `certificate`
        (anything else that is wrong with it), `cut` (the connection broke), `too-large` (the answer, for
        `request.largest`), and none for the rest.
        """
        ...

    def get_ready(self, url: str) -> None:
        """Load what a request to this URL needs, so that it goes out at once. Raises what `send` does."""
        ...

    def close(self) -> None:
        """Let go of the connections that are kept."""
        ...
