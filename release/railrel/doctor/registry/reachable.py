"""Whether anybody answers at the address, and can be trusted to be it."""

from pathlib import Path

from railrel.doctor.changes import Change
from railrel.doctor.findings import Finding, fine, unknown, wrong
from railrel.doctor.registry.site import Site
from railrel.errors import ConfigError, UnreachableError

ID = "reachable"
TITLE = "the address is answered: name, port, certificate"
KINDS: tuple[str, ...] = ("gitea", "legacy")
AFTER: tuple[str, ...] = ()

# Those that tell railrel of a CA and whose file is passed over if it is not there.
_CA_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "TWINE_CERT", "CURL_CA_BUNDLE")


def examine(site: Site) -> tuple[Finding, ...]:
    bundles = _bundles(site)
    try:
        answer = site.get("/" if site.kind == "legacy" else "/api/v1/version")
    except UnreachableError as error:
        return (*bundles, _silent(site, error))
    except ConfigError as error:
        # Of the file with the authorities: nothing else is read for a request.
        named = Change("variable", "SSL_CERT_FILE", "/path/to/your-ca.pem")
        return tuple(wrong(problem.message, named) for problem in error.problems)
    if answer.status in (502, 503, 504):
        return (
            *bundles,
            unknown(f"a proxy answers at {site.host}, and nobody behind it ({answer.status})"),
        )
    if answer.status in (301, 302, 307, 308) and site.kind == "gitea":
        return (*bundles, _moved(site, answer.headers.get("location", "")))
    trusted = ", and its certificate is trusted" if site.root.startswith("https:") else ""
    return (*bundles, fine(f"{site.host} answers{trusted}"))


def _bundles(site: Site) -> tuple[Finding, ...]:
    named = site.world.first_set(*_CA_VARIABLES)
    return tuple(
        wrong(
            f"{variable} names {path}, where no file is",
            Change("variable", variable, "/path/to/your-ca.pem"),
        )
        for variable, path in named
        if not Path(path).exists()
    )


def _moved(site: Site, target: str) -> Finding:
    where = target.removesuffix("/api/v1/version")
    return wrong(
        f"{site.host} sends us to {where}, and credentials are not sent on",
        Change("setting", "registry", f"{where}/api/packages/{site.owner}/pypi"),
    )


def _silent(site: Site, error: UnreachableError) -> Finding:
    (problem,) = error.problems
    authority = Change("variable", "SSL_CERT_FILE", "/path/to/your-ca.pem")
    registry = Change("setting", "registry", _other_scheme(site.place))
    match problem.rule:
        case "no-such-host":
            return unknown(
                f"nobody knows the host {site.host}",
                Change("setting", "registry", site.place),
                Change("host", "a name server that knows it, or a VPN"),
            )
        case "refused":
            return unknown(
                f"nothing listens at {site.host}", Change("host", "start Gitea, or its proxy")
            )
        case "timeout":
            return unknown(f"{problem.message}: down, or kept from us by a firewall")
        case "certificate-not-trusted":
            return wrong(
                f"the certificate of {site.host} is of an authority that is not trusted here, or "
                "the server sends no intermediate certificate",
                authority,
                Change("proxy", "send the whole chain", "the certificate, then its intermediates"),
            )
        case "certificate-expired":
            return wrong(
                f"the certificate of {site.host} has expired, or is not valid yet",
                Change("proxy", "renew the certificate", "cert-manager.io/issuer, certbot renew"),
                Change("host", "see that this clock is right", "timedatectl"),
            )
        case "certificate-of-another-host":
            return wrong(
                f"the certificate that {site.host} shows is for another name",
                Change("helm", "ingress.tls[0].hosts[0]", site.host.partition(":")[0]),
                Change("setting", "registry", "the address that the certificate is for"),
            )
        case "certificate":
            return wrong(f"the certificate of {site.host} cannot be verified", authority)
        case "not-tls":
            return wrong(f"{site.host} speaks plain HTTP, and https was asked for", registry)
        case _:
            return unknown(problem.message)


def _other_scheme(place: str) -> str:
    return place.replace("https://", "http://", 1)
