"""The address that links in the registry's pages begin with."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from railrel.errors import Problem
from railrel.helm.ingress import has_tls, hosts_of
from railrel.helm.nodes import items
from railrel.helm.values_file import ValuesFile

ID = "root-url"
TITLE = "a `ROOT_URL` that is missing, is no URL, is http behind TLS, or names another host than the ingress"

_ABOVE = (("gitea", "config", "server"), ("gitea", "config"), ("gitea",))


def find(file: ValuesFile) -> Iterator[Problem]:
    entry = file.entry("server", "ROOT_URL")
    if entry.is_elsewhere if entry else items(file.node("gitea", "additionalConfigSources")):
        # Said where we cannot look.
        return
    if entry is None or not entry.is_set:
        yield Problem(
            "ROOT_URL is not set; the chart guesses it from its ingress, and takes http without ingress.tls",
            file.place(entry.pair.key) if entry else _above(file),
            'gitea.config.server.ROOT_URL: "https://…/", the address that people use',
            ID,
        )
        return
    at = file.place(entry.pair.value)
    host, scheme = _host(entry.value or "")
    hosts = hosts_of(file)
    if not host:
        yield Problem(
            "ROOT_URL is no URL that links can begin with",
            at,
            'ROOT_URL: "https://git.example.com/"',
            ID,
        )
    elif scheme == "http" and has_tls(file):
        yield Problem(
            "ROOT_URL is http, and the ingress ends TLS: links in the registry's pages lead to http",
            at,
            f'ROOT_URL: "https://{host}/"',
            ID,
        )
    if host and hosts and not any(_covers(one, host) for one in hosts):
        yield Problem(
            f"ROOT_URL names {host}, the ingress {', '.join(hosts)}: tools send no token to another host",
            at,
            "give both the name that people use",
            ID,
        )


def _above(file: ValuesFile) -> str:
    """Where it would have to stand."""
    found = next((pair for path in _ABOVE if (pair := file.pair(*path))), None)
    return file.place(found.key) if found else f"{file.path}:1:1"


def _host(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "", ""
    if parts.scheme not in ("http", "https") or parts.query or parts.fragment or parts.username:
        return "", ""
    return parts.hostname or "", parts.scheme


def _covers(name: str, host: str) -> bool:
    """Whether an ingress for a name has this host: a domain's any, and what Tailscale puts its own behind."""
    first, _, domain = host.partition(".")
    return name in (host, f"*.{domain}", first)
