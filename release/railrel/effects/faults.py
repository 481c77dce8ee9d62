"""Why a connection came to nothing, from the exceptions that lie behind httpx's own."""

import socket
import ssl
from collections.abc import Iterator

from railrel.values import dataclass

# OpenSSL's X509_V_ERR_ numbers, include/openssl/x509_vfy.h; Python has no names for them.
_EXPIRED = frozenset({9, 10})  # not yet valid, has expired
_OTHER_HOST = frozenset({62, 64})  # host name, address
_NOT_TRUSTED = frozenset({2, 18, 19, 20, 21})  # no issuer, self-signed, a chain that ends nowhere


@dataclass(frozen=True, slots=True)
class Fault:
    """One of the rules that `world.Http` names, and the same in words."""

    rule: str
    reason: str


def fault_of(error: Exception) -> Fault:
    """What a connection fault means. Quotes the system's own words alone."""
    for cause in _causes(error):
        match cause:
            case ssl.SSLCertVerificationError():
                return _of_certificate(cause)
            case ssl.SSLError(reason="WRONG_VERSION_NUMBER" | "HTTP_REQUEST"):
                return Fault(
                    "not-tls", "it speaks plain HTTP at this address, and TLS was asked for"
                )
            case socket.gaierror():
                return Fault("no-such-host", str(cause))
            case ConnectionRefusedError():
                return Fault("refused", str(cause))
            case ConnectionResetError() | BrokenPipeError():
                return Fault("cut", str(cause))
            case _:
                pass
    kind, text = type(error).__name__, str(error)
    rule = "cut" if kind in ("RemoteProtocolError", "ReadError", "WriteError") else ""
    if kind == "RemoteProtocolError":
        return Fault(rule, "what answers there does not speak HTTP/1.1, or hung up in the middle")
    # Connection faults carry the system's words; anything else is named by its kind only.
    return Fault(rule, text if text.startswith("[Errno") else kind)


def _of_certificate(error: ssl.SSLCertVerificationError) -> Fault:
    if error.verify_code in _EXPIRED:
        return Fault("certificate-expired", "its certificate has expired, or is not valid yet")
    if error.verify_code in _OTHER_HOST:
        return Fault("certificate-of-another-host", "its certificate is for another host name")
    if error.verify_code in _NOT_TRUSTED:
        return Fault(
            "certificate-not-trusted",
            "its certificate is not trusted here; name your CA in SSL_CERT_FILE",
        )
    return Fault("certificate", "its certificate cannot be verified")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
