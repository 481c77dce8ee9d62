"""HTTP, through httpx. Passes on no library message that could quote a header."""

import contextlib
import random
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypedDict, assert_never
from urllib.parse import urlsplit

from railrel import __version__
from railrel.effects.faults import fault_of
from railrel.effects.zeros import zero_file
from railrel.errors import ConfigError, RefusedError, UnreachableError
from railrel.world import Clock, Request, Response, Upload, Zeros

if TYPE_CHECKING:
    import httpx

_TRIES = 4
_LONGEST_WAIT_SECONDS = 20.0
_AWAY = frozenset({429, 500, 502, 503, 504})
# The names by which other tools are told of a private CA; the first one set counts.
_CA_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "TWINE_CERT", "CURL_CA_BUNDLE")


class RealHttp:
    """One client for the run, so that connections are used again."""

    def __init__(self, environment: Mapping[str, str], clock: Clock) -> None:
        self._environment = environment
        self._clock = clock
        self._client: httpx.Client | None = None

    def send(self, request: Request) -> Response:
        # Only what changes nothing is repeated here; who uploads decides that for himself.
        tries = _TRIES if request.method == "GET" and not request.once else 1
        for attempt in range(1, tries + 1):
            last = attempt == tries
            try:
                answer = self._once(request)
            except UnreachableError:
                if last:
                    raise
                self._clock.sleep(_pause(attempt, None))
                continue
            if answer.status not in _AWAY or last:
                return answer
            self._clock.sleep(_pause(attempt, answer.headers.get("retry-after")))
        raise AssertionError("the last try returns or raises")

    def close(self) -> None:
        if self._client:
            self._client.close()
            self._client = None

    def _once(self, request: Request) -> Response:
        import httpx

        client = self._client = self._client or self._new_client()
        try:
            with contextlib.ExitStack() as opened:
                answer = client.request(
                    request.method,
                    request.url,
                    timeout=request.seconds,
                    **_identified(request),
                    **_body(request, opened, self._clock),
                )
        except (httpx.TimeoutException, TimeoutError) as error:
            raise UnreachableError(
                f"{_host(request.url)} did not answer within {request.seconds:.0f} seconds",
                at=request.url,
                hint="run the same command again",
                rule="timeout",
            ) from error
        except httpx.RequestError as error:
            fault = fault_of(error)
            raise UnreachableError(
                f"{_host(request.url)} cannot be reached: {fault.reason}",
                at=request.url,
                hint=f"check the address and the network: curl -I {_origin(request.url)}",
                rule=fault.rule,
            ) from error
        except (httpx.InvalidURL, UnicodeError, ValueError):
            # Their text may quote the header, and with it the token.
            raise RefusedError(
                "the request cannot be sent: its address or its credential is malformed",
                at=request.url,
                hint=f"a token is one line of letters and digits; set {_origin_of(request)} again",
            ) from None
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status_code, headers, answer.content)

    def _new_client(self) -> "httpx.Client":
        import ssl

        import httpx

        named = ((name, self._environment.get(name)) for name in _CA_VARIABLES)
        variable, bundle = next(
            ((name, path) for name, path in named if path and Path(path).is_file()), ("", None)
        )
        try:
            context: ssl.SSLContext | bool = (
                ssl.create_default_context(cafile=bundle) if bundle else True
            )
        except (ssl.SSLError, OSError) as error:
            raise ConfigError(
                f"{variable} names a file that holds no certificates",
                at=str(bundle),
                hint="name a PEM file, with -----BEGIN CERTIFICATE----- in it",
            ) from error
        return httpx.Client(
            verify=context,
            headers={"User-Agent": f"railrel/{__version__}", "Accept": "*/*"},
            follow_redirects=False,
        )


class _Identified(TypedDict, total=False):
    """Who we are, in httpx's words."""

    headers: dict[str, str]
    auth: tuple[str, str]


def _identified(request: Request) -> _Identified:
    headers, credential = dict(request.headers), request.credential
    if credential is None:
        return {"headers": headers}
    secret = credential.password.reveal()
    if credential.bearer:
        return {"headers": {**headers, "Authorization": f"Bearer {secret}"}}
    return {"headers": headers, "auth": (credential.username, secret)}


class _Body(TypedDict, total=False):
    """What is sent, in httpx's words."""

    content: bytes | IO[bytes]
    data: dict[str, list[str]]
    files: dict[str, tuple[str, IO[bytes]]]


def _body(request: Request, opened: contextlib.ExitStack, clock: Clock) -> _Body:
    """What goes with the request; its file stays open as long as `opened`."""
    match request.content:
        case bytes():
            return {"content": request.content}
        case Path():
            # httpx takes the length from the file, and reads it piece by piece.
            return {"content": opened.enter_context(request.content.open("rb"))}
        case None:
            pass
    body: _Body = {}
    for name, value in request.form:
        body.setdefault("data", {}).setdefault(name, []).append(value)
    match request.upload:
        case Upload(name, path):
            body["files"] = {name: (path.name, opened.enter_context(path.open("rb")))}
        case Zeros(name, filename, size):
            body["files"] = {name: (filename, zero_file(size, clock, request.seconds))}
        case None:
            pass
        case other:
            assert_never(other)
    return body


def _origin_of(request: Request) -> str:
    return request.credential.origin if request.credential else "it"


def _pause(attempt: int, retry_after: str | None) -> float:
    """Seconds to wait: what the server asks for, else doubling with jitter."""
    if retry_after and retry_after.strip().isdigit():
        return min(float(retry_after), _LONGEST_WAIT_SECONDS)
    return float(0.25 * 2**attempt * (0.5 + random.random()))  # noqa: S311 -- jitter is no secret


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def _origin(url: str) -> str:
    return f"{urlsplit(url).scheme}://{_host(url)}/"
