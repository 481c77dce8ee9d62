"""Whether anybody answers at the address, and can be trusted to be it."""

from pathlib import Path
from urllib.parse import urljoin, urlsplit

from railrel.doctor.changes import Change
from railrel.doctor.findings import Finding, fine, unknown, wrong
from railrel.doctor.proxies import variable_for
from railrel.doctor.registry.site import Site
from railrel.errors import ConfigError, Problem, UnreachableError
from railrel.world import CA_VARIABLES

ID = "reachable"
TITLE = "the address is answered: name, port, certificate"
KINDS: tuple[str, ...] = ("gitea", "legacy")
AFTER: tuple[str, ...] = ()

_VERSION = "/api/v1/version"


def examine(site: Site) -> tuple[Finding, ...]:
    bundles = _bundles(site)
    try:
        answer = site.get("/" if site.kind == "legacy" else _VERSION)
    except UnreachableError as error:
        return (*bundles, _silent(site, error))
    except ConfigError as error:
        # Of the file with the authorities, or of the proxy: nothing else is read for a request.
        return tuple(_misnamed(problem) for problem in error.problems)
    if answer.status in (502, 503, 504):
        return (
            *bundles,
            unknown(f"a proxy answers at {site.host}, and nobody behind it ({answer.status})"),
        )
    if answer.status == 407:
        return (*bundles, _closed_proxy(site))
    if answer.status == 429 or answer.status >= 500:
        return (
            *bundles,
            unknown(f"{site.host} answers {answer.status}: it is overloaded, or broken"),
        )
    if answer.status in (301, 302, 307, 308) and site.kind == "gitea":
        return (*bundles, _moved(site, answer.headers.get("location", "")))
    trusted = ", and its certificate is trusted" if site.root.startswith("https:") else ""
    return (*bundles, fine(f"{site.host} answers{trusted}"))


def _bundles(site: Site) -> tuple[Finding, ...]:
    named = site.world.first_set(*CA_VARIABLES)
    return tuple(
        wrong(
            f"{variable} names {path}, which is not there",
            Change("variable", variable, "/path/to/your-ca.pem"),
        )
        for variable, path in named
        if not Path(path).exists()
    )


def _misnamed(problem: Problem) -> Finding:
    if problem.rule == "proxy":
        return wrong(problem.message, Change("variable", problem.at, "http://HOST:PORT"))
    return wrong(problem.message, Change("variable", "SSL_CERT_FILE", "/path/to/your-ca.pem"))


def _moved(site: Site, location: str) -> Finding:
    target = urljoin(f"{site.root}{_VERSION}", location)
    where = target.removesuffix(_VERSION)
    if where == target:
        place = urlsplit(target)
        return wrong(
            f"{site.host} sends us to {place.scheme}://{place.netloc.rpartition('@')[2]}, to a page that is "
            "no Gitea's: a sign-in before it, or a network that wants one",
            Change("proxy", "let /api/ and /.well-known/ through without a sign-in of its own"),
        )
    return wrong(
        f"{site.host} sends us to {where}, and credentials are not sent on",
        Change("setting", "registry", f"{where}/api/packages/{site.owner}/pypi"),
    )


def _closed_proxy(site: Site) -> Finding:
    variable = variable_for(site.place, site.world.environment) or "HTTPS_PROXY"
    return wrong(
        f"the proxy on the way to {site.host} wants a sign-in (407)",
        Change("variable", variable, "the proxy with your name and password there"),
        Change("variable", "NO_PROXY", site.host),
    )


def _silent(site: Site, error: UnreachableError) -> Finding:
    (problem,) = error.problems
    authority = Change("variable", "SSL_CERT_FILE", "/path/to/your-ca.pem")
    registry = Change("setting", "registry", _other_scheme(site.place))
    proxy = variable_for(site.place, site.world.environment)
    if proxy and problem.rule in ("no-such-host", "refused", "timeout", "cut", ""):
        return unknown(
            f"{site.host} is asked by the proxy that {proxy} names, and no answer came: {problem.message}",
            Change("variable", "NO_PROXY", site.host),
            Change("variable", proxy, "a proxy that is there"),
        )
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
