"""HTTP, through httpx. Passes on no library message that could quote a header."""

import contextlib
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypedDict, assert_never
from urllib.parse import urlsplit

from railrel import __version__
from railrel.effects.told import opened_to_tell
from railrel.effects.zeros import zero_file
from railrel.errors import ConfigError, RefusedError, UnreachableError
from railrel.patience import AWAY, TRIES, asked_wait, pause
from railrel.world import CA_VARIABLES, Clock, Request, Response, Upload, Zeros

if TYPE_CHECKING:
    import ssl

    from railrel.effects.deadlines import Deadline
    from railrel.effects.httpx_alone import httpx

# What no second try changes.
_LASTING = ("not-tls", "certificate")


class RealHttp:
    """One client for the run, whichever thread asks, so that connections are used again.

    What needs no TLS has one of its own: to read the authorities takes longer than a request.
    """

    def __init__(self, environment: Mapping[str, str], clock: Clock) -> None:
        self._environment = environment
        self._clock = clock
        self._making = threading.Lock()
        self._made: dict[bool, tuple[httpx.Client, Deadline]] = {}
        self._closed = False

    def send(self, request: Request) -> Response:
        # Only what changes nothing is repeated here; who uploads decides that for himself.
        harmless = request.harmless or request.method == "GET"
        tries = TRIES if harmless and not request.once else 1
        end = self._clock.monotonic() + request.seconds
        for attempt in range(1, tries + 1):
            try:
                answer = self._once(request)
            except UnreachableError as error:
                wait = pause(attempt, None)
                lasting = error.problems[0].rule.startswith(_LASTING)
                if lasting or attempt == tries or self._clock.monotonic() + wait > end:
                    raise
            else:
                if answer.status not in AWAY:
                    return answer
                wait = pause(attempt, asked_wait(answer.headers, self._clock.now()))
                if attempt == tries or self._clock.monotonic() + wait > end:
                    return answer
            self._clock.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def get_ready(self, url: str) -> None:
        self._connected(url)

    def close(self) -> None:
        with self._making:
            # Somebody may still be asking, whose answer nobody waits for.
            self._closed = True
            while self._made:
                self._made.popitem()[1][0].close()

    def _once(self, request: Request) -> Response:
        from railrel.effects.httpx_alone import httpx

        client, deadline = self._connected(request.url)
        try:
            with contextlib.ExitStack() as opened, deadline.within(request.seconds):
                answer = opened.enter_context(
                    client.stream(
                        request.method,
                        request.url,
                        timeout=request.seconds,
                        **_identified(request),
                        **_body(request, opened, self._clock),
                    )
                )
                body = _read(answer, request)
        except (httpx.TimeoutException, TimeoutError) as error:
            raise UnreachableError(
                f"{_host(request.url)} did not answer within {request.seconds:.0f} seconds",
                at=request.url,
                hint="run the same command again",
                rule="timeout",
            ) from error
        except httpx.RequestError as error:
            from railrel.effects.faults import fault_of

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
        return Response(answer.status_code, headers, body)

    def _connected(self, url: str) -> "tuple[httpx.Client, Deadline]":
        from urllib.request import getproxies

        from railrel.effects.deadlines import Deadline, keep

        # A proxy may be asked by TLS whatever is asked of it.
        plain = url.startswith("http:") and not getproxies().keys() & {"http", "all"}
        with self._making:
            if self._closed:
                raise UnreachableError("the run is over", at=url)
            if plain not in self._made:
                deadline = Deadline(self._clock)
                client = _new_client(_nobody() if plain else _trusted(self._environment))
                keep(client, deadline)
                self._made[plain] = (client, deadline)
            return self._made[plain]


def _read(answer: "httpx.Response", request: Request) -> bytes:
    """The body, unpacked piece by piece: a few bytes may be packed gigabytes."""
    if request.largest is None:
        return answer.read()
    body = bytearray()
    for piece in answer.iter_bytes():
        body += piece
        if len(body) > request.largest:
            raise UnreachableError(
                f"{_host(request.url)} answers with more than {request.largest} bytes",
                at=request.url,
                hint="see what it is that answers there",
                rule="too-large",
            )
    return bytes(body)


def _nobody() -> "ssl.SSLContext":
    """Trusts no certificate, should it ever be shown one."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _trusted(environment: Mapping[str, str]) -> "ssl.SSLContext | bool":
    """The authorities that the environment names; true for the usual ones."""
    import ssl

    named = ((name, environment.get(name)) for name in CA_VARIABLES)
    variable, bundle = next(((name, path) for name, path in named if path), ("", None))
    if bundle and not Path(bundle).exists():
        # Others pass over it, and then say of the certificate that it is not trusted.
        raise ConfigError(
            f"{variable} names {bundle}, which is not there",
            hint="name the PEM file of your CA there, or unset it",
        )
    try:
        return _authorities(Path(bundle)) if bundle else True
    except (ssl.SSLError, OSError) as error:
        raise ConfigError(
            f"{variable} names a file that holds no certificates",
            at=str(bundle),
            hint="name a PEM file, with -----BEGIN CERTIFICATE----- in it",
        ) from error


def _new_client(context: "ssl.SSLContext | bool") -> "httpx.Client":
    from railrel.effects.httpx_alone import httpx

    try:
        return httpx.Client(
            verify=context,
            headers={"User-Agent": f"railrel/{__version__}", "Accept": "*/*"},
            follow_redirects=False,
        )
    except (ImportError, ValueError):
        # SOCKS takes a package that is not here. Their text quotes the address, which may hold a password.
        raise ConfigError(
            "the environment names a proxy that railrel cannot ask: it speaks to those by http and https",
            at="HTTPS_PROXY, HTTP_PROXY, ALL_PROXY",
            hint="name another there, or except the registry's host by NO_PROXY",
            rule="proxy",
        ) from None


def _authorities(bundle: Path) -> "ssl.SSLContext":
    """Those of a file, or of a folder as OpenSSL's c_rehash makes it."""
    import ssl

    folder = bundle.is_dir()
    return ssl.create_default_context(
        cafile=None if folder else str(bundle), capath=str(bundle) if folder else None
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
        case Upload(name, path, told):
            file = opened.enter_context(opened_to_tell(path, told) if told else path.open("rb"))
            body["files"] = {name: (path.name, file)}
        case Zeros(name, filename, size):
            body["files"] = {name: (filename, zero_file(size, clock, request.seconds))}
        case None:
            pass
        case other:
            assert_never(other)
    return body


def _origin_of(request: Request) -> str:
    return request.credential.origin if request.credential else "it"


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]


def _origin(url: str) -> str:
    return f"{urlsplit(url).scheme}://{_host(url)}/"
