"""What it means when a builder cannot push, from its last words. Pure."""

import re

from railrel.errors import RailrelError, RefusedError, UnreachableError
from railrel.images.pushes.names import ImageName

_PLAIN = re.compile(r"server gave HTTP response to HTTPS client", re.IGNORECASE)
_CERTIFICATE = re.compile(r"x509|certificate", re.IGNORECASE)
_TOO_LARGE = re.compile(r"\b413\b|too large", re.IGNORECASE)
_REFUSED = re.compile(
    r"\b40[13]\b|unauthori[sz]ed|denied|forbidden|authentication required", re.IGNORECASE
)


def explained(program: str, words: str, name: ImageName) -> RailrelError:
    """The error for a push that failed."""
    kind: type[RailrelError] = RefusedError
    if _PLAIN.search(words):
        hint = (
            f"{name.host} speaks plain http, which {program} has to be told of: insecure-registries in "
            "Docker's daemon.json, insecure = true in registries.conf of Podman and buildah"
        )
    elif _CERTIFICATE.search(words):
        hint = (
            "name the CA by --ca for Podman and buildah; Docker's daemon reads "
            f"/etc/docker/certs.d/{name.host}/ca.crt"
        )
    elif _TOO_LARGE.search(words):
        hint = (
            "a proxy before the registry takes no such layer: raise its body limit; for ingress-nginx "
            "the annotation nginx.ingress.kubernetes.io/proxy-body-size"
        )
    elif _REFUSED.search(words):
        hint = f"the token needs the scope write:package, and its user the right to write to {name.owner}"
    else:
        kind, hint = UnreachableError, "run the same command again; layers that arrived are kept"
    return kind(
        f"{program} cannot push {name}; its last words:\n  {words}", at=name.host, hint=hint
    )
